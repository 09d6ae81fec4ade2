// SPDX-License-Identifier: Apache-2.0
#include "engine/html/script_lexer.h"

#include "engine/html/eight_octets.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace postern::engine::html {

namespace {

enum class Class : std::uint8_t { blank, nothing, slash, symbol, quote, digit, name };

constexpr std::array<Class, 256> make_classes() {
    std::array<Class, 256> classes{};
    classes.fill(Class::nothing);
    const auto set = [&classes](std::string_view octets, Class value) {
        for (const char c : octets) classes[static_cast<std::uint8_t>(c)] = value;
    };
    set(" \t\n\v\r", Class::blank);
    set("!%&*+-:<=>?^|~()[]{},.;", Class::symbol);
    set("/", Class::slash);
    set("\"'", Class::quote);
    set("0123456789", Class::digit);
    set("$_\\ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", Class::name);
    return classes;
}

constexpr std::array<Class, 256> classes = make_classes();

Class class_of(char c) { return classes[static_cast<std::uint8_t>(c)]; }

struct Symbol {
    std::string_view text;
    TokenKind kind = TokenKind::other;
};

// The longer before those that they begin with.
constexpr Symbol symbols[] = {
    {">>>="}, {"==="}, {"!=="}, {">>>"}, {"<<="}, {">>="}, {"<<"}, {"<="}, {"=="}, {">="}, {">>"},
    {"||"}, {"--"}, {"!="}, {"&&"}, {"++"}, {"*="}, {"/="}, {"%="}, {"+="}, {"-="}, {"&="}, {"^="},
    {"|="}, {"="}, {"+", TokenKind::plus}, {"&"}, {":"}, {"/"}, {"!"}, {">"}, {"<"}, {"-"}, {"*"},
    {"|"}, {"%"}, {"?"}, {"~"}, {"^"}, {"(", TokenKind::round_open}, {")", TokenKind::round_close},
    {"[", TokenKind::square_open}, {"]", TokenKind::square_close}, {"{", TokenKind::curly_open},
    {"}", TokenKind::curly_close}, {",", TokenKind::comma}, {".", TokenKind::dot},
    {";", TokenKind::semicolon},
};

// For each octet the first symbol that begins with it.
constexpr std::array<std::uint8_t, 256> make_first_symbols() {
    std::array<std::uint8_t, 256> first{};
    for (std::size_t i = std::size(symbols); i > 0; --i) {
        first[static_cast<std::uint8_t>(symbols[i - 1].text[0])] = static_cast<std::uint8_t>(i - 1);
    }
    return first;
}

constexpr std::array<std::uint8_t, 256> first_symbol = make_first_symbols();

// Those that the language reserves, and the many that it reserved once.
constexpr std::string_view keywords[] = {
    "abstract", "boolean", "break", "byte", "case", "catch", "char", "class", "const", "continue",
    "debugger", "default", "delete", "do", "double", "else", "enum", "export", "extends", "false",
    "final", "finally", "float", "for", "function", "goto", "if", "implements", "import", "in",
    "instanceof", "int", "interface", "long", "native", "new", "null", "package", "private",
    "protected", "public", "return", "short", "static", "super", "switch", "synchronized", "this",
    "throw", "throws", "transient", "true", "try", "typeof", "var", "void", "volatile", "while", "with",
};

static_assert(std::is_sorted(std::begin(keywords), std::end(keywords)));

TokenKind kind_of_name(std::string_view name) {
    if (!std::binary_search(std::begin(keywords), std::end(keywords), name)) return TokenKind::identifier;
    if (name == "var") return TokenKind::variable;
    return name == "function" ? TokenKind::function_begin : TokenKind::other;
}

// The number as it is written out: an integer of 32 bits, or as printf's %g has it.
std::string number_text(const std::string& text, bool real) {
    std::array<char, 64> out{};
    if (real) {
        std::snprintf(out.data(), out.size(), "%g", std::strtod(text.c_str(), nullptr));
    } else {
        const long value = std::strtol(text.c_str(), nullptr, 10);
        std::snprintf(out.data(), out.size(), "%d", static_cast<int>(value));
    }
    return out.data();
}

}  // namespace

std::optional<Token> ScriptLexer::next(Tokens& tokens) {
    while (at_ < source_.size()) {
        switch (state_) {
            case State::initial:
                if (auto token = begin_token(tokens)) return token;
                break;
            case State::long_comment: skip_long_comment(); break;
            case State::line_comment: skip_line_comment(); break;
            case State::number: return number(tokens);
            case State::name: return name(tokens);
            case State::double_quoted: return string('"', tokens);
            case State::single_quoted: return string('\'', tokens);
        }
    }
    return std::nullopt;
}

// Empty behind blanks and the beginnings of comments, and where the source ends inside the token.
std::optional<Token> ScriptLexer::begin_token(Tokens& tokens) {
    text_.clear();
    mended_ = false;
    const char c = source_[at_];
    switch (class_of(c)) {
        case Class::quote: ++at_; return string(c, tokens);
        case Class::digit: return number(tokens);
        case Class::name: return name(tokens);
        case Class::symbol: return symbol(tokens);
        case Class::slash: {
            const char second = at_ + 1 < source_.size() ? source_[at_ + 1] : '\0';
            if (second != '*' && second != '/') return symbol(tokens);
            state_ = second == '*' ? State::long_comment : State::line_comment;
            at_ += 2;
            return std::nullopt;
        }
        default: ++at_; return std::nullopt;
    }
}

void ScriptLexer::skip_long_comment() {
    const std::size_t end = source_.find("*/", at_);
    if (end != std::string_view::npos) state_ = State::initial;
    at_ = end == std::string_view::npos ? source_.size() : end + 2;
}

void ScriptLexer::skip_line_comment() {
    at_ = std::min(source_.find_first_of("\n ", at_), source_.size());
    state_ = State::initial;
}

// A backslash before the quote keeps the string open, whatever stands before the backslash.
std::optional<Token> ScriptLexer::string(char quote, Tokens& tokens) {
    const std::size_t begin = at_;
    std::size_t end = source_.find(quote, begin);
    while (end != std::string_view::npos && end > begin && source_[end - 1] == '\\') {
        end = source_.find(quote, end + 1);
    }
    mended_ |= append_unquoted(source_.substr(begin, std::min(end, source_.size()) - begin), text_);
    if (end == std::string_view::npos) {
        at_ = source_.size();
        state_ = quote == '"' ? State::double_quoted : State::single_quoted;
        return std::nullopt;
    }
    at_ = end + 1;
    state_ = State::initial;
    Token token = tokens.make(TokenKind::text, text_);
    token.mended = mended_;
    return token;
}

std::string_view ScriptLexer::open_quote() const {
    if (state_ == State::double_quoted) return "\"";
    return state_ == State::single_quoted ? "'" : "";
}

bool ScriptLexer::take_exponent() {
    text_ += source_[at_++];
    if (at_ == source_.size()) {
        --at_;
        return false;
    }
    const char c = source_[at_];
    if (c != '+' && c != '-' && !is_digit(static_cast<std::uint8_t>(c))) return false;
    text_ += c;
    ++at_;
    return true;
}

std::optional<Token> ScriptLexer::number(Tokens& tokens) {
    bool real = false;
    for (; at_ < source_.size();) {
        const char c = source_[at_];
        if (is_digit(static_cast<std::uint8_t>(c)) || (c == '.' && !real)) {
            real = real || c == '.';
            text_ += c;
            ++at_;
            continue;
        }
        if ((c == 'e' || c == 'E') && real && take_exponent()) continue;
        state_ = State::initial;
        return tokens.make(real ? TokenKind::real : TokenKind::integer, number_text(text_, real));
    }
    state_ = State::number;
    return std::nullopt;
}

// False when a backslash ends the name; it is dropped then.
bool ScriptLexer::take_escape_in_name() {
    ++at_;
    if (at_ < source_.size() && source_[at_] == 'u') {
        text_ += '\\';
        ++at_;
        return true;
    }
    if (at_ + 1 == source_.size()) ++at_;
    return false;
}

std::optional<Token> ScriptLexer::name(Tokens& tokens) {
    for (; at_ < source_.size();) {
        const char c = source_[at_];
        const Class kind = class_of(c);
        if (c == '\\') {
            if (take_escape_in_name()) continue;
        } else if (kind == Class::name || kind == Class::digit) {
            text_ += c;
            ++at_;
            continue;
        }
        state_ = State::initial;
        return tokens.make(kind_of_name(text_), text_);
    }
    state_ = State::name;
    return std::nullopt;
}

Token ScriptLexer::symbol(Tokens& tokens) {
    const std::string_view rest = source_.substr(at_);
    const Symbol* found = &symbols[first_symbol[static_cast<std::uint8_t>(rest[0])]];
    while (!rest.starts_with(found->text)) ++found;
    at_ += found->text.size();
    return tokens.make(found->kind, found->text);
}

}  // namespace postern::engine::html
