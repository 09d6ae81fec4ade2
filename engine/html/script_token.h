// SPDX-License-Identifier: Apache-2.0
// Tokens of a script, as ClamAV's normaliser cuts them: their texts lie one behind the other in one string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postern::engine::html {

enum class TokenKind : std::uint8_t {
    other,  // operators and keywords that nothing below asks for
    identifier,
    member,  // a name behind '.'
    text,    // a string literal, without its quotes
    integer,
    real,
    variable,        // "var"
    function_begin,  // "function"
    function_end,    // behind the brace that ends one; has no text
    plus,
    comma,
    dot,
    semicolon,
    round_open,
    round_close,
    square_open,
    square_close,
    curly_open,
    curly_close,
};

struct Token {
    TokenKind kind = TokenKind::other;
    bool mended = false;      // a string that does not stand like this in the script
    std::uint32_t begin = 0;  // of its text
    std::uint32_t size = 0;
    std::uint32_t scope = 0;  // of a function_begin
};

struct Tokens {
    std::vector<Token> rows;
    std::string texts;

    std::string_view text(const Token& token) const {
        return std::string_view(texts).substr(token.begin, token.size);
    }
    Token make(TokenKind kind, std::string_view text) {
        Token token;
        token.kind = kind;
        token.begin = static_cast<std::uint32_t>(texts.size());
        token.size = static_cast<std::uint32_t>(text.size());
        texts += text;
        return token;
    }
};

}  // namespace postern::engine::html
