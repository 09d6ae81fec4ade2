// SPDX-License-Identifier: Apache-2.0
// Regular expressions with their triggers and flags, and comparisons of numbers.
#include "tests/signatures/conformance/suite.h"

#include <cstdio>

namespace postern::signatures::tests {
namespace {

struct RegexCase {
    std::string regex, flags;
    std::vector<std::string> texts;
};

std::vector<RegexCase> regexes() {
    const std::vector<std::string> words{"ab12cd", "ab1cd", "ab123cd", "AB12CD", "ab12ce"};
    const std::vector<std::string> lines{"first\nab12", "ab12\nlast", "ab12", "ab12\n", "x ab12", "ab13"};
    const std::vector<std::string> dots{"ab\ncd", "ab.cd", "abcd", "ab..cd"};
    return {{"ab[0-9]{2}cd", "", words},       {"ab[0-9]{2}cd", "i", words},   {"ab[0-9]+?cd", "", words},
            {"ab.cd", "", dots},               {"ab.cd", "s", dots},           {"ab.+cd", "s", dots},
            {"^ab12", "", lines},              {"^ab12", "m", lines},          {"ab12$", "", lines},
            {"ab12$", "m", lines},             {"ab12$", "E", lines},          {"a b [0-9] 2", "x", lines},
            {"a b [0-9] 2", "", lines},        {"(ab|xy)\\d\\d\\s*last", "", lines},
            {"ab\\d+(?=cd)", "", words},       {"\\bab\\d+ce\\b", "", words},  {"(\\w)\\1", "", {"aab", "aba", "abb"}},
            {"ab;c", "", {"ab;c", "ab;d"}},    {"ab\\/c", "", {"ab/c", "ab\\c"}}};
}

Kind with_flags() {
    KindMaker make("regexes", 601);
    std::size_t number = 0;
    for (const RegexCase& one : regexes()) {
        const std::string trigger = "trigger" + numbered("", ++number);
        make.ldb("Regex", "Engine:81-255,Target:0;0&1;" + hex(trigger + "z") + ";0/" + one.regex + '/' + one.flags);
        for (const std::string& text : one.texts) {
            make.meet(make.within("\n") + trigger + "z " + text);
            make.meet(make.within("\n") + trigger + "y " + text);
        }
    }
    return make.take();
}

Kind triggers() {
    KindMaker make("triggers", 602);
    const char* conditions[] = {"0", "0&1", "0|1", "0=1", "0>1", "1=0", "(0|1)>2"};
    for (const char* condition : conditions) {
        const std::string a = make.octets(5), b = make.octets(5);
        make.ldb("Trigger", "Engine:81-255,Target:0;2&(0|1);" + hex(a) + ';' + hex(b) + ';' + condition + "/wo[rs]d/");
        for (std::size_t n = 0; n < 3; ++n) {
            for (std::size_t m = 0; m < 3; ++m) {
                std::string text;
                for (std::size_t i = 0; i < n; ++i) text += a + ".";
                for (std::size_t i = 0; i < m; ++i) text += b + ".";
                make.meet(make.within(text + "word"));
            }
        }
        make.meet(make.within(a + b + "wotd"));
    }
    return make.take();
}

Kind regex_counts() {
    KindMaker make("regex-counts", 603);
    for (std::size_t i = 0; i < 10; ++i) {
        const std::string trigger = make.octets(6);
        const std::size_t n = 1 + i / 2;
        make.ldb("Many", "Engine:81-255,Target:0;0&(1>" + std::to_string(n - 1) + ");" + hex(trigger) + ";0/k[0-9]k/" +
                             (i % 2 == 0 ? "g" : ""));
        for (std::size_t have = n - 1; have <= n + 1; ++have) {
            std::string text;
            for (std::size_t k = 0; k < have; ++k) text += "k7k ";
            make.meet(make.within(trigger + text));
        }
        make.meet(make.within(trigger + "k7k7k7k7k7k7k"));
    }
    return make.take();
}

Kind regex_places() {
    KindMaker make("regex-places", 604);
    for (std::size_t i = 0; i < 12; ++i) {
        const std::string trigger = make.octets(6);
        const std::size_t place = 24 + make.random().below(8), shift = i % 3 == 0 ? 0 : 6;
        const char* flags = i % 3 == 1 ? "e" : i % 2 == 0 ? "" : "r";
        make.ldb("Placed", "Engine:81-255,Target:0;0&1;" + hex(trigger) + ';' + std::to_string(place) +
                               (shift ? numbered(",", shift) : "") + ":0/wo[rs]d/" + flags);
        const auto at = [&](std::size_t where) {
            const std::string head("\x01\x00\x02\x00postern\x00\x03\x00\xff\xfd", 16);
            return head + make.octets(where - 16) + "word" + trigger;
        };
        for (const std::size_t where : {place - 1, place, place + 2, place + 3, place + shift, place + shift + 1, place + 20}) {
            make.meet(at(where));
        }
    }
    return make.take();
}

std::string number_text(char base, std::uint32_t value, bool little) {
    char text[16];
    if (base == 'd') std::snprintf(text, sizeof text, "%04u", value);
    else std::snprintf(text, sizeof text, base == 'a' ? "0x%02x" : "%04x", value);
    if (base != 'i') return base == 'h' && little ? std::string{text[2], text[3], text[0], text[1]} : text;
    std::string octets;
    for (int i = 0; i < 4; ++i) octets += static_cast<char>(value >> 8 * (little ? i : 3 - i));
    return octets;
}

// Texts that are hardly numbers, of every length.
Kind odd_numbers() {
    KindMaker make("odd-numbers", 606);
    const char* forms[] = {"hl", "hb", "db", "al", "ab", "hle", "hbe", "dbe", "ale", "abe"};
    for (std::size_t i = 0; i < 60; ++i) {
        const std::string mark = make.octets(6);
        const std::size_t length = 1 + i / 10;
        std::string form = forms[i % 10];
        const std::string exact = form.size() == 3 ? "e" : "";
        const std::string bounds = i % 4 == 0 ? "=0" : i % 4 == 1 ? ">9" : i % 4 == 2 ? "<300" : ">0,<255";
        make.ldb("Odd", "Engine:81-255,Target:0;0&1;" + hex(mark) + ";0(>>6#" + form.substr(0, 2) + exact +
                            std::to_string(length) + '#' + bounds + ')');
        for (std::size_t n = 0; n < 8; ++n) {
            std::string text = make.random().one_in(3) ? "0x" : "";
            while (text.size() < length + 2) text += "0123459abfAB x\t0.z00"[make.random().below(20)];
            make.meet(make.within(mark + text));
        }
    }
    return make.take();
}

Kind byte_comparisons() {
    KindMaker make("byte-compare", 605);
    for (std::size_t i = 0; i < 32; ++i) {
        const char base = "hdai"[i % 4];
        const bool little = i % 8 >= 4 && (base == 'h' || base == 'i');
        const bool before = i % 3 == 2;
        const std::uint32_t value = 20 + static_cast<std::uint32_t>(make.random().below(200));
        const std::string mark = make.octets(6);
        const std::string far = before ? "<<4" : ">>6";
        const std::string op(1, "=<>"[make.random().below(3)]);
        std::string test = op + std::to_string(value);
        if (i % 5 == 4) test = ">" + std::to_string(value - 2) + ",<" + std::to_string(value + 2);
        make.ldb("Number", "Engine:81-255,Target:0;0&1;" + hex(mark) + ";0(" + far + '#' + base + (little ? "l" : "b") +
                               (i % 7 == 6 && base != 'i' ? "e" : "") + "4#" + test + ')');
        for (const std::uint32_t have : {value - 2, value - 1, value, value + 1, value + 2}) {
            const std::string text = number_text(base, have, little);
            make.meet(make.within(before ? text + mark : mark + text));
        }
        const std::string text = number_text(base, value, little);
        make.meet(make.within(before ? text + mark : mark + nibble_off(text, 3, true)));
        if (!before) make.meet(make.within("") + mark + text.substr(0, 3));
    }
    return make.take();
}

}  // namespace

void add_number_kinds(std::vector<Kind>& out) {
    out.push_back(with_flags());
    out.push_back(triggers());
    out.push_back(regex_counts());
    out.push_back(regex_places());
    out.push_back(byte_comparisons());
    out.push_back(odd_numbers());
}

}  // namespace postern::signatures::tests
