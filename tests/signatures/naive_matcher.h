// SPDX-License-Identifier: Apache-2.0
// The second, plain implementation: a body pattern tried at every place of a content, by
// backtracking, read straight from its text. No tree, no program, no anchor; slow, and hoped to be
// obviously right.
//
// It knows no error: give it patterns that parse_body() takes.
#pragma once

#include <cctype>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::signatures::tests {

struct NaiveMatch {
    std::size_t offset = 0;
    std::size_t length = 0;
    bool operator==(const NaiveMatch&) const = default;
};

class NaiveMatcher {
public:
    NaiveMatcher(std::string_view pattern, std::string_view content)
        : pattern_(pattern), content_(content) {}

    // The lowest start between first and last, and the lowest end from there.
    std::optional<NaiveMatch> find(std::size_t first, std::size_t last) const {
        for (std::size_t start = first; start <= last && start <= content_.size(); ++start) {
            std::optional<std::size_t> end;
            match(0, start, [&](std::size_t at) { end = std::min(end.value_or(at), at); });
            if (end) return NaiveMatch{start, *end - start};
        }
        return std::nullopt;
    }

private:
    using Then = std::function<void(std::size_t)>;

    // Calls `then` with every place where what stands from pattern[p] on can end.
    void match(std::size_t p, std::size_t at, const Then& then) const {
        if (p == pattern_.size()) return then(at);
        const char c = pattern_[p];
        if (c == '*') return gap(p + 1, at, 0, content_.size(), then);
        if (c == '{') return bounded(p, at, then);
        if (c == '[') return followed(p, at, then);
        if (c == '!' || c == '(') return group(p, at, then);
        if (begins_part(p) && pattern_.substr(p + 2, 1) == "[") return led(p, at, then);
        if (at < content_.size() && octet_fits(p, at)) match(p + 2, at + 1, then);
    }

    void gap(std::size_t p, std::size_t at, std::size_t low, std::size_t high,
             const Then& then) const {
        for (std::size_t n = low; n <= high && at + n <= content_.size(); ++n)
            match(p, at + n, then);
    }

    void bounded(std::size_t p, std::size_t at, const Then& then) const {
        const std::size_t close = pattern_.find('}', p);
        const std::string text(pattern_.substr(p + 1, close - p - 1));
        const std::size_t dash = text.find('-');
        const std::string low = text.substr(0, dash);
        const std::string high = dash == text.npos ? low : text.substr(dash + 1);
        gap(close + 1, at, low.empty() ? 0 : std::stoul(low),
            high.empty() ? content_.size() : std::stoul(high), then);
    }

    // The distances from n to m that "[n-m]" at p allows.
    std::pair<std::size_t, std::size_t> bracket(std::size_t p) const {
        const std::string text(pattern_.substr(p + 1, pattern_.find(']', p) - p - 1));
        const std::size_t dash = text.find('-');
        return {std::stoul(text), std::stoul(dash == text.npos ? text : text.substr(dash + 1))};
    }

    // x[n-m]SIG: somewhere before SIG stands x; SIG begins here.
    void led(std::size_t p, std::size_t at, const Then& then) const {
        const auto [low, high] = bracket(p + 2);
        for (std::size_t n = low; n <= high && n < at; ++n) {
            if (octet_fits(p, at - 1 - n)) return match(pattern_.find(']', p) + 1, at, then);
        }
    }

    // SIG[n-m]x: the same behind SIG, which ends here.
    void followed(std::size_t p, std::size_t at, const Then& then) const {
        const auto [low, high] = bracket(p);
        const std::size_t octet = pattern_.find(']', p) + 1;
        for (std::size_t n = low; n <= high && at + n < content_.size(); ++n) {
            if (octet_fits(octet, at + n)) return match(octet + 2, at, then);
        }
    }

    static int nibble(char c) { return c <= '9' ? c - '0' : std::tolower(c) - 'a' + 10; }

    bool octet_fits(std::size_t p, std::size_t at) const {
        const int octet = static_cast<unsigned char>(content_[at]);
        const bool high = pattern_[p] == '?' || nibble(pattern_[p]) == octet >> 4;
        const bool low = pattern_[p + 1] == '?' || nibble(pattern_[p + 1]) == (octet & 15);
        return high && low;
    }

    std::size_t closing(std::size_t open) const {
        int depth = 0;
        for (std::size_t i = open;; ++i) {
            depth += (pattern_[i] == '(') - (pattern_[i] == ')');
            if (depth == 0) return i;
        }
    }

    void group(std::size_t p, std::size_t at, const Then& then) const {
        const bool negated = pattern_[p] == '!';
        const std::size_t open = p + negated;
        const std::size_t close = closing(open);
        const std::string_view inside = pattern_.substr(open + 1, close - open - 1);
        if (inside == "B" || inside == "L" || inside == "W") {
            return character_class(p, close + 1, at, then);
        }
        std::vector<std::string_view> choices;
        int depth = 0;
        std::size_t begin = 0;
        for (std::size_t i = 0; i <= inside.size(); ++i) {
            if (i == inside.size() || (inside[i] == '|' && depth == 0)) {
                choices.push_back(inside.substr(begin, i - begin));
                begin = i + 1;
            } else {
                depth += (inside[i] == '(') - (inside[i] == ')');
            }
        }
        const Then after = [&](std::size_t end) { match(close + 1, end, then); };
        if (!negated) {
            for (const auto choice : choices) NaiveMatcher(choice, content_).match(0, at, after);
            return;
        }
        const std::size_t width = choices[0].size() / 2;
        bool one_fits = false;
        for (const auto choice : choices) {
            NaiveMatcher(choice, content_).match(0, at, [&](std::size_t) { one_fits = true; });
        }
        if (!one_fits && at + width <= content_.size()) after(at + width);
    }

    bool begins_part(std::size_t p) const { return p == 0 || divides(p - 1); }
    bool ends_part(std::size_t p) const {
        return p == pattern_.size() || pattern_[p] == '*' || pattern_[p] == '[' ||
               (pattern_[p] == '{' && divides(pattern_.find('}', p)));
    }
    // Does the distance that ends here divide the pattern? {n} below 128 does not.
    bool divides(std::size_t last) const {
        if (pattern_[last] == '*' || pattern_[last] == ']') return true;
        if (pattern_[last] != '}') return false;
        const std::size_t open = pattern_.rfind('{', last);
        const std::string text(pattern_.substr(open + 1, last - open - 1));
        const std::size_t dash = text.find('-');
        if (dash == text.npos) return std::stoul(text) >= 128;
        return text.substr(0, dash) != text.substr(dash + 1) || std::stoul(text) >= 128;
    }

    bool holds(std::string_view set, std::size_t at) const {
        return set.find(content_[at]) != set.npos;
    }

    void character_class(std::size_t p, std::size_t behind, std::size_t at,
                         const Then& then) const {
        const bool negated = pattern_[p] == '!';
        const char letter = pattern_[behind - 2];
        constexpr std::string_view left = " -_/.<@";
        constexpr std::string_view right = "\n\r \"'-/=>_";
        const auto alphanumeric = [&](std::size_t i) {
            return content_[i] >= 0 && std::isalnum(content_[i]) != 0;
        };
        const bool crlf = at < content_.size() && content_.substr(at, 2) == "\r\n";
        const bool lf = at < content_.size() && content_[at] == '\n';
        if (ends_part(behind)) {
            bool edge = at == content_.size();
            if (!edge && letter == 'B') edge = holds(right, at);
            if (!edge && letter == 'L') edge = lf || crlf;
            if (!edge && letter == 'W') edge = !alphanumeric(at);
            if (edge != negated) match(behind, at, then);
        } else if (begins_part(p) && !negated) {
            bool edge = at == 0;
            if (!edge && letter == 'B') edge = holds(left, at - 1);
            if (!edge && letter == 'L') edge = content_[at - 1] == '\n';
            if (!edge && letter == 'W') edge = !alphanumeric(at - 1);
            if (edge) match(behind, at, then);
        } else if (at < content_.size()) {
            bool fits = false;
            if (letter == 'B') fits = holds(left, at) || holds(right, at);
            if (letter == 'L') fits = lf || crlf;
            if (letter == 'W') fits = !alphanumeric(at);
            const std::size_t taken = letter == 'L' && crlf && !negated ? 2 : 1;
            if (fits != negated) match(behind, at + taken, then);
        }
    }

    std::string_view pattern_;
    std::string_view content_;
};

}  // namespace postern::signatures::tests
