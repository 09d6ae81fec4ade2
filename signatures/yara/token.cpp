// SPDX-License-Identifier: Apache-2.0
// The two doubtful octets: a slash begins a comment or an expression, never a division (which is a
// backslash here); a brace begins a hex string when nothing but hex, wildcards, jumps and comments
// stands before the brace that closes it, and else a rule's body.
#include "signatures/yara/token.h"

#include <algorithm>

namespace postern::signatures::yara {

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_hex_string(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || is_blank(c) ||
           std::string_view("-|?[]()").find(c) != std::string_view::npos;
}

// Behind the comment that begins at `at`, or `at` where none does.
std::size_t after_comment(std::string_view source, std::size_t at) {
    const std::string_view rest = source.substr(at);
    if (rest.starts_with("//")) return std::min(source.size(), source.find('\n', at));
    if (!rest.starts_with("/*")) return at;
    const std::size_t end = source.find("*/", at + 2);
    return end == source.npos ? source.size() : end + 2;
}

}  // namespace

void TokenReader::pass_blanks_and_comments() {
    for (;;) {
        while (at_ < source_.size() && is_blank(source_[at_])) ++at_;
        const std::size_t after = after_comment(source_, at_);
        if (after == at_) return;
        at_ = after;
    }
}

Token TokenReader::taken(TokenKind kind, std::size_t length) {
    Token token{kind, source_.substr(at_, length), at_, at_ + length};
    at_ += length;
    return token;
}

std::size_t TokenReader::word_length(std::size_t from) const {
    std::size_t end = from;
    while (end < source_.size() && (is_letter(source_[end]) || is_digit(source_[end]))) ++end;
    return end - from;
}

// With both quotes; what is not closed ends with its line.
std::size_t TokenReader::quoted_length(char quote) const {
    for (std::size_t i = at_ + 1; i < source_.size() && source_[i] != '\n'; ++i) {
        if (source_[i] == '\\' && i + 1 < source_.size() && source_[i + 1] != '\n') {
            ++i;
        } else if (source_[i] == quote) {
            return i + 1 - at_;
        }
    }
    return std::min(source_.size(), source_.find('\n', at_)) - at_;
}

// 0 when the brace begins no hex string.
std::size_t TokenReader::hex_length() const {
    for (std::size_t i = at_ + 1; i < source_.size();) {
        const std::size_t after = after_comment(source_, i);
        if (after != i) {
            i = after;
        } else if (source_[i] == '}') {
            return i + 1 - at_;
        } else if (!is_hex_string(source_[i++])) {
            return 0;
        }
    }
    return 0;
}

Token TokenReader::next() {
    pass_blanks_and_comments();
    if (at_ == source_.size()) return {TokenKind::end, {}, at_, at_};
    const char c = source_[at_];
    if (is_letter(c) || is_digit(c)) return taken(TokenKind::word, 1 + word_length(at_ + 1));
    // The names of strings are no words: no rule is meant by them.
    if (c == '$' || c == '#' || c == '@' || c == '!') {
        return taken(TokenKind::sign, 1 + word_length(at_ + 1));
    }
    if (c == '"') return taken(TokenKind::text, quoted_length('"'));
    if (c == '/') return taken(TokenKind::regex, quoted_length('/'));
    if (c == '{') {
        const std::size_t length = hex_length();
        if (length > 0) return taken(TokenKind::hex, length);
    }
    return taken(TokenKind::sign, 1);
}

}  // namespace postern::signatures::yara
