// SPDX-License-Identifier: Apache-2.0
// Bodies are told as they are written, and their options after that: the bodies that a set looks for
// have the options worked in, and are hard to read.
#include "signatures/explain/logic_words.h"

#include "signatures/clamav/body_parser.h"
#include "signatures/clamav/ldb_subsignature.h"
#include "signatures/explain/body_words.h"

#include <array>

namespace postern::signatures::explain {

namespace {

class Sentence {
public:
    explicit Sentence(const Expression& nodes) : nodes_(nodes) {}
    std::string whole() const { return of(nodes_.size() - 1, Around::nothing); }

private:
    enum class Around : std::uint8_t { nothing, both, either };

    static std::string times(std::uint32_t count) {
        return count == 1 ? "once" : std::to_string(count) + " times";
    }

    static std::string leaf(const LogicNode& node) {
        const std::string id = std::to_string(node.subsignature);
        switch (node.comparison) {
            case Comparison::none: return id;
            case Comparison::equal: return node.count == 0 ? id + " not at all" : id + " exactly " + times(node.count);
            case Comparison::less: return id + " fewer than " + times(node.count);
            case Comparison::more: break;
        }
        return id + " more than " + times(node.count);
    }

    static bool holds_at_none(const LogicNode& node) {
        return (node.comparison == Comparison::equal && node.count == 0) ||
               (node.comparison == Comparison::less && node.count != 0);
    }

    static std::string of_matches(const LogicNode& node) {
        const char* sign = node.comparison == Comparison::equal  ? "exactly "
                           : node.comparison == Comparison::less ? "fewer than "
                                                                 : "more than ";
        std::string words = sign + counted(node.count, "match");
        if (words.ends_with("matchs")) words.replace(words.size() - 6, 6, "matches");
        if (node.different != 0) words += " of " + std::to_string(node.different) + " different ones at least";
        if (holds_at_none(node)) words += " (a block that does not hold counts as none)";
        return words;
    }

    std::string of(std::size_t number, Around around) const {
        const LogicNode& node = nodes_[number];
        if (node.op == LogicOp::subsignature) return leaf(node);
        const bool both = node.op == LogicOp::both;
        const Around mine = both ? Around::both : Around::either;
        const std::string words = of(node.left, mine) + (both ? " and " : " or ") + of(node.right, mine);
        if (node.comparison != Comparison::none) return "(" + words + ") together " + of_matches(node);
        return around == Around::nothing || around == mine ? words : "(" + words + ")";
    }

    const Expression& nodes_;
};

struct FlagWords {
    RegexFlag flag;
    std::string_view words;
};
constexpr std::array<FlagWords, 8> flag_words{
    {{RegexFlag::caseless, "letters in either case (i)"},
     {RegexFlag::dot_all, "a dot takes line ends too (s)"},
     {RegexFlag::multiline, "^ and $ at every line (m)"},
     {RegexFlag::extended, "blanks and comments in it do not count (x)"},
     {RegexFlag::anchored, "only where the search begins (A)"},
     {RegexFlag::dollar_end, "$ only at the very end (E)"},
     {RegexFlag::ungreedy, "repetitions take as little as they can (U)"},
     {RegexFlag::global, "every match counts, not the first alone (g)"}}};

std::string regex_place(const Subsignature& one) {
    if (one.offset.place == Place::anywhere) return "anywhere";
    Offset from = one.offset;
    from.shift = 0;
    const std::string place = words_for(from);
    if (one.flags.has(RegexFlag::encompass)) {
        return place + " and the " + counted(one.offset.shift, "octet") + " from there, all of it within these (e)";
    }
    if (one.offset.shift != 0) return words_for(one.offset);
    return one.flags.has(RegexFlag::rolling) ? place + ", or anywhere behind that (r)" : place + ", and only there";
}

Lines regex_lines(const Subsignature& one) {
    Lines lines{"the regular expression /" + one.regex + "/"};
    for (const FlagWords& row : flag_words) {
        if (one.flags.has(row.flag)) lines.push_back("    " + std::string(row.words));
    }
    lines.push_back("begins " + regex_place(one));
    lines.push_back("looked for only where this holds: " + words_for(one.trigger));
    return lines;
}

std::string number_words(const ByteCompare& compare) {
    const std::string length = counted(compare.length, compare.base == NumberBase::binary ? "octet" : "character");
    const std::string order = compare.little_endian ? "little-endian" : "big-endian";
    const std::string exact = compare.exact ? ", digits all of them" : "";
    switch (compare.base) {
        case NumberBase::binary: return length + ", a " + order + " binary number";
        case NumberBase::hexadecimal: return length + ", a number in hexadecimal digits, " + order + exact;
        case NumberBase::decimal: return length + ", a number in decimal digits" + exact;
        case NumberBase::automatic: break;
    }
    return length + ", a number in hexadecimal digits behind 0x, else in decimal ones" + exact;
}

Lines compare_lines(const ByteCompare& compare) {
    const std::string start = "the start of the last match of " + std::to_string(compare.beside);
    const std::uint64_t distance =
        static_cast<std::uint64_t>(compare.distance < 0 ? -compare.distance : compare.distance);
    std::string place = distance == 0 ? "at " + start
                                      : counted(distance, "octet") + (compare.distance < 0 ? " before " : " behind ") + start;
    std::string tests;
    for (const NumberTest& test : compare.tests) {
        if (test.comparison == Comparison::none) continue;
        tests += tests.empty() ? "is " : " and is ";
        tests += test.comparison == Comparison::equal ? "" : test.comparison == Comparison::less ? "less than " : "more than ";
        tests += std::to_string(test.value);
    }
    return {"the number " + place + ": " + number_words(compare), "    " + tests};
}

Lines option_lines(std::string_view options) {
    const auto has = [&](char letter) { return options.find(letter) != options.npos; };
    Lines lines;
    if (has('i')) lines.emplace_back("letters in either case (i)");
    if (has('w') && has('a')) {
        lines.emplace_back("as it stands, and as wide text too: each octet followed by 00 (w, a)");
    } else if (has('w')) {
        lines.emplace_back("as wide text: each octet followed by 00 (w); distances are as they stand");
    }
    if (has('f')) lines.emplace_back("as a whole word: no ASCII letter or digit beside it (f)");
    return lines;
}

Lines body_lines(const Subsignature& one, std::string_view text) {
    const clamav::SubsignatureText divided = clamav::divide_subsignature(text);
    Lines lines = words_for(clamav::parse_body(divided.body).body);
    append(lines, option_lines(divided.options));
    if (one.offset.place != Place::anywhere) lines.push_back("begins " + words_for(one.offset));
    return lines;
}

}  // namespace

std::string words_for(const Expression& expression) { return Sentence(expression).whole(); }

Lines words_for(const TargetDescription& description) {
    Lines lines{words_for(description.target)};
    const auto number = [&](const NumberRange& range, const char* before, const char* behind) {
        if (!range.is_all()) lines.push_back(before + words_for(range) + behind);
    };
    number(description.file_size, "of so many octets: ", "");
    number(description.entry_point, "whose entry point, as an offset in the file, is ", "");
    number(description.sections, "that have so many sections: ", "");
    if (description.container) {
        lines.push_back(*description.container == ContentType::any ? "that lie in no container"
                                                                   : "directly inside " + words_for(*description.container));
    }
    if (description.intermediates.empty()) return lines;
    std::string around;
    for (const ContentType type : description.intermediates) around += (around.empty() ? "" : " > ") + words_for(type);
    lines.push_back("with these around them, the innermost last: " + around);
    return lines;
}

Lines words_for(const Subsignature& one, std::string_view text) {
    if (one.is_body()) return body_lines(one, text);
    return one.is_regex() ? regex_lines(one) : compare_lines(one.compare);
}

}  // namespace postern::signatures::explain
