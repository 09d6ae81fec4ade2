// SPDX-License-Identifier: Apache-2.0
// A signature in words: one or more of every construct of the formats, beside what is said of it.
// tests/signatures/golden/explain.txt holds the answers; POSTERN_UPDATE_GOLDENS=1 writes it anew.
#include "signatures/catalog/parsed_line.h"
#include "signatures/explain/explain.h"
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace postern::signatures::tests {
namespace {

struct Case {
    Format format;
    std::string text;
};

std::vector<Case> bodies() {
    std::vector<Case> cases;
    // The hex language.
    for (const char* body : {"6f757220696e766f696365206e756d6265722034373131", "4d5a??00a??a", "6162*6364", "6162{7}6364",
                             "6162{200}6364", "6162{-5}6364", "6162{5-}6364", "6162{5-9}6364", "41[1-3]626364",
                             "616263[2-2]5a", "61(62|63)64", "61(6263|6465)66", "!(61|62)6364", "61!(6263|6465)66",
                             "61(62|6364|e?{3}65|(66|6768)69)7a", "61(62|)63", "(B)6162(B)", "61(B)6263", "(L)6162(L)", "61(L)6263",
                             "61!(L)6263", "(W)6162(W)", "61!(W)6263", "!(B)6162!(B)", "0041004200"}) {
        cases.push_back({Format::ndb, std::string("Body:0:*:") + body});
    }
    // Places and targets.
    for (const char* place : {"0", "10", "10,5", "EOF-20", "EOF-20,3", "EP+0", "EP+5", "EP-5,2", "S2+4", "SL+0", "SE1", "VI"}) {
        cases.push_back({Format::ndb, std::string("Place:1:") + place + ":61626364"});
    }
    for (const int target : {0, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14}) {
        cases.push_back({Format::ndb, "Target:" + std::to_string(target) + ":*:61626364"});
    }
    cases.push_back({Format::db, "Old=61626364"});
    return cases;
}

std::vector<Case> logical() {
    std::vector<Case> cases;
    for (const char* expression : {"0&1", "0|1", "0&1|2", "(0&1|2)", "0|1&2", "0=0&1", "0=3&1", "0>1&1", "0<3&1", "(0|1|2)=2",
                                   "(0|1)>2,2&2", "(0&1)=0|2", "(0&1)<3,1|2", "((0|1)&2)"}) {
        std::string text = std::string("Logic;Engine:51-255,Target:0;") + expression + ";6161;6262";
        if (std::string_view(expression).find('2') != std::string_view::npos) text += ";6363";
        cases.push_back({Format::ldb, text});
    }
    for (const char* one : {"6162::i", "6162{3}6364::w", "6162::wa", "616263::f", "6162::fiw", "EOF-10:6162", "SE0:6162::i",
                            "41[1-3]626364::i", "S0+1,7:4d5a"}) {
        cases.push_back({Format::ldb, std::string("Sub;Engine:51-255,Target:1;0;") + one});
    }
    for (const char* one : {"0/a.c/", "0/a;c/ismxAEUg", "0>2/abc/", "10:0/abc/", "10:0/abc/r", "10,5:0/abc/", "10,20:0/abc/e"}) {
        cases.push_back({Format::ldb, std::string("Regex;Engine:81-255,Target:0;0&1;6162;") + one});
    }
    for (const char* one : {"0(>>4#ib2#=100)", "0(<<0x10#il4#>5,<9)", "0(>>0#hbe4#=0)", "0(>>1#hb4#=16)", "0(>>1#de3#>1)", "0(>>2#a5#<77)"}) {
        cases.push_back({Format::ldb, std::string("Compare;Engine:51-255,Target:0;0&1;6162;") + one});
    }
    for (const char* description : {"FileSize:10-20,Target:2", "EntryPoint:100-200,NumberOfSections:3-3,Target:1", "Container:CL_TYPE_ZIP,Target:0",
                                    "Container:CL_TYPE_ANY,Target:0", "Intermediates:CL_TYPE_ZIP>CL_TYPE_ANY,Target:0"}) {
        cases.push_back({Format::ldb, std::string("Described;Engine:81-255,") + description + ";0;61626364"});
    }
    return cases;
}

std::vector<Case> others() {
    const std::string md5 = "00112233445566778899aabbccddeeff";
    return {{Format::digests, md5 + ":10:Md5"},
            {Format::digests, md5 + "00112233:*:Sha1:73"},
            {Format::digests, md5 + md5 + ":1:Sha256"},
            {Format::allowed_digests, md5 + ":10:Allowed"},
            {Format::sections, "512:" + md5 + ":Section"},
            {Format::imports, md5 + ":*:Imports"},
            {Format::members, "Member:CL_TYPE_ZIP:100-200:invoice.*[.]exe$:*:10-0:1:3:*:*"},
            {Format::members, "Anything:*:*:*:*:*:*:*:*:*"},
            {Format::zip_members, "Zipped:0:*:12:7:ff:*:2:*"},
            {Format::rar_members, "Rared:1:.*[.]scr:*:*:*:*:*:*"},
            {Format::yara, "private global rule Loud : tag { meta: a = \"b\" strings: $a = \"wanted\" nocase wide ascii fullword\n"
                           "$b = /wan.ed/i $c = { 6A [1-3] ?? 40 }\n$d = \"x1x1\" xor(1-15) $e = \"y1y1\" base64 private\n"
                           "condition: any of them and\n   filesize < 10KB }"},
            {Format::yara, "rule Bare { condition: filesize == 3 }"},
            {Format::ndb, "Wrong:0:*:4g"}};
}

std::string name_in(const Case& one) {
    Diagnostics told;
    if (one.format == Format::yara) return "YARA.rule";
    const auto parsed = parse_line(one.format, one.text, "", told);
    return parsed ? std::string(name_of(*parsed)) : "Wrong";
}

TEST(Explain, SaysEveryConstruct) {
    std::string said;
    for (const auto& cases : {bodies(), logical(), others()}) {
        for (const Case& one : cases) {
            said += one.text + "\n" + explained({kind_of(one.format), one.format, name_in(one), one.text, {}, 0}) + "\n";
        }
    }
    EXPECT_EQ(said.find("left out"), said.rfind("left out"));  // the last one alone does not load
    const std::string path = postern::tests::source_path("tests/signatures/golden/explain.txt");
    if (std::getenv("POSTERN_UPDATE_GOLDENS")) std::ofstream(path) << said;
    EXPECT_EQ(said, postern::tests::read_file(path));
}

}  // namespace
}  // namespace postern::signatures::tests
