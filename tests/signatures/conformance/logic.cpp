// SPDX-License-Identifier: Apache-2.0
// Logical signatures: expressions, counts with uniqueness, and what subsignatures can ask for.
#include "tests/signatures/conformance/suite.h"
#include "tests/signatures/naive_logic.h"
#include "tests/signatures/version_resource.h"

namespace postern::signatures::tests {
namespace {

// Each part so many times, in any order.
std::string with_counts(KindMaker& make, const std::vector<std::string>& parts, const std::vector<std::size_t>& counts) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        for (std::size_t n = 0; n < counts[i]; ++n) text += parts[i] + make.octets(1 + n);
    }
    return make.within(text);
}

std::vector<std::string> parts_of(KindMaker& make, std::size_t count) {
    std::vector<std::string> parts;
    while (parts.size() < count) parts.push_back(make.octets(4 + make.random().below(5)));
    return parts;
}

std::string fields_of(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += ';' + hex(part);
    return text;
}

Kind expressions() {
    KindMaker make("expressions", 501);
    for (std::size_t i = 0; i < 40; ++i) {
        const std::vector<std::string> parts = parts_of(make, 2 + make.random().below(4));
        std::string expression = generated_expression(make.random(), parts.size());
        expression += (i % 2 == 0 ? "|" : "&") + std::to_string(parts.size() - 1);  // all must be named
        make.ldb("Logic", "Target:0;" + expression + fields_of(parts));
        for (std::size_t n = 0; n < 6; ++n) {
            std::vector<std::size_t> counts;
            for (std::size_t k = 0; k < parts.size(); ++k) counts.push_back(make.random().below(n < 2 ? 2 : 4));
            make.meet(with_counts(make, parts, counts));
        }
    }
    return make.take();
}

// One short, exactly, one too many.
Kind counts() {
    KindMaker make("counts", 502);
    for (std::size_t i = 0; i < 18; ++i) {
        const std::size_t n = 1 + make.random().below(4);
        const std::string op(1, "=<>"[i % 3]);
        const std::vector<std::string> parts = parts_of(make, 2);
        const bool block = i % 2 == 1;
        const std::string wanted = op + std::to_string(n);
        make.ldb("Count", "Target:0;" + (block ? "(0|1)" + wanted : "0" + wanted + "&1") + fields_of(parts));
        for (std::size_t have = n - 1; have <= n + 1; ++have) {
            make.meet(with_counts(make, parts, {have, 1}));
            make.meet(with_counts(make, parts, {have, 0}));
            make.meet(with_counts(make, parts, {have / 2, have - have / 2}));
        }
    }
    return make.take();
}

// (0|1|2)>n,m: more than n in all, of at least m different ones.
Kind uniqueness() {
    KindMaker make("uniqueness", 503);
    for (std::size_t i = 0; i < 12; ++i) {
        const std::vector<std::string> parts = parts_of(make, 3);
        const std::size_t n = 1 + make.random().below(4), m = 1 + make.random().below(3);
        const std::string op(1, "=<>"[i % 3]);
        make.ldb("Unique", "Target:0;(0|1|2)" + op + std::to_string(n) + ',' + std::to_string(m) + fields_of(parts));
        for (const std::vector<std::size_t>& have : std::vector<std::vector<std::size_t>>{
                 {n, 0, 0}, {n + 1, 0, 0}, {n, 1, 0}, {n - 1, 1, 0}, {n - 1, 1, 1}, {n, 1, 1}, {1, 1, 1}}) {
            make.meet(with_counts(make, parts, have));
        }
    }
    return make.take();
}

std::string upper(std::string text) {
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return text;
}

Kind modifiers() {
    KindMaker make("modifiers", 504);
    for (const char* modifier : {"", "i", "w", "a", "f", "iw", "wa", "ia", "fi", "fw", "iwa", "iwf", "fwa", "iwfa"}) {
        std::string word = "word";
        for (std::size_t n = 3 + make.random().below(4); n > 0; --n) word += static_cast<char>('a' + make.random().below(26));
        make.ldb("Modifier", "Target:0;0;" + hex(word) + (*modifier ? "::" : "") + modifier);
        const std::string off = nibble_off(word, 2, false);
        for (const std::string& text : {word, upper(word), off}) {
            make.meet(make.within(text));
            make.meet(make.within(utf16(text)));
            make.meet(make.within("x" + text + "."));
            make.meet(make.within("." + text + "7"));
            make.meet(make.within(utf16("x" + text + ".")));
            make.meet(make.within(utf16("." + text + ".")));
            make.meet(make.within(utf16("." + text + "7")));
        }
        make.meet(make.within(upper(word.substr(0, 1)) + word.substr(1)));
    }
    return make.take();
}

// Caseless parts with wildcards, gaps and alternatives in them.
Kind caseless_bodies() {
    KindMaker make("caseless", 505);
    for (std::size_t i = 0; i < 12; ++i) {
        const std::string a = "left" + numbered("", i) + "side", b = "right" + numbered("", i * 7);
        const std::string middle = i % 3 == 0 ? "{2-4}" : i % 3 == 1 ? "(6b|4c)" : "*";
        make.ldb("Caseless", "Target:0;0;" + hex(a) + middle + hex(b) + "::i");
        for (const char* between : {"", "k", "K", "l", "kk", "kkkk", "kkkkk"}) {
            make.meet(make.within(a + between + b));
            make.meet(make.within(upper(a) + between + b));
        }
        make.meet(make.within(upper(nibble_off(a, 1, false)) + "kk" + b));
    }
    return make.take();
}

Kind placed() {
    KindMaker make("placed", 506);
    for (std::size_t i = 0; i < 12; ++i) {
        const std::string a = make.octets(5), b = make.octets(5);
        const std::size_t place = 20 + make.random().below(10), shift = i % 3;
        const std::string end = i % 2 == 0 ? "EOF-10:" : "";
        make.ldb("Placed", "Target:0;0&1;" + std::to_string(place) + (shift ? numbered(",", shift) : "") + ':' + hex(a) + ';' + end + hex(b));
        const auto at = [&](std::size_t where, std::size_t behind) {
            const std::string head("\x01\x00\x02\x00postern\x00\x03\x00\xff\xfd", 16);
            const std::string before = make.octets(where - 16), between = make.octets(9);
            return head + before + a + between + b + make.octets(behind);
        };
        for (const std::size_t where : {place - 1, place, place + shift, place + shift + 1}) make.meet(at(where, 5));
        make.meet(at(place, 4));
        make.meet(at(place, 6));
    }
    return make.take();
}

// What real sets hold by mistake, and clamscan reads all the same: an offset in the place of the
// expression, signs after signs, options after options.
Kind odd_spellings() {
    KindMaker make("odd-spellings", 507);
    for (const char* expression : {"0:4C20", "0x1", "0z", " 0", "0>1,2", "0>=2", "0>1<3", "0z>1", "0=2z", "0> 1", "0>>1",
                                   "0<2 ", "(0z)", "0z|0", "0>1.5", "0,5"}) {
        const std::vector<std::string> parts = parts_of(make, 1);
        make.ldb("Expression", "Target:0;" + std::string(expression) + fields_of(parts));
        for (std::size_t have = 0; have < 4; ++have) make.meet(with_counts(make, parts, {have}));
    }
    for (const char* options : {"", "::", "::i", "::w", "::i::i", "::w::i", "::z::i", "::i*6162::i", "::i*6162::i*6364::i"}) {
        const std::string word = "oddly" + numbered("spelt", make.random().below(100000));
        make.ldb("Options", "Target:0;0;" + hex(word) + options);
        if (std::string_view(options).size() < 4) make.ldb("Placed", "Target:0;0;16:" + hex(word) + options);
        for (const std::string& text : {word, upper(word), utf16(word), word + "ab", upper(word) + "AB"}) {
            make.meet(make.within(text));
        }
    }
    return make.take();
}

}  // namespace

void add_logic_kinds(std::vector<Kind>& out) {
    out.push_back(expressions());
    out.push_back(counts());
    out.push_back(uniqueness());
    out.push_back(modifiers());
    out.push_back(caseless_bodies());
    out.push_back(placed());
    out.push_back(odd_spellings());
}

}  // namespace postern::signatures::tests
