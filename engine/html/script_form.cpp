// SPDX-License-Identifier: Apache-2.0
#include "engine/html/script_form.h"

#include "engine/html/eight_octets.h"
#include "engine/html/script_decoders.h"

#include <algorithm>
#include <cstdio>

namespace postern::engine::html {

namespace {

constexpr std::size_t least_mended = 16;

// Which number a declared name has where the walk stands. Each name has a stack of the scopes around that
// declare it, so that asking costs the same however deep functions are nested.
class DeclaredNames {
public:
    explicit DeclaredNames(const ScriptParser& parser) : parser_(parser) { enter(0); }

    void move_to(std::uint32_t scope) {
        if (scope == open_.back()) return;
        if (parser_.parent_of(scope) == open_.back()) return enter(scope);
        if (parser_.parent_of(open_.back()) == scope) return leave();
        move_far(scope);
    }

    const std::uint32_t* number_of(std::string_view name) const {
        const auto found = numbers_.find(name);
        return found == numbers_.end() || found->second.empty() ? nullptr : &found->second.back();
    }

private:
    void enter(std::uint32_t scope) {
        open_.push_back(scope);
        for (const auto& declared : parser_.declared_in(scope)) {
            numbers_[declared.name].push_back(declared.number);
        }
    }

    void leave() {
        for (const auto& declared : parser_.declared_in(open_.back())) numbers_[declared.name].pop_back();
        open_.pop_back();
    }

    // Only where a decoder took away one end of a function; a script can do that a limited number of times.
    void move_far(std::uint32_t scope) {
        if (far_moves_++ > 1000) return;
        std::vector<std::uint32_t> path;
        for (auto s = scope; s != ScriptParser::no_scope; s = parser_.parent_of(s)) path.push_back(s);
        while (open_.size() > 1) leave();
        for (auto s = path.rbegin() + 1; s != path.rend(); ++s) enter(*s);
    }

    const ScriptParser& parser_;
    std::vector<std::uint32_t> open_;
    std::unordered_map<std::string_view, std::vector<std::uint32_t>> numbers_;
    unsigned far_moves_ = 0;
};

class FormWriter {
public:
    explicit FormWriter(mime::Buffer& out) : out_(out) {}

    void token(const Token& token, std::string_view text, const std::uint32_t* number) {
        switch (token.kind) {
            case TokenKind::text:
                raw("\"");
                folded(text);
                raw("\"");
                last_ = '"';
                break;
            case TokenKind::identifier:
                space_before('a');
                number != nullptr ? numbered(*number) : folded(text);
                last_ = 'a';
                break;
            case TokenKind::integer:
            case TokenKind::real:
                space_before('0');
                folded(text);
                last_ = '0';
                break;
            default:
                if (text.empty()) {
                    last_ = '\0';
                    break;
                }
                space_before(text.front());
                folded(text);
                last_ = text.back();
        }
    }

    void raw(std::string_view text) { out_.append(std::as_bytes(std::span(text))); }

private:
    static bool is_word(char c) {
        const auto octet = static_cast<std::uint8_t>(c);
        return is_letter(octet) || is_digit(octet);
    }

    void space_before(char next) {
        if (is_word(last_) && is_word(next)) raw(" ");
    }

    void folded(std::string_view text) {
        std::byte* to = out_.grow(text.size());
        for (const char c : text) {
            const auto octet = static_cast<std::uint8_t>(c);
            *to++ = std::byte{is_blank(octet) ? std::uint8_t{' '} : to_lower(octet)};
        }
        out_.commit(text.size());
    }

    void numbered(std::uint32_t number) {
        char text[16];
        const int size = std::snprintf(text, sizeof text, "n%03u", number);
        raw({text, static_cast<std::size_t>(size)});
    }

    mime::Buffer& out_;
    char last_ = '\0';
};

// The script as the page's walk sees it: no NUL, and line ends are blanks.
std::string source_of(std::span<const std::byte> script) {
    std::string source;
    source.reserve(script.size());
    for (const std::byte octet : script) {
        const char c = static_cast<char>(octet);
        if (c != '\0') source += c == '\n' ? ' ' : c;
    }
    return source;
}

void keep_mended(const Token& token, std::string_view text, ScriptForm& out) {
    const bool escaped = text.find('%') != std::string_view::npos;
    if (token.kind != TokenKind::text || text.size() < least_mended) return;
    if (token.mended) out.mended.emplace_back(text);
    if (escaped) out.mended.push_back(unescaped(text));
}

}  // namespace

void append_script_form(std::span<const std::byte> script, ScriptForm& out) {
    constexpr std::string_view end_tag = "</script>";
    ScriptParser parser;
    std::vector<Token> rows;
    parser.parse(source_of(script.first(std::min(script.size(), longest_script))), rows);
    parser.close(rows);
    decode_script(parser, rows);

    FormWriter writer(out.form);
    if (out.form.size() != 0) writer.raw("\n");
    writer.raw("<script>");
    parser.to_global();
    DeclaredNames names(parser);
    for (const Token& token : rows) {
        const bool written = parser.follow(token);
        names.move_to(parser.current());
        if (!written) continue;
        const std::string_view text = parser.tokens().text(token);
        keep_mended(token, text, out);
        writer.token(token, text, token.kind == TokenKind::identifier ? names.number_of(text) : nullptr);
    }
    const auto written = out.form.bytes();
    const std::string_view all(reinterpret_cast<const char*>(written.data()), written.size());
    if (!all.ends_with(end_tag)) writer.raw(end_tag);
}

}  // namespace postern::engine::html
