// SPDX-License-Identifier: Apache-2.0
// ScriptParser: tokens of a script with the functions that they stand in and the names declared there.
//
// As ClamAV does it, which is no parser of the language: it follows "var", "function" and brackets just so
// far as to tell declared names, which are numbered in the order of their declarations ("n000", "n001").
// Strings added to each other become one.
#pragma once

#include "engine/html/script_lexer.h"

#include <unordered_map>

namespace postern::engine::html {

class ScriptParser {
public:
    static constexpr std::uint32_t no_scope = ~0U;

    ScriptParser();
    // The tokens of `source` are added to `rows`; the parser goes on in the scope where it stands.
    void parse(std::string_view source, std::vector<Token>& rows);
    // Ends an unfinished string and closes open parentheses.
    void close(std::vector<Token>& rows);

    // Going over the tokens again: into the scope of a function, and out. False: nothing to write.
    bool follow(const Token& token);
    void to_global() { current_ = 0; }
    // What is known about strings that are parsed: they stand in the script otherwise.
    void mark_mended() { all_mended_ = true; }

    Tokens& tokens() { return tokens_; }
    const Tokens& tokens() const { return tokens_; }

    struct Declaration {
        std::string_view name;  // in the parser
        std::uint32_t number;
    };
    const std::vector<Declaration>& declared_in(std::uint32_t scope) const {
        return scopes_[scope].declared;
    }
    std::uint32_t parent_of(std::uint32_t scope) const { return scopes_[scope].parent; }
    std::uint32_t current() const { return current_; }

private:
    enum class Awaits : std::uint8_t {
        anything, declared_name, initializer, function_name, parameter_list, parameters
    };
    struct Scope {
        std::uint32_t parent = no_scope;
        Awaits awaits = Awaits::anything;
        TokenKind last = TokenKind::other;
        std::uint32_t square = 0;  // open brackets
        std::uint32_t curly = 0;
        std::vector<Declaration> declared;
    };

    Scope& scope() { return scopes_[current_]; }
    void add(Token token, std::vector<Token>& rows);
    bool fold(const Token& token, std::vector<Token>& rows);
    void name(Token& token);
    void declare(const Token& token);
    void open_function(Token& token);
    void bracket(TokenKind kind);
    bool closes_function();

    Tokens tokens_;
    ScriptLexer lexer_;
    std::vector<Scope> scopes_;
    std::uint32_t current_ = 0;
    std::uint32_t declarations_ = 0;
    bool all_mended_ = false;
    std::unordered_map<std::string, std::uint32_t> names_;  // keeps the names of declarations
};

}  // namespace postern::engine::html
