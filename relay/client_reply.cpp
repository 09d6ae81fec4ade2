// SPDX-License-Identifier: Apache-2.0
#include "relay/client_reply.h"

#include <algorithm>
#include <utility>

namespace postern::relay {

namespace {

constexpr std::size_t longest_line = 2048;
constexpr std::size_t most_lines = 100;
constexpr std::size_t longest_text = 1000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits at `at`: up to three, and how many.
std::size_t digits_at(std::string_view text, std::size_t at) {
    std::size_t n = 0;
    while (n < 3 && at + n < text.size() && is_digit(text[at + n])) ++n;
    return n;
}

// The length of "5.1.10" at the start of the text; 0: there is none.
std::size_t enhanced_length(std::string_view text) {
    std::size_t at = 0;
    for (int part = 0; part < 3; ++part) {
        const std::size_t n = digits_at(text, at);
        if (n == 0 || (part == 0 && n != 1)) return 0;
        at += n;
        if (part < 2 && (at >= text.size() || text[at++] != '.')) return 0;
    }
    return at == text.size() || text[at] == ' ' ? at : 0;
}

// The octets of the UTF-8 character at the start of the text; 0: it is none.
std::size_t utf8_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t n = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (n == 0 || n > text.size()) return 0;
    for (std::size_t i = 1; i < n; ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
    }
    const auto second = n > 1 ? static_cast<unsigned char>(text[1]) : 0x80;
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
    if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
    return first == 0xc2 && second < 0xa0 ? 0 : n;  // C1 controls
}

}  // namespace

std::string visible(std::string_view octets) {
    std::string text;
    text.reserve(octets.size());
    while (!octets.empty()) {
        const std::size_t n = utf8_length(octets);
        const bool control = n == 1 && (octets[0] < ' ' || octets[0] == 0x7f) && octets[0] != '\t';
        if (n == 0 || control) {
            text += '?';
        } else {
            text += octets[0] == '\t' ? std::string_view(" ") : octets.substr(0, n);
        }
        octets.remove_prefix(std::max<std::size_t>(n, 1));
    }
    return text;
}

std::string ClientReply::enhanced() const {
    if (!lines.empty()) {
        const std::size_t n = enhanced_length(lines.front());
        if (n != 0 && lines.front()[0] - '0' == severity()) return lines.front().substr(0, n);
    }
    return std::to_string(severity()) + ".0.0";
}

std::string ClientReply::one_line() const {
    std::string text = std::to_string(code);
    const std::string prefix = lines.empty() ? "" : lines.front().substr(0, enhanced_length(lines.front()));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::string_view line = lines[i];
        if (i > 0 && !prefix.empty() && line.starts_with(prefix)) line.remove_prefix(prefix.size());
        while (line.starts_with(' ')) line.remove_prefix(1);
        if (!line.empty()) text.append(" ").append(line);
    }
    if (text.size() <= longest_text) return text;
    std::size_t end = longest_text;
    while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, end) + "...";
}

ReplyParser::Result ReplyParser::broken(std::string trouble) {
    if (trouble_.empty()) trouble_ = std::move(trouble);
    return Result::broken;
}

ReplyParser::Result ReplyParser::feed(std::string_view& input) {
    if (!trouble_.empty()) return Result::broken;
    while (!input.empty()) {
        const std::size_t end = input.find('\n');
        const std::string_view part = input.substr(0, end == std::string_view::npos ? end : end + 1);
        if (line_.size() + part.size() > longest_line) return broken("the server's reply has a line that is too long");
        line_.append(part);
        input.remove_prefix(part.size());
        if (end == std::string_view::npos) break;
        const Result result = finish_line();
        if (result != Result::more) return result;
    }
    return Result::more;
}

ReplyParser::Result ReplyParser::finish_line() {
    const std::string line = std::exchange(line_, {});
    if (!line.ends_with("\r\n") || line.find('\r') != line.size() - 2) {
        return broken("the server's reply has a line that does not end in CRLF");
    }
    const std::string_view text(line.data(), line.size() - 2);
    const bool has_code = digits_at(text, 0) == 3 && text[0] >= '2' && text[0] <= '5';
    if (!has_code || (text.size() > 3 && text[3] != ' ' && text[3] != '-')) {
        return broken("the server's reply does not begin with a code: " + visible(text.substr(0, 80)));
    }
    const int code = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    if (!reply_.lines.empty() && reply_.code != code) return broken("the lines of the server's reply have different codes");
    if (reply_.lines.size() == most_lines) return broken("the server's reply has too many lines");
    reply_.code = code;
    reply_.lines.push_back(text.size() > 4 ? visible(text.substr(4)) : std::string());
    return text.size() > 3 && text[3] == '-' ? Result::more : Result::reply;
}

ClientReply ReplyParser::take() { return std::exchange(reply_, {}); }

}  // namespace postern::relay
