// SPDX-License-Identifier: Apache-2.0
#include "engine/html/script_parser.h"

#include <algorithm>

namespace postern::engine::html {

ScriptParser::ScriptParser() { scopes_.emplace_back(); }

void ScriptParser::parse(std::string_view source, std::vector<Token>& rows) {
    lexer_.begin(source);
    while (const auto token = lexer_.next(tokens_)) add(*token, rows);
}

void ScriptParser::close(std::vector<Token>& rows) {
    parse(lexer_.open_quote(), rows);
    std::size_t open = 0;
    for (const Token& token : rows) {
        if (token.kind == TokenKind::round_open) ++open;
        if (token.kind == TokenKind::round_close && open > 0) --open;
    }
    const Token closing = tokens_.make(TokenKind::round_close, ")");
    rows.insert(rows.end(), open, closing);
}

bool ScriptParser::follow(const Token& token) {
    if (token.kind == TokenKind::function_begin) current_ = token.scope;
    if (token.kind != TokenKind::function_end) return true;
    if (scope().parent != no_scope) current_ = scope().parent;
    return false;
}

void ScriptParser::add(Token token, std::vector<Token>& rows) {
    const TokenKind kind = token.kind;
    switch (kind) {
        case TokenKind::identifier: name(token); break;
        case TokenKind::function_begin: open_function(token); break;
        case TokenKind::variable: scope().awaits = Awaits::declared_name; break;
        case TokenKind::text:
            token.mended = token.mended || all_mended_;
            if (fold(token, rows)) return;
            break;
        case TokenKind::curly_close:
            if (closes_function()) {
                rows.push_back(token);
                token = tokens_.make(TokenKind::function_end, "");
            }
            break;
        default: bracket(kind); break;
    }
    rows.push_back(token);
    scope().last = kind;
}

// "a" + "b" is one string: the plus between their texts goes.
bool ScriptParser::fold(const Token& token, std::vector<Token>& rows) {
    if (rows.size() < 2 || rows.back().kind != TokenKind::plus) return false;
    Token& first = rows[rows.size() - 2];
    if (first.kind != TokenKind::text) return false;
    const std::uint32_t end = first.begin + first.size;
    tokens_.texts.erase(end, token.begin - end);
    first.size += token.size;
    first.mended = true;
    rows.pop_back();
    return true;
}

void ScriptParser::name(Token& token) {
    if (scope().last == TokenKind::dot) {
        token.kind = TokenKind::member;
        return;
    }
    switch (scope().awaits) {
        case Awaits::declared_name:
        case Awaits::parameters:
            declare(token);
            scope().awaits = Awaits::initializer;
            scope().square = 0;
            break;
        case Awaits::function_name:
            declare(token);
            scope().awaits = Awaits::parameter_list;
            break;
        default: break;
    }
}

void ScriptParser::declare(const Token& token) {
    const auto kept = names_.try_emplace(std::string(tokens_.text(token)), 0).first;
    scope().declared.push_back({kept->first, declarations_++});
}

void ScriptParser::open_function(Token& token) {
    Scope inner;
    inner.parent = current_;
    inner.awaits = Awaits::function_name;
    token.scope = current_ = static_cast<std::uint32_t>(scopes_.size());
    scopes_.push_back(std::move(inner));
}

bool ScriptParser::closes_function() {
    if (scope().curly > 0) --scope().curly;
    if (scope().curly > 0 || scope().parent == no_scope) return false;
    current_ = scope().parent;
    return true;
}

void ScriptParser::bracket(TokenKind kind) {
    Scope& in = scope();
    const bool in_function_head = in.awaits == Awaits::function_name ||
                                  in.awaits == Awaits::parameter_list;
    switch (kind) {
        case TokenKind::round_open:
            if (in_function_head) in.awaits = Awaits::parameters;
            break;
        case TokenKind::round_close:
            if (in.awaits == Awaits::parameter_list) in.awaits = Awaits::anything;
            break;
        case TokenKind::curly_open:
            if (in_function_head || in.awaits == Awaits::parameters) in.awaits = Awaits::anything;
            ++in.curly;
            break;
        case TokenKind::square_open: ++in.square; break;
        case TokenKind::square_close:
            if (in.square > 0) --in.square;
            break;
        case TokenKind::comma:
            if (in.awaits == Awaits::initializer && in.square == 0 && in.curly == 0) {
                in.awaits = Awaits::declared_name;
            }
            break;
        case TokenKind::semicolon:
            if (in.square == 0 && in.curly == 0) in.awaits = Awaits::anything;
            break;
        default: break;
    }
}

}  // namespace postern::engine::html
