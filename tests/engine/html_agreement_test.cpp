// SPDX-License-Identifier: Apache-2.0
// The forms of generated pages, against a second implementation that is plain and slow: one octet at a time,
// a string for each form, no runs, no pieces. And hostile pages, whose time has to grow as their size does.
#include "engine/html/entities.h"
#include "engine/html/normal_form.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cctype>
#include <cstdio>
#include <map>
#include <random>
#include <string>

namespace postern::engine::html {

namespace {

class PlainForms {
public:
    std::string page, text;

    explicit PlainForms(const std::string& html) {
        for (const char c : html) {
            if (c != '\0') take(c);
        }
        if (state == "entity" && !name.empty()) undecoded(entity(name));
    }

private:
    using Octet = unsigned char;
    std::string state = "text", next = "text", inside = "page", tag, attribute, name, value;
    std::map<std::string, std::string> attributes;
    char quote = 0;
    bool spaced = false, binary = false, hexadecimal = false;
    int escapes = 0;
    std::string high, value_high;
    long long number = 0;

    static bool blank(char c) { return std::isspace(static_cast<Octet>(c)) != 0; }
    static char lower(char c) { return static_cast<char>(std::tolower(static_cast<Octet>(c))); }
    static bool beyond(char c) { return static_cast<Octet>(c) >= 0x80; }
    static bool stop(const std::string& c) {
        return c == "\xe3\x80\x82" || c == "\xef\xbc\x8e" || c == "\xef\xb9\x92";
    }
    static bool big5(const std::string& h, char c) { return h == "\xa1" && (c == 'C' || c == 'D' || c == 'O'); }

    void take(char c) {
        if (!binary && c == '\r') return;
        if (!binary && c == '\n') c = ' ';
        while (!step(c)) {}
    }
    bool to(const std::string& s, bool used) { state = s; return used; }
    bool skip(const std::string& s, bool used) { next = s; return to("skip", used); }
    void space() {
        if (!spaced && inside == "page") text += ' ', spaced = true;
    }
    void val(char c) {
        if (value.size() < 1024) value += c;
    }
    void keep(const std::string& v) {
        std::string cut = v.substr(0, v.find('\0'));
        if (!v.empty() && v[0] == '"') {
            cut = cut.substr(1);
            if (!cut.empty()) cut.pop_back();
        }
        attributes.emplace(attribute, cut);
    }

    bool step(char c) {
        if (state == "skip") return blank(c) ? true : to(next, false);
        if (state == "trim") {
            if (blank(c)) return true;
            if (inside == "page") page += ' ';
            return to(next, false);
        }
        if (state == "text") return in_text(c);
        if (state == "high") return in_high(c);
        if (state == "tag") return in_tag(c);
        if (state == "comment") {
            if (inside != "page" && !blank(c)) page += c == '\'' ? '"' : lower(c);
            return c == '>' ? skip("text", true) : true;
        }
        if (state == "end") return at_end();
        if (state == "attribute" || state == "after") return in_attribute(c);
        if (state == "value") return in_value(c);
        if (state == "reference") {
            if (c != '#') return to("entity", false);
            number = 0, hexadecimal = false;
            return to("number", true);
        }
        if (state == "entity") return in_entity(c);
        if (state == "number") return in_number(c);
        return in_data(c);
    }

    bool in_text(char c) {
        if (c == '<') {
            page += '<', space(), tag.clear();
            return skip("tag", true);
        }
        if (blank(c)) {
            space(), next = "text";
            return to("trim", false);
        }
        if (c == '&') {
            space(), next = "text";
            return to("reference", true);
        }
        if (beyond(c)) {
            high = c;
            return to("high", true);
        }
        const bool in_page = inside == "page";
        page += c == '\'' && !in_page ? '"' : lower(c);
        if (in_page && static_cast<Octet>(c) < 0x20) space();
        else if (in_page) text += lower(c), spaced = false;
        return true;
    }

    bool in_high(char c) {
        if (beyond(c) && high.size() < 3) return high += c, true;
        const bool ends = big5(high, c);
        if (ends || stop(high)) {
            page += '.', text += '.';
        } else {
            page += high.empty() ? std::string(1, '\0') : high;
            const std::string before = high.empty() ? "" : high.substr(0, high.size() - 1);
            text += before + (before.empty() ? '\0' : before.back());
        }
        high.clear();
        return ends ? true : to("text", false);
    }

    bool in_tag(char c) {
        const bool in_page = inside == "page";
        if (tag.empty() && c == '!') {
            if (in_page) page.pop_back();
            else page += '!';
            return to("comment", true);
        }
        if (c == '>') return page += '>', skip("end", true);
        if (blank(c)) return attribute.clear(), skip(in_page ? "attribute" : "end", false);
        page += lower(c);
        if (!in_page && tag.empty() && c != '/') state = "text";
        tag += lower(c);
        return true;
    }

    bool at_end() {
        if (tag == "/script" || (tag == "/style" && inside == "style")) inside = "page";
        else if (tag == "script" || tag == "style") inside = tag;
        const std::string wanted = tag == "a" ? "href" : tag == "img" ? "src" : "";
        if (!wanted.empty() && attributes.count(wanted) != 0 && !attributes[wanted].empty()) {
            text += attributes[wanted] + ' ', spaced = true;
        }
        attributes.clear();
        return skip("text", false);
    }

    bool in_attribute(char c) {
        if (c == '=') {
            page += '=', quote = 0, value.clear();
            return skip("value", true);
        }
        if (state == "after") {
            if (!attribute.empty()) attributes.emplace(attribute, "");
            attribute.clear();
            return to("attribute", false);
        }
        if (blank(c)) return skip("after", true);
        if (c == '>') {
            page += '>';
            if (!attribute.empty()) attributes.emplace(attribute, "");
            return to("end", true);
        }
        if (attribute.empty()) page += ' ';
        page += lower(c), attribute += lower(c);
        return true;
    }

    bool in_value(char c) {
        if (value == "data:" || value == "\"data:") {
            page.pop_back();
            if (quote != 0) page += '"';
            return to("type", false);
        }
        if (c == '&') return next = "value", to("reference", true);
        if (c == '"' || c == '\'') {
            const bool opens = value.empty();
            page += '"', val('"');
            if (opens) quote = c;
            else if (quote == c) return keep(value), attribute.clear(), skip("attribute", true);
            return true;
        }
        if (c == '>' || blank(c)) {
            if (quote == 0) return keep(value), attribute.clear(), skip("attribute", false);
            page += c, val(c == '>' ? '>' : ' '), quote = 0;
            return skip("value", true);
        }
        return octet_in_value(c);
    }

    bool octet_in_value(char c) {
        if (!value_high.empty() && (!beyond(c) || value_high.size() == 3)) {
            const bool ends = big5(value_high, c);
            const std::string put = ends || stop(value_high) ? "." : value_high;
            page += put;
            for (const char h : put) val(h);
            value_high.clear();
            if (ends) return true;
        }
        if (beyond(c)) value_high += c;
        else page += lower(c), val(c);
        return true;
    }

    static std::string shown(unsigned code_point) {
        if (code_point == 0) return "";
        if (code_point < 0xff) return std::string(1, static_cast<char>(code_point));
        if (code_point == 0x3002 || code_point == 0xff0e || code_point == 0xfe52) return ".";
        char out[16];
        std::snprintf(out, sizeof out, "&#x%04x;", code_point);
        return out;
    }

    void both(const std::string& s) {
        page += s;
        for (const char c : s) {
            if (next == "value") val(c);
        }
    }
    void undecoded(unsigned code_point) {
        std::string all = "&";
        for (const char c : name) all += lower(c);
        both(code_point != 0 ? shown(code_point) : all);
        name.clear();
    }

    bool in_entity(char c) {
        if (c == ';') {
            const unsigned code_point = entity(name);
            undecoded(code_point);
            if (code_point == 0) both(";");
            return to(next, true);
        }
        const bool in_name = std::isalnum(static_cast<Octet>(c)) || c == '_' || c == ':' || c == '-';
        if (in_name && name.size() < 1024) return name += c, true;
        undecoded(0);
        return to(next, false);
    }

    bool in_number(char c) {
        if (number == 0 && (c == 'x' || c == 'X')) return hexadecimal = true;
        if (c == ';') {
            if (next == "value") val(static_cast<char>(number));
            page += number < 0x80 ? std::string(1, lower(static_cast<char>(number)))
                                  : shown(static_cast<std::uint16_t>(number));
            return to(next, true);
        }
        const bool digit = hexadecimal ? std::isxdigit(static_cast<Octet>(c)) != 0 : c >= '0' && c <= '9';
        if (!digit) return page += static_cast<char>(number), to(next, false);
        const __int128 most = INT64_MAX;
        if (number >= most / 10) return page += static_cast<char>(number), to(next, true);
        const __int128 scaled = static_cast<__int128>(number) * (hexadecimal && number < most / 16 ? 16 : 10);
        const __int128 sum = scaled + (c <= '9' ? c - '0' : lower(c) - 'a' + 10);
        number = static_cast<long long>(sum > most ? scaled : sum);
        if (sum > most) return page += static_cast<char>(number), to(next, true);
        return true;
    }

    bool in_data(char c) {
        if (state == "begin") return binary = true, to("data", false);
        if (state == "finish") return binary = false, quote = 0, skip("attribute", false);
        if (state == "escape") {
            if (--escapes == 0 || std::isxdigit(static_cast<Octet>(c)) == 0) state = "data";
            return true;
        }
        const bool ends = c == '>' || blank(c);
        if (state == "type") {
            if (quote != 0 && c == quote) return attribute.clear(), skip("attribute", true);
            if (ends && quote == 0) return attribute.clear(), skip("attribute", false);
            if (ends) return quote = 0, skip("type", true);
            return c == ',' ? to("begin", true) : true;
        }
        if (quote != 0 ? c == quote : ends) return to("finish", true);
        if (c == '&') return next = "data", to("reference", true);
        if (c == '%') return escapes = 2, to("escape", true);
        return true;
    }
};

std::string text_of(const mime::Buffer& buffer) {
    return {reinterpret_cast<const char*>(buffer.bytes().data()), buffer.size()};
}

NormalForms forms_of(const std::string& page) { return normal_forms(std::as_bytes(std::span(page))); }

std::string generated_page(std::mt19937& random, std::size_t pieces) {
    static const std::string all[] = {
        "<a href=\"http://X.y/A b\">", "<a href=foo>", "<img src='Q' >", "<IMG SRC=x.png title=\"a>b\">",
        "<!-- c > -->", "<!doctype x>", "<b>", "</b>", "<br/>", " ", "  ", "\n", "\r\n", "\t", "Hello", "World ",
        "plain words in a row and More of them ", "&amp;", "&nbsp;", "&#65;", "&#x20AC;", "&#256", "&ngr;",
        "&bogus;", "&am p", "&;", "&#;", "&#x;", "&#12345678901234567890123;", "&#xfffffffffffffffffffff;",
        "\xe9", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xe3\x80\x82", "\xa1" "C", "\xa1\xa1" "D", "\x01",
        "\x7f", std::string(1, '\0'), "'", "\"", "=", ">", "<", "/", "\\", "a=", "b=\"", "c='", "data:",
        "src=data:text/html,x%41y%4\"&amp;z", "src=\"data:image/png;base64,AA&#65;BB\r\n\"",
        "src='data:;base64,a'", "<style>", "</style>", "<script>", "</script>", "<p style=\"x\">", "&copy",
        "<a title=\"\xc3\xa9\" href=\"q\xe3\x80\x82" "com/And/A/Long/One/Too\">", "&#0;", "href=\"x&#0;yz\"",
        "<a HREF>", "<a href=\"1\" href=\"2\">", "\v\f"};
    std::string page;
    for (std::size_t i = 0; i < pieces; ++i) page += all[random() % std::size(all)];
    return page;
}

TEST(HtmlAgreement, OfBothImplementationsOnGeneratedPages) {
    std::mt19937 random(20);
    for (int round = 0; round < 3000; ++round) {
        const std::string page = generated_page(random, random() % (round % 100 == 0 ? 20000 : 60));
        const PlainForms plain(page);
        const NormalForms fast = forms_of(page);
        ASSERT_EQ(text_of(fast.no_comment), plain.page) << page;
        ASSERT_EQ(text_of(fast.no_tags), plain.text) << page;
    }
}

std::string repeated(const std::string& piece, std::size_t size) {
    std::string all;
    while (all.size() < size) all += piece;
    return all;
}

TEST(HtmlAgreement, HostilePagesCostNoMoreThanTheirSize) {
    for (const char* piece : {"<a ", "<!--", "&", "&#", "&a", "<", "<a href=\"", "'", "<script>", "data:",
                              "<a x=data:", "\xc3", "<p a='", "&#x", "<style>"}) {
        const std::string page = repeated(piece, 4 << 20);
        const auto start = std::chrono::steady_clock::now();
        const NormalForms forms = forms_of(page);
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5)) << piece;
        EXPECT_LE(forms.no_comment.size(), 2 * page.size() + 4096);
        EXPECT_LE(forms.no_tags.size(), 2 * page.size() + 4096);
    }
}

}  // namespace

}  // namespace postern::engine::html
