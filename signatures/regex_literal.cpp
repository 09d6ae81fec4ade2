// SPDX-License-Identifier: Apache-2.0
// One walk over the expression's outermost level. Groups and classes are stepped over; an alternative at
// that level, or an option set there, ends the walk with nothing.
#include "signatures/regex_literal.h"

#include <cctype>
#include <cstdint>

namespace postern::signatures {

namespace {

class Walk {
public:
    explicit Walk(std::string_view text) : text_(text) {}

    std::string run() {
        while (at_ < text_.size() && !given_up_) step();
        end_run();
        return given_up_ || best_.size() < least_required ? std::string() : best_;
    }

private:
    void step() {
        const char c = text_[at_++];
        switch (c) {
            case '|': given_up_ = true; break;
            case '\\': escape(); break;
            case '[': skip_class(); end_run(); break;
            case '(': group(); end_run(); break;
            case '.':
            case '^':
            case '$':
            case ')': end_run(); break;
            case '*':
            case '?': take_back(); break;
            case '+': end_run(); break;
            case '{': repeat(); break;
            default: literal(c);
        }
    }

    void literal(char c) {
        if (run_.size() == most_required) end_run();
        run_ += c;
    }

    void end_run() {
        if (run_.size() > best_.size()) best_ = run_;
        run_.clear();
    }

    // The last octet need not be there.
    void take_back() {
        if (!run_.empty()) run_.pop_back();
        end_run();
    }

    // {0}, {0,2}, {,2}: it need not be there. What is no repetition is taken for one that may be none.
    void repeat() {
        const bool once = at_ < text_.size() && text_[at_] >= '1' && text_[at_] <= '9';
        const std::size_t end = text_.find_first_not_of("0123456789,", at_);
        const bool is_repeat = end != text_.npos && text_[end] == '}';
        if (is_repeat) at_ = end + 1;
        return is_repeat && once ? end_run() : take_back();
    }

    void escape() {
        if (at_ == text_.size()) return give_up();
        const char c = text_[at_++];
        if (!std::isalnum(static_cast<unsigned char>(c))) return literal(c);
        switch (c) {
            case 'n': return literal('\n');
            case 'r': return literal('\r');
            case 't': return literal('\t');
            case 'f': return literal('\f');
            case 'e': return literal('\x1b');
            case 'a': return literal('\a');
            case 'x': return hex();
            case 'd': case 'D': case 'w': case 'W': case 's': case 'S': case 'h': case 'H':
            case 'v': case 'V': case 'b': case 'B': case 'A': case 'Z': case 'z': case 'G':
            case 'R': case 'X': case 'K': return end_run();
            default: return give_up();  // a property, a reference, a quotation
        }
    }

    static int digit(char c) {
        const int lower = std::tolower(static_cast<unsigned char>(c));
        return lower >= '0' && lower <= '9' ? lower - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    void hex() {
        if (at_ + 2 > text_.size()) return give_up();
        const int high = digit(text_[at_]);
        const int low = digit(text_[at_ + 1]);
        if (high < 0 || low < 0) return give_up();
        at_ += 2;
        literal(static_cast<char>(high << 4 | low));
    }

    // Behind '['. A ']' that comes first is one of the class; so are those of [:alpha:].
    void skip_class() {
        if (at_ < text_.size() && text_[at_] == '^') ++at_;
        if (at_ < text_.size() && text_[at_] == ']') ++at_;
        while (at_ < text_.size() && text_[at_] != ']') {
            const std::string_view rest = text_.substr(at_);
            if (rest.starts_with("[:") || rest.starts_with("[.") || rest.starts_with("[=")) {
                const std::size_t end = text_.find(std::string{rest[1], ']'}, at_ + 2);
                if (end == text_.npos) return give_up();
                at_ = end + 2;
            } else {
                if (rest.starts_with("\\Q") || rest.starts_with("\\E")) return give_up();
                at_ += rest[0] == '\\' ? 2 : 1;
            }
        }
        if (at_ >= text_.size()) return give_up();
        ++at_;
    }

    // Behind '('. Options set for what follows it, comments and verbs are not understood.
    void group() {
        if (text_.substr(at_).starts_with('*')) return give_up();
        if (text_.substr(at_).starts_with('?')) {
            constexpr std::string_view understood = ":=!<>P'";
            if (at_ + 1 >= text_.size() || understood.find(text_[at_ + 1]) == understood.npos) return give_up();
        }
        for (std::size_t depth = 1; depth > 0 && !given_up_;) {
            if (at_ >= text_.size()) return give_up();
            const char c = text_[at_++];
            if (c == '\\') {
                if (at_ < text_.size() && (text_[at_] == 'Q' || text_[at_] == 'E')) return give_up();
                ++at_;
            } else if (c == '[') {
                skip_class();
            } else if (c == '(') {
                if (text_.substr(at_).starts_with("?#") || text_.substr(at_).starts_with('*')) return give_up();
                ++depth;
            } else if (c == ')') {
                --depth;
            }
        }
    }

    void give_up() { given_up_ = true; }

    std::string_view text_;
    std::size_t at_ = 0;
    bool given_up_ = false;
    std::string run_;
    std::string best_;
};

}  // namespace

std::string required_literal(std::string_view regex, RegexFlags flags) {
    // White space and # mean nothing then; such expressions are few.
    if (flags.has(RegexFlag::extended)) return {};
    return Walk(regex).run();
}

}  // namespace postern::signatures
