// SPDX-License-Identifier: Apache-2.0
// ScriptLexer: JavaScript cut into tokens, the way ClamAV's normaliser does.
//
// It is coarser than the language: there are no regular expressions, a comment that begins with // ends at
// the next blank (line ends are blanks in a page), a number has no exponent unless it has a point. What is
// unfinished at the end of one source goes on in the next; a source is a script or a string given to eval().
#pragma once

#include "engine/html/script_token.h"

#include <optional>

namespace postern::engine::html {

class ScriptLexer {
public:
    // REQUIRES: `source` stays until the next begin().
    void begin(std::string_view source) {
        source_ = source;
        at_ = 0;
    }
    // Its text is added to `tokens`, the token itself is not. Empty at the end of the source.
    std::optional<Token> next(Tokens& tokens);
    // The quote that would end an unfinished string; empty outside strings.
    std::string_view open_quote() const;

private:
    enum class State : std::uint8_t {
        initial, long_comment, line_comment, number, name, double_quoted, single_quoted
    };

    std::optional<Token> begin_token(Tokens& tokens);
    std::optional<Token> string(char quote, Tokens& tokens);
    std::optional<Token> number(Tokens& tokens);
    std::optional<Token> name(Tokens& tokens);
    Token symbol(Tokens& tokens);
    void skip_long_comment();
    void skip_line_comment();
    bool take_exponent();
    bool take_escape_in_name();

    std::string_view source_;
    std::size_t at_ = 0;
    State state_ = State::initial;
    bool mended_ = false;
    std::string text_;  // of the open token
};

// Appends what a string literal says: escapes decoded, NUL as \1. True when that is not `literal` itself.
bool append_unquoted(std::string_view literal, std::string& out);
// What unescape() makes of its argument.
std::string unescaped(std::string_view text);

}  // namespace postern::engine::html
