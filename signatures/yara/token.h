// SPDX-License-Identifier: Apache-2.0
// Tokens of YARA source: as many kinds as it takes to find where rules end.
#pragma once

#include <cstdint>
#include <string_view>

namespace postern::signatures::yara {

enum class TokenKind : std::uint8_t { end, word, text, regex, hex, sign };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text;  // as it stands, with quotes
    std::size_t begin = 0;  // in the source
    std::size_t end = 0;
};

// Reads one token after the other. Anything is read: what is no token of the language is a sign.
class TokenReader {
public:
    explicit TokenReader(std::string_view source) : source_(source) {}
    Token next();

private:
    void pass_blanks_and_comments();
    Token taken(TokenKind kind, std::size_t length);
    std::size_t word_length(std::size_t from) const;
    std::size_t quoted_length(char quote) const;
    std::size_t hex_length() const;

    std::string_view source_;
    std::size_t at_ = 0;
};

}  // namespace postern::signatures::yara
