// SPDX-License-Identifier: Apache-2.0
// The tokens of the language say where a section begins; a string is its name, a sign of equality,
// its text, and words.
#include "signatures/explain/rule_words.h"

#include "signatures/yara/rule_text.h"
#include "signatures/yara/token.h"

#include <array>

namespace postern::signatures::explain {

namespace {

using yara::Token;
using yara::TokenKind;

struct ModifierWords {
    std::string_view modifier;
    std::string_view words;
};
constexpr std::array<ModifierWords, 11> modifier_words{
    {{"nocase", "letters in either case"},
     {"wide", "as wide text: each octet followed by 00"},
     {"ascii", "as it stands"},
     {"fullword", "as a whole word: no letter or digit beside it"},
     {"xor", "under each key of one octet, or those named, by exclusive or"},
     {"base64", "as it stands in base64 text"},
     {"base64wide", "as it stands in base64 text whose octets are followed by 00"},
     {"private", "not reported"},
     {"i", "letters in either case"},
     {"s", "a dot takes line ends too"},
     {"is", "letters in either case, and a dot takes line ends too"}}};

class RuleReader {
public:
    explicit RuleReader(std::string_view text) : text_(text) {
        for (yara::TokenReader reader(text);;) {
            tokens_.push_back(reader.next());
            if (tokens_.back().kind == TokenKind::end) break;
        }
    }

    Lines lines() {
        Lines lines;
        const auto statements = yara::statements_of(text_);
        lines.emplace_back("  looks in    every decoded content, and members of archives");
        if (!statements.empty() && statements.front().is_private) {
            lines.emplace_back("  private     it is not reported itself; other rules refer to it");
        }
        if (!statements.empty() && statements.front().is_global) {
            lines.emplace_back("  global      no rule of its file is found where this one is not");
        }
        const std::size_t strings = section("strings");
        const std::size_t condition = section("condition");
        for (std::size_t i = strings; i < condition && i + 2 < tokens_.size();) i = string_at(i, condition, lines);
        append_condition(condition, lines);
        return lines;
    }

private:
    // The token behind "name:"; the last one where there is no such section.
    std::size_t section(std::string_view name) const {
        for (std::size_t i = 0; i + 2 < tokens_.size(); ++i) {
            const bool is = tokens_[i].kind == TokenKind::word && tokens_[i].text == name;
            if (is && tokens_[i + 1].text == ":") return i + 2;
        }
        return tokens_.size() - 1;
    }

    static std::string_view kind_words(TokenKind kind) {
        return kind == TokenKind::text    ? "the text "
               : kind == TokenKind::regex ? "the regular expression "
                                          : "the octets, hexadecimal, ";
    }

    // The token behind the string that begins at `i`.
    std::size_t string_at(std::size_t i, std::size_t end, Lines& lines) const {
        if (!tokens_[i].text.starts_with('$') || tokens_[i + 1].text != "=") return i + 1;
        const std::string name(tokens_[i].text);
        const Token& value = tokens_[i + 2];
        lines.push_back("  " + name + std::string(name.size() < 12 ? 12 - name.size() : 1, ' ') +
                        std::string(kind_words(value.kind)) + on_one_line(value.text));
        for (i += 3; i < end && !tokens_[i].text.starts_with('$'); ++i) {
            for (const ModifierWords& row : modifier_words) {
                if (row.modifier != tokens_[i].text) continue;
                lines.push_back(std::string(14, ' ') + std::string(row.words) + " (" + std::string(row.modifier) + ")");
            }
        }
        return i;
    }

    // Blanks of a hex string that goes over lines.
    static std::string on_one_line(std::string_view text) {
        std::string out;
        for (const char c : text) {
            const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
            if (blank && (out.empty() || out.back() == ' ')) continue;
            out += blank ? ' ' : c;
        }
        return out;
    }

    void append_condition(std::size_t at, Lines& lines) const {
        if (at + 1 >= tokens_.size()) return;
        std::size_t last = tokens_.size() - 2;  // the brace that closes the rule
        if (tokens_[last].text != "}" || last <= at) return;
        const std::size_t begin = tokens_[at].begin;
        lines.push_back("  found where " + on_one_line(text_.substr(begin, tokens_[last - 1].end - begin)));
    }

    std::string_view text_;
    std::vector<Token> tokens_;
};

}  // namespace

Lines words_for_rule(std::string_view text) { return RuleReader(text).lines(); }

}  // namespace postern::signatures::explain
