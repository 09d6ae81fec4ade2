// SPDX-License-Identifier: Apache-2.0
// A recursive reader: alternatives of sequences of repeated atoms. What it writes has every
// character that is no letter or digit as \xHH, and sets as ranges of those.
#include "signatures/clamav/name_pattern.h"

#include <array>
#include <bitset>
#include <charconv>

namespace postern::signatures::clamav {

namespace {

constexpr int deepest = 32;
constexpr unsigned most_repeats = 255;
constexpr std::size_t most_places = 4096;

using Set = std::bitset<256>;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct NamedClass {
    std::string_view name;
    bool (*holds)(int);
};

// Of ASCII, whatever the locale.
constexpr std::array<NamedClass, 12> named_classes{{
    {"alpha", [](int c) { return is_letter(static_cast<char>(c)); }},
    {"digit", [](int c) { return is_digit(static_cast<char>(c)); }},
    {"alnum", [](int c) { return is_letter(static_cast<char>(c)) || is_digit(static_cast<char>(c)); }},
    {"upper", [](int c) { return c >= 'A' && c <= 'Z'; }},
    {"lower", [](int c) { return c >= 'a' && c <= 'z'; }},
    {"space", [](int c) { return c == ' ' || (c >= 9 && c <= 13); }},
    {"blank", [](int c) { return c == ' ' || c == '\t'; }},
    {"punct", [](int c) {
         return c > 32 && c < 127 && !is_letter(static_cast<char>(c)) &&
                !is_digit(static_cast<char>(c));
     }},
    {"cntrl", [](int c) { return c < 32 || c == 127; }},
    {"print", [](int c) { return c >= 32 && c < 127; }},
    {"graph", [](int c) { return c > 32 && c < 127; }},
    {"xdigit", [](int c) {
         return is_digit(static_cast<char>(c)) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
     }},
}};

class Reader {
public:
    explicit Reader(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

    NamePattern read() {
        std::string out;
        if (std::string_view(at_, size()).starts_with("(?i)")) {
            out = "(?i)";
            at_ += 4;
        }
        const char* begin = at_;
        const std::size_t places = read_alternatives(out, 0);
        if (more()) fail(at_, "a ) without its (; write \\) for the character itself");
        if (places > most_places) fail(begin, "the pattern is too large; repeat less often");
        result_.expression = std::move(out);
        return std::move(result_);
    }

private:
    std::size_t size() const { return static_cast<std::size_t>(end_ - at_); }
    bool more() const { return at_ != end_ && result_.error.empty(); }
    bool see(char c) const { return more() && *at_ == c; }

    void fail(const char* at, std::string message) {
        if (!result_.error.empty()) return;
        result_.error_at = at;
        result_.error = std::move(message);
    }

    // All of these return how many places the piece has when it is written out.
    std::size_t read_alternatives(std::string& out, int depth) {
        std::size_t places = 0;
        for (;;) {
            const char* begin = at_;
            while (more() && *at_ != '|' && !(depth > 0 && *at_ == ')')) {
                if (*at_ == ')') return places;
                places += read_repeated(out, depth);
                if (places > most_places) break;
            }
            const bool lone = depth > 0 && see(')') && places == 0;
            if (at_ == begin && !lone) {
                fail(begin, "an empty alternative; write what the name may hold there");
            }
            if (places > most_places) fail(begin, "the pattern is too large; repeat less often");
            if (!see('|')) return places;
            out += '|';
            ++at_;
        }
    }

    std::size_t read_repeated(std::string& out, int depth) {
        std::string atom;
        const char* begin = at_;
        std::size_t places = read_atom(atom, depth);
        if (!more() || !at_repetition()) {
            out += atom;
            return places;
        }
        if (*begin == '^') {
            fail(at_, "nothing stands there to be repeated; write \\ before the character itself");
            return 0;
        }
        out += "(?:" + atom + ')';
        places *= read_repetition(out);
        if (more() && at_repetition()) {
            fail(at_, "a repetition of a repetition; put the first in ( )");
        }
        return places;
    }

    bool at_repetition() const {
        return see('*') || see('+') || see('?') ||
               (see('{') && at_ + 1 != end_ && is_digit(at_[1]));
    }

    std::size_t read_repetition(std::string& out) {
        const char sign = *at_++;
        if (sign != '{') {
            out += sign;
            return 1;
        }
        const char* begin = at_;
        unsigned low = read_count();
        unsigned high = low;
        std::string text = '{' + std::to_string(low);
        if (see(',')) {
            ++at_;
            const bool open = !more() || !is_digit(*at_);
            high = open ? low : read_count();
            text += ',' + (open ? "" : std::to_string(high));
        }
        if (!see('}')) {
            fail(begin, "no repetition; write {n}, {n,} or {n,m}");
            return 0;
        }
        ++at_;
        if (low > high || high > most_repeats) {
            fail(begin, "no repetition; the counts ascend and are at most 255");
        }
        out += text + '}';
        return high == 0 ? 1 : high;
    }

    unsigned read_count() {
        unsigned count = 0;
        const auto [stop, error] = std::from_chars(at_, end_, count);
        at_ = stop;
        return error == std::errc() && count <= most_repeats ? count : most_repeats + 1;
    }

    std::size_t read_atom(std::string& out, int depth) {
        const char* begin = at_;
        const char c = *at_++;
        switch (c) {
            case '(':
                return read_group(out, begin, depth);
            case '[':
                return read_set(out, begin);
            case '^':
                out += "\\A";
                return 0;
            case '$':
                out += "\\z";
                return 0;
            case '.':
                out += '.';
                return 1;
            case '\\':
                return read_escaped(out, begin);
            case '*':
            case '+':
            case '?':
                fail(begin, "nothing stands there to be repeated; write \\ before the character "
                            "itself");
                return 0;
            case '{':
                if (more() && is_digit(*at_)) {
                    fail(begin, "nothing stands there to be repeated; write \\{ for the brace "
                                "itself");
                }
                [[fallthrough]];
            default:
                add(out, c);
                return 1;
        }
    }

    std::size_t read_group(std::string& out, const char* begin, int depth) {
        if (depth == deepest) {
            fail(begin, "groups nest too deeply; take some of them out");
            return 0;
        }
        if (see('?')) {
            fail(begin, "(? is no POSIX; only (?i) may stand in front of the whole pattern");
            return 0;
        }
        out += "(?:";
        const std::size_t places = read_alternatives(out, depth + 1);
        if (!see(')')) {
            fail(begin, "a ( without its ); write \\( for the character itself");
            return 0;
        }
        ++at_;
        out += ')';
        return places;
    }

    std::size_t read_escaped(std::string& out, const char* begin) {
        if (at_ == end_) {
            fail(begin, "a \\ at the end; write \\\\ for the character itself");
            return 0;
        }
        if (is_letter(*at_) || is_digit(*at_)) result_.doubtful = begin;
        add(out, *at_++);
        return 1;
    }

    std::size_t read_set(std::string& out, const char* begin) {
        const bool negated = see('^');
        if (negated) ++at_;
        Set set;
        bool first = true;
        while (more() && (first || *at_ != ']')) {
            first = false;
            if (!read_item(set)) return 0;
        }
        if (!see(']')) {
            fail(begin, "a [ without its ]; write \\[ for the character itself");
            return 0;
        }
        ++at_;
        write(out, set, negated);
        return 1;
    }

    // One character, a range of them, or a class by its name.
    bool read_item(Set& set) {
        if (see('[') && at_ + 1 != end_ && at_[1] == ':') return read_named(set);
        const char* begin = at_;
        const int low = read_member();
        int high = low;
        if (low >= 0 && see('-') && at_ + 1 != end_ && at_[1] != ']') {
            ++at_;
            high = read_member();
        }
        if (low < 0 || high < low) {
            fail(begin, "no range of characters; write the lower one first");
            return false;
        }
        for (int c = low; c <= high; ++c) set.set(static_cast<std::size_t>(c));
        return true;
    }

    // A backslash is a character like others here. [.x.] and [=x=] mean x.
    int read_member() {
        if (!more()) return -1;
        const std::string_view rest(at_, size());
        for (const char kind : {'.', '='}) {
            if (rest.size() > 4 && rest[0] == '[' && rest[1] == kind && rest[3] == kind &&
                rest[4] == ']') {
                at_ += 5;
                return static_cast<unsigned char>(rest[2]);
            }
        }
        return static_cast<unsigned char>(*at_++);
    }

    bool read_named(Set& set) {
        const std::string_view rest = std::string_view(at_, size()).substr(2);
        const std::size_t end = rest.find(":]");
        const std::string_view name = rest.substr(0, end);
        for (const NamedClass& named : named_classes) {
            if (end == rest.npos || named.name != name) continue;
            for (int c = 0; c < 128; ++c) {
                if (named.holds(c)) set.set(static_cast<std::size_t>(c));
            }
            at_ += end + 4;
            return true;
        }
        fail(at_, "no class of characters; write [:alpha:], [:digit:], [:alnum:] or the like");
        return false;
    }

    static void add(std::string& out, char c) {
        if (is_letter(c) || is_digit(c)) {
            out += c;
            return;
        }
        const auto octet = static_cast<unsigned char>(c);
        out += "\\x";
        out += "0123456789abcdef"[octet >> 4];
        out += "0123456789abcdef"[octet & 15];
    }

    static void write(std::string& out, const Set& set, bool negated) {
        out += negated ? "[^" : "[";
        for (int low = 0; low < 256; ++low) {
            if (!set[static_cast<std::size_t>(low)]) continue;
            int high = low;
            while (high < 255 && set[static_cast<std::size_t>(high) + 1]) ++high;
            add(out, static_cast<char>(low));
            if (high > low) {
                out += '-';
                add(out, static_cast<char>(high));
            }
            low = high;
        }
        out += ']';
    }

    const char* at_;
    const char* end_;
    NamePattern result_;
};

}  // namespace

NamePattern parse_name_pattern(std::string_view text) {
    return Reader(text).read();
}

}  // namespace postern::signatures::clamav
