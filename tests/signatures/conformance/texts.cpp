// SPDX-License-Identifier: Apache-2.0
// Normal forms: texts and pages, which are matched in what ClamAV makes of them.
#include "tests/signatures/conformance/suite.h"
#include "tests/signatures/version_resource.h"

namespace postern::signatures::tests {
namespace {

std::string word(Random& random) {
    std::string text;
    for (std::size_t n = 4 + random.below(5); n > 0; --n) text += static_cast<char>('a' + random.below(26));
    return text;
}

std::string capital(std::string text) {
    text[0] = static_cast<char>(text[0] - 32);
    return text;
}

Kind texts() {
    KindMaker make("texts", 801);
    for (std::size_t i = 0; i < 14; ++i) {
        const std::string a = word(make.random()), b = word(make.random());
        const std::string target = i % 2 == 0 ? "7" : "0";
        const std::string wanted = i % 4 < 2 ? a + ' ' + b : capital(a) + "  " + b;
        make.ndb("Text", target + (i % 5 == 4 ? ":11:" : ":*:") + hex(wanted));
        for (const char* between : {" ", "  ", "\t\r\n", "", "_", "\n"}) {
            make.meet("Some text: " + a + between + b + " and so on.\n", "txt");
            make.meet("Some  text: " + capital(a) + between + b + " and so on.\n", "txt");
        }
        make.meet("Some text: " + nibble_off(a, 0, false) + ' ' + b + " and so on.\n", "txt");
        make.meet("\xff\xfe" + utf16("Some text: " + capital(a) + "  " + b + " and so on.\n"), "txt");
    }
    return make.take();
}

// UTF-16 without a mark, control characters among text, and data that only looks so.
Kind doubtful_texts() {
    KindMaker make("doubtful-texts", 804);
    for (std::size_t i = 0; i < 15; ++i) {
        const std::string a = word(make.random()), b = word(make.random());
        make.ndb("Doubtful", std::string(i % 3 == 0 ? "0" : i % 3 == 1 ? "7" : "14") + ":*:" + hex(a + ' ' + b));
        const std::string text = "Some text: " + capital(a) + "  " + b + " and so on.\n";
        const std::string plain = "Some text: " + a + ' ' + b + " and so on.\n";
        std::string big = utf16(text);
        for (std::size_t at = 0; at < big.size(); at += 2) std::swap(big[at], big[at + 1]);
        const std::string noise = make.octets(40), zero(1, '\0'), zeros(2, '\0');
        for (const std::string& octets :
             {utf16(text), big, "\x01\x02" + text, "\x01\x02" + plain, text + "\x01\x02", text + zero + "\x01" + zero + "\x01",
              noise + text, noise + "\x01" + text, noise + plain + zeros, "\x01" + plain + zeros + zeros,
              "\x01" + text + "\xff\xfe\xff\xfe\xff", std::string(1100, '\x81') + text + zeros + zeros,
              std::string(900, '\x81') + text + zeros + zeros + "\x01"}) {
            make.meet(octets, "bin");
        }
    }
    return make.take();
}

std::string page_of(const std::string& body) {
    return "<html><head><title>A page</title></head><body>" + body + "</body></html>\n";
}

Kind pages() {
    KindMaker make("pages", 802);
    for (std::size_t i = 0; i < 20; ++i) {
        const std::string a = word(make.random()), b = word(make.random());
        const std::string wanted = i % 5 == 0   ? a + ' ' + b
                                   : i % 5 == 1 ? "<b>" + a + "</b>"
                                   : i % 5 == 2 ? "<a href=\"" + a + "\">" + b
                                   : i % 5 == 3 ? a + "&" + b
                                                : a + b;
        make.ndb("Page", std::string(i % 3 == 0 ? "0" : i % 3 == 1 ? "3" : "7") + ":*:" + hex(wanted));
        for (const std::string& body :
             {a + ' ' + b, capital(a) + " \n " + b, "<B>" + capital(a) + "</B>", "<b >" + a + "</b>",
              "<A HREF=" + a + ">" + b + "</A>", "<a href='" + a + "' >" + capital(b), a + "&amp;" + b, a + "<!-- x -->" + b,
              a + "<i>" + b + "</i>", nibble_off(a, 1, false) + "&#38;" + b}) {
            make.meet(page_of(body), "html");
        }
    }
    return make.take();
}

Kind scripts() {
    KindMaker make("scripts", 803);
    for (std::size_t i = 0; i < 8; ++i) {
        const std::string a = word(make.random()), b = word(make.random());
        make.ndb("Script", std::string(i % 2 == 0 ? "7" : "3") + ":*:" + hex("\"" + a + b + "\""));
        for (const std::string& script :
             {"var q = '" + a + "' + '" + b + "';", "var q='" + a + b + "';", "var q = \"" + a + "\"+\"" + b + "\";",
              "var q = '" + a + "' + x + '" + b + "';", "var q = '" + a + "' + '" + nibble_off(b, 0, false) + "';"}) {
            make.meet(page_of("<script>" + script + "</script>"), "html");
        }
    }
    return make.take();
}

}  // namespace

void add_text_kinds(std::vector<Kind>& out) {
    out.push_back(texts());
    out.push_back(doubtful_texts());
    out.push_back(pages());
    out.push_back(scripts());
}

}  // namespace postern::signatures::tests
