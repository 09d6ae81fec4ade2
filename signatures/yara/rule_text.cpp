// SPDX-License-Identifier: Apache-2.0
// A rule is modifiers, `rule`, a name, and everything to the brace that closes its body. The words
// rule, import and include cannot stand inside a rule, so one that does begins something new.
#include "signatures/yara/rule_text.h"

#include "signatures/yara/token.h"

#include <algorithm>
#include <charconv>

namespace postern::signatures::yara {

namespace {

void make_set(std::vector<std::string_view>& words) {
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
}

std::string_view without_quotes(std::string_view text) {
    if (text.size() < 2 || text.back() != '"') return {};
    return text.substr(1, text.size() - 2);
}

// Decimal or 0x; what is neither is no key.
std::size_t number_of(std::string_view text) {
    const bool hex = text.starts_with("0x");
    if (hex) text.remove_prefix(2);
    std::size_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number, hex ? 16 : 10);
    return result.ec == std::errc() ? number : std::size_t{256};
}

class Divider {
public:
    explicit Divider(std::string_view source) : source_(source), reader_(source) {
        token_ = reader_.next();
    }

    std::vector<Statement> divide() {
        while (token_.kind != TokenKind::end) {
            begin();
            if (is_word("import") || is_word("include")) {
                named_file();
            } else {
                rule_or_stray();
            }
            finish();
        }
        return std::move(out_);
    }

private:
    bool is_word(std::string_view word) const {
        return token_.kind == TokenKind::word && token_.text == word;
    }
    bool is_sign(char sign) const {
        return token_.kind == TokenKind::sign && token_.text[0] == sign;
    }
    bool begins_statement() const {
        return is_word("rule") || is_word("import") || is_word("include");
    }

    void advance() {
        end_ = token_.end;
        token_ = reader_.next();
    }

    void begin() {
        const auto lines = source_.substr(counted_, token_.begin - counted_);
        line_ += static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
        counted_ = token_.begin;
        now_ = {};
        now_.line = line_;
        depth_ = 0;
    }

    void finish() {
        now_.text = source_.substr(counted_, end_ - counted_);
        make_set(now_.identifiers);
        make_set(now_.prefixes);
        out_.push_back(std::move(now_));
    }

    void named_file() {
        now_.kind = is_word("import") ? StatementKind::import : StatementKind::include;
        advance();
        if (token_.kind != TokenKind::text) {
            now_.kind = StatementKind::stray;
            return;
        }
        now_.name = without_quotes(token_.text);
        advance();
    }

    void modifiers() {
        for (; is_word("private") || is_word("global"); advance()) {
            (token_.text == "private" ? now_.is_private : now_.is_global) = true;
        }
    }

    void rule_or_stray() {
        modifiers();
        if (!is_word("rule")) return stray();
        now_.kind = StatementKind::rule;
        advance();
        if (token_.kind == TokenKind::word && !begins_statement()) {
            now_.name = token_.text;
            advance();
        }
        // Tags, up to the body. A body that looks like a hex string is all there is of it.
        while (token_.kind != TokenKind::end && !begins_statement() && !is_sign('{')) {
            const bool whole = token_.kind == TokenKind::hex;
            advance();
            if (whole) return;
        }
        body();
    }

    void body() {
        while (token_.kind != TokenKind::end && !begins_statement()) {
            if (starts_next_rule()) return;
            const bool last = is_sign('}');
            note();
            advance();
            if (last) return;
        }
    }

    // Modifiers of a rule stand before its name; `private` of a string never stands before `rule`.
    // There are two modifiers, so looking two words ahead is enough.
    bool starts_next_rule() const {
        if (!is_word("private") && !is_word("global")) return false;
        TokenReader ahead = reader_;
        Token next = ahead.next();
        if (next.kind == TokenKind::word && (next.text == "private" || next.text == "global")) {
            next = ahead.next();
        }
        return next.kind == TokenKind::word && next.text == "rule";
    }

    void note() {
        if (token_.kind == TokenKind::word) {
            now_.counts_in_range = now_.counts_in_range || (after_count_ && token_.text == "in");
            after_count_ = false;
            if (token_.text == "xor") now_.xor_keys += keys_behind_xor();
            now_.identifiers.push_back(token_.text);
            last_word_ = token_.text;
            return;
        }
        after_count_ = is_sign('#');
        now_.strings += token_.kind != TokenKind::sign;
        if (is_sign('*') && !last_word_.empty()) now_.prefixes.push_back(last_word_);
        if (is_sign('(') || is_sign('[')) now_.nesting = std::max(now_.nesting, ++depth_);
        if ((is_sign(')') || is_sign(']')) && depth_ > 0) --depth_;
        last_word_ = {};
    }

    // xor, xor(7) and xor(1-0x7f).
    std::size_t keys_behind_xor() const {
        constexpr std::size_t all = 256;
        TokenReader ahead = reader_;
        if (ahead.next().text != "(") return all;
        const std::size_t first = number_of(ahead.next().text);
        const Token between = ahead.next();
        if (between.text == ")") return 1;
        const std::size_t last = number_of(ahead.next().text);
        return first <= last && last < all ? last - first + 1 : all;
    }

    // Something that is no statement: all of it up to what is one.
    void stray() {
        while (token_.kind != TokenKind::end && !begins_statement() && !starts_next_rule()) advance();
    }

    std::string_view source_;
    TokenReader reader_;
    Token token_;
    std::size_t end_ = 0;      // of the last token taken
    std::size_t counted_ = 0;  // lines up to here are counted; where the statement begins
    std::size_t line_ = 1;
    Statement now_;
    unsigned depth_ = 0;
    std::string_view last_word_;
    bool after_count_ = false;
    std::vector<Statement> out_;
};

}  // namespace

std::vector<Statement> statements_of(std::string_view source) {
    return Divider(source).divide();
}

}  // namespace postern::signatures::yara
