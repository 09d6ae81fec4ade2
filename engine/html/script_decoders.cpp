// SPDX-License-Identifier: Apache-2.0
// Which tokens are looked at, and which are passed over, is ClamAV's way: a function and the name behind it
// are passed, so is what a decoder put in first. Whatever needs a walk over the rest of the script is done
// a limited number of times, and unpacks to a limited size; all else is linear.
#include "engine/html/script_decoders.h"

#include "engine/html/eight_octets.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

namespace postern::engine::html {

namespace {

constexpr unsigned long_walks = 64;
constexpr std::size_t unpacked_limit = 8 << 20;
constexpr std::size_t least_behind_function = 13;  // fewer tokens cannot be a packer and its call

bool is_alphanumeric(char c) {
    const auto octet = static_cast<std::uint8_t>(c);
    return is_letter(octet) || is_digit(octet);
}

unsigned digit_value(char c) {
    if (c >= 'a') return 10U + static_cast<unsigned>(c - 'a');
    return c >= 'A' ? 36U + static_cast<unsigned>(c - 'A') : static_cast<unsigned>(c - '0');
}

std::vector<std::string_view> split_words(std::string_view words) {
    std::vector<std::string_view> all;
    for (;;) {
        const std::size_t bar = words.find('|');
        all.push_back(words.substr(0, bar));
        if (bar == std::string_view::npos) return all;
        words.remove_prefix(bar + 1);
    }
}

class Decoding {
public:
    Decoding(ScriptParser& parser, std::vector<Token>& rows)
        : parser_(parser), done_(rows), rest_(rows.rbegin(), rows.rend()) {
        done_.clear();
    }

    void run() {
        while (!rest_.empty()) {
            look();
            if (rest_.empty()) return;
            parser_.follow(at(0));
            pass();
        }
    }

private:
    const Token& at(std::size_t i) const { return rest_[rest_.size() - 1 - i]; }
    bool is(std::size_t i, TokenKind kind) const { return i < rest_.size() && at(i).kind == kind; }
    std::string_view text(std::size_t i) const { return parser_.tokens().text(at(i)); }
    bool is_call(std::string_view name) const {
        return rest_.size() > 2 && is(0, TokenKind::identifier) && is(1, TokenKind::round_open) &&
               text(0) == name;
    }
    void pass() {
        done_.push_back(rest_.back());
        rest_.pop_back();
    }

    void look() {
        const bool function = is(0, TokenKind::function_begin) || is(0, TokenKind::function_end);
        if (function && rest_.size() > least_behind_function) {
            look_at_function();
        } else if (is_call("dF") && is(2, TokenKind::text)) {
            undo_shifted();
        } else if (is_call("eval") && is(2, TokenKind::text) && is(3, TokenKind::round_close)) {
            replace(0, 4, std::string(text(2)));
        }
    }

    void look_at_function() {
        pass();
        std::string name;
        if (is(0, TokenKind::identifier)) {
            name = text(0);
            pass();
        }
        if (packer_parameters() && walks_ < long_walks) {
            ++walks_;
            undo_packed(name);
        }
    }

    // ( p , a , c , k , e , d ) or with r at the end.
    bool packer_parameters() const {
        if (!is(0, TokenKind::round_open)) return false;
        for (std::size_t i = 0; i < 6; ++i) {
            const TokenKind after = i == 5 ? TokenKind::round_close : TokenKind::comma;
            const std::size_t k = 1 + 2 * i;
            if (!is(k, TokenKind::identifier) || !is(k + 1, after)) return false;
            const bool last_may_differ = i == 5 && text(k) == "r";
            if (text(k) != std::string_view("packed").substr(i, 1) && !last_may_differ) return false;
        }
        return true;
    }

    // Where the function ends that the walk is in; empty when it does not.
    std::optional<std::size_t> function_end() const {
        std::size_t open = 1;
        for (std::size_t i = 0; i < rest_.size(); ++i) {
            if (is(i, TokenKind::function_begin)) ++open;
            if (is(i, TokenKind::function_end) && --open == 0) return i;
        }
        return std::nullopt;
    }

    std::size_t next(std::size_t i, TokenKind kind) const {
        while (i < rest_.size() && at(i).kind != kind) ++i;
        return i;
    }

    // The first tokens of six arguments from `i` on; `i` moves behind them.
    std::optional<std::array<std::size_t, 6>> arguments(std::size_t& i) const {
        std::array<std::size_t, 6> first{};
        for (std::size_t k = 0; k < first.size(); ++k) {
            if (i >= rest_.size()) return std::nullopt;
            first[k] = i;
            i = next(i + 1, k + 1 < first.size() ? TokenKind::comma : TokenKind::round_close) + 1;
        }
        return first;
    }

    void undo_packed(const std::string& name) {
        const auto end = function_end();
        if (!end) return;
        std::size_t i = *end;
        std::optional<std::size_t> first;
        std::size_t last = 0;
        std::string unpacked;
        const auto call = [&] {
            const auto found = arguments(i);
            if (!found) return;
            if (!first) first = found->front();
            last = found->back();
            unpacked += unpack_call(*found, unpacked_limit - std::min(unpacked.size(), unpacked_limit));
        };
        if (name.empty()) {
            i = next(i, TokenKind::round_open) + 1;
            if (i < rest_.size()) call();
        } else {
            for (; i + 2 < rest_.size(); ++i) {
                if (!is(i, TokenKind::identifier) || text(i) != name) continue;
                if (!is(i + 1, TokenKind::round_open)) continue;
                i += 2;
                call();
            }
        }
        if (first) replace(*first, end_of_call(last + 1), unpacked);
    }

    std::size_t end_of_call(std::size_t end) const {
        const bool with_object = is(end, TokenKind::square_open) && is(end + 1, TokenKind::square_close) &&
                                 is(end + 2, TokenKind::round_close);
        if (with_object) return end + 3;
        return std::min(end + 1, rest_.size());
    }

    std::string unpack_call(const std::array<std::size_t, 6>& arguments, std::size_t limit) const {
        const Token& words = at(arguments[3]);
        const Token& base = at(arguments[1]);
        if (words.kind != TokenKind::text && words.kind != TokenKind::member) return {};
        Packed script;
        script.packed = text(arguments[0]);
        script.words = text(arguments[3]);
        script.base = base.kind == TokenKind::integer
                          ? std::strtol(std::string(text(arguments[1])).c_str(), nullptr, 10)
                          : -1;
        return unpack(script, limit);
    }

    // The argument is escaped twice, and between that each octet moved by the digit that ends it.
    void undo_shifted() {
        std::string_view argument = text(2);
        if (argument.empty() || walks_ >= long_walks) return;
        ++walks_;
        const int shift = argument.back() - '0';
        argument.remove_suffix(1);
        std::string inner = unescaped(argument);
        for (char& c : inner) c = static_cast<char>(c - shift);
        inner = inner.substr(0, inner.find('\0'));
        std::vector<Token> rows = parsed(unescaped(inner));
        drop(0, behind_semicolon(std::min<std::size_t>(4, rest_.size())));
        rest_.insert(rest_.begin(), rows.rbegin(), rows.rend());
    }

    std::vector<Token> parsed(const std::string& source) {
        std::vector<Token> rows;
        parser_.parse(source, rows);
        return rows;
    }

    std::size_t behind_semicolon(std::size_t end) const {
        return is(end, TokenKind::semicolon) ? end + 1 : end;
    }

    void replace(std::size_t begin, std::size_t end, const std::string& source) {
        const std::vector<Token> rows = parsed(source);
        drop(begin, behind_semicolon(end));
        rest_.insert(rest_.end() - static_cast<std::ptrdiff_t>(begin), rows.rbegin(), rows.rend());
    }

    void drop(std::size_t begin, std::size_t end) {
        rest_.erase(rest_.end() - static_cast<std::ptrdiff_t>(end),
                    rest_.end() - static_cast<std::ptrdiff_t>(begin));
    }

    ScriptParser& parser_;
    std::vector<Token>& done_;
    std::vector<Token> rest_;  // the next one last
    unsigned walks_ = 0;
};

void undo_unescape(ScriptParser& parser, std::vector<Token>& rows) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool call = i + 3 < rows.size() && rows[i].kind == TokenKind::identifier &&
                          rows[i + 1].kind == TokenKind::round_open &&
                          rows[i + 2].kind == TokenKind::text &&
                          parser.tokens().text(rows[i]) == "unescape";
        if (!call) {
            rows[kept++] = rows[i];
            continue;
        }
        const std::string text = unescaped(parser.tokens().text(rows[i + 2]));
        rows[kept] = parser.tokens().make(TokenKind::text, text);
        rows[kept++].mended = true;
        i += 3;
    }
    rows.resize(kept);
}

}  // namespace

std::string unpack(const Packed& script, std::size_t limit) {
    const std::vector<std::string_view> words = split_words(script.words);
    const std::string_view p = script.packed;
    std::string out;
    std::size_t i = 0;
    while (i < p.size() && out.size() < limit) {
        if (!is_alphanumeric(p[i])) {
            const bool escaped = p[i] == '\\' && i + 1 < p.size() && (p[i + 1] == '\'' || p[i + 1] == '"');
            if (!escaped) out += p[i];
            ++i;
            continue;
        }
        const std::size_t begin = i;
        std::uint32_t number = 0;
        for (; i < p.size() && is_alphanumeric(p[i]); ++i) {
            number = number * static_cast<std::uint32_t>(script.base) + digit_value(p[i]);
        }
        const bool known = number < words.size() && !words[number].empty();
        out += known ? words[number] : p.substr(begin, i - begin);
    }
    return out;
}

void decode_script(ScriptParser& parser, std::vector<Token>& rows) {
    parser.mark_mended();
    undo_unescape(parser, rows);
    Decoding(parser, rows).run();
}

}  // namespace postern::engine::html
