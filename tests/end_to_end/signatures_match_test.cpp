// SPDX-License-Identifier: Apache-2.0
// `postern signatures match`: it says yes exactly where `postern scan` with that one signature finds it,
// over generated signatures of every kind and files and messages; and it says what is missing.
#include "tests/support/archive_writer.h"
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace postern::tests {
namespace {

using Json = nlohmann::json;

const std::string program = postern::tests::built_path("postern");

std::string message(const std::string& text) {
    return "From: a@example.org\r\nTo: b@example.org\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + text +
           "\r\n--b\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
           "AAECb25lIHR3byB0aHJlZQD/\r\n--b--\r\n";  // 00 01 02 "one two three" 00 ff
}

struct Signature {
    const char* file;
    std::string text;
};

std::vector<Signature> generated() {
    std::vector<Signature> all;
    const std::string one = "6f6e65", two = "74776f", three = "7468726565", none = "6e6f6e65";
    for (const std::string middle : {"20", "??", "*", "{1}", "{-4}", "{2-}", "{0-1}", "(20|21)", "!(21|22)", "(B)", "{200}", "2?"}) {
        all.push_back({"a.ndb", "A:0:*:" + one + middle + two});
    }
    for (const std::string place : {"*", "0", "3", "3,2", "0,3", "EOF-15", "EOF-15,2", "EOF-900"}) {
        all.push_back({"a.ndb", "A:0:" + place + ":" + one + "20"});
    }
    for (const int target : {0, 1, 3, 4, 7, 10, 14}) all.push_back({"a.ndb", "A:" + std::to_string(target) + ":*:" + one + "20" + two});
    all.push_back({"a.ndb", "A:1:EP+0:" + one + two});
    all.push_back({"a.db", "A=" + one + "20" + two});
    for (const std::string logic : {"0&1", "0|1", "(0|1)>1,2", "0=0&1", "0>1&1", "0<2&1"}) {
        all.push_back({"a.ldb", "A;Engine:51-255,Target:0;" + logic + ";" + one + ";" + two});
    }
    for (const std::string logic : {"0&1&2", "0&2|1", "0|(1&2)", "(0|1|2)>1", "2=0&0&1", "(0&2)=0&1"}) {
        all.push_back({"a.ldb", "A;Engine:51-255,Target:0;" + logic + ";" + one + ";" + two + ";" + none});
    }
    for (const std::string description : {"FileSize:1-18,Target:0", "FileSize:1-5,Target:0", "Container:CL_TYPE_MAIL,Target:0", "Container:CL_TYPE_ZIP,Target:0",
                                           "Intermediates:CL_TYPE_MAIL,Target:0", "Target:7", "NumberOfSections:1-2,Target:1"}) {
        all.push_back({"a.ldb", "A;Engine:81-255," + description + ";0;" + three});
    }
    for (const std::string sub : {"5448524545::i", "6f6e65::w", "6f6e65::wa", "6f6e65::f", "6e65::f"}) {
        all.push_back({"a.ldb", "A;Engine:51-255,Target:0;0;" + sub});
    }
    for (const std::string regex : {"0/t.o/", "0/t..o/", "0/T.O/i", "0>5/t.o/", "0:0/one/", "3:0/one/", "0,9:0/one/"}) {
        all.push_back({"a.ldb", "A;Engine:81-255,Target:0;0&1;" + one + ";" + regex});
    }
    for (const std::string compare : {"0(>>3#ib1#=32)", "0(>>3#ib1#>32)", "0(<<3#il2#=256)", "0(>>100#ib4#=1)"}) {
        all.push_back({"a.ldb", "A;Engine:51-255,Target:0;0&1;" + one + ";" + compare});
    }
    // The MD5 of the attachment, of its near miss, and of another size.
    all.push_back({"a.hdb", "0ec138d4eff5246b3659e64f856c4adc:18:A"});
    all.push_back({"a.hdb", "0ec138d4eff5246b3659e64f856c4ad0:18:A"});
    all.push_back({"a.mdb", "512:0ec138d4eff5246b3659e64f856c4adc:A"});
    all.push_back({"a.imp", "0ec138d4eff5246b3659e64f856c4adc:18:A"});
    for (const std::string member : {"CL_TYPE_MAIL:*:a[.]bin:*:*:*:*", "CL_TYPE_MAIL:*:b[.]bin:*:*:*:*", "CL_TYPE_ZIP:*:.*:*:*:*:*",
                                      "*:*:*:*:18:*:*", "*:*:*:*:19:*:*", "*:*:*:*:*:1:*", "*:*:[.]txt$:*:*:0:1"}) {
        all.push_back({"a.cdb", "A:" + member + ":*:*"});
    }
    for (const std::string condition : {"$a", "$b", "$a and $b", "$a at 3", "$a at 4", "filesize < 20", "#a > 1"}) {
        all.push_back({"a.yara", "rule A { strings: $a = \"one\" $b = \"none\" condition: any of ($a,$b) and " + condition + " or filesize == 1 }"});
    }
    return all;
}

class SignaturesMatch : public testing::Test {
protected:
    CommandResult match(const std::string& signature, const std::string& file, const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{program, "signatures", "match", signature, file};
        words.insert(words.end(), more.begin(), more.end());
        return run_command(words);
    }
    bool scan_finds(const std::string& source, const std::string& file) {
        const CommandResult result = run_command({program, "scan", file, "--signatures", source, "--format", "json"});
        if (result.output.empty()) return false;
        const Json report = Json::parse(result.output);
        for (const Json& finding : report["findings"]) {
            const std::string name = finding["name"];
            if (finding["kind"] == "signature" && (name == "A" || name == "YARA.A")) return true;
        }
        return false;
    }
    TemporaryFolder folder;
};

TEST_F(SignaturesMatch, SaysYesExactlyWhereAScanFindsIt) {
    std::string bare("\0\1\2one two three\0\xff", 18);
    const std::vector<std::string> files{
        folder.write("1.eml", message("Only words: ONE two, one  three.")), folder.write("a.bin", bare),
        folder.write("b.zip", archive_of("zip", {{"inside.txt", "one two three"}, {"a.bin", bare}})),
        folder.write("c.html", "<html><body><p>one <!-- x --> two</p></body></html>")};
    std::size_t yes = 0, no = 0;
    for (const Signature& signature : generated()) {
        const std::string source = folder.write(signature.file, signature.text + "\n");
        for (const std::string& file : files) {
            const CommandResult answer = match("@" + source, file);
            ASSERT_LT(answer.status, 2) << signature.text << "\n" << answer.errors;
            const bool found = scan_finds(source, file);
            EXPECT_EQ(answer.status == 0, found) << signature.text << " in " << file << "\n" << answer.output;
            // What was seen beside it says the same.
            EXPECT_EQ(answer.output.find(": matches\n") != std::string::npos, found) << signature.text << " in " << file << "\n" << answer.output;
            (found ? yes : no)++;
        }
    }
    EXPECT_GT(yes, 60u);
    EXPECT_GT(no, 60u);
}

TEST_F(SignaturesMatch, SaysWhereAllPartsStand) {
    const std::string file = folder.write("a.bin", std::string("\0\1\2one two three\0\xff", 18));
    const CommandResult result = match("A:0:*:6f6e65*74776f{-4}7468", file);
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(result.output.find("A matches " + file + "\n  a.bin, as it stands (data, 18 octets): matches\n"
                                 "      part 1 of 3 stands at octets 3 to 5\n"
                                 "      part 2 of 3 stands at octets 7 to 9\n"
                                 "      part 3 of 3 stands at octets 11 to 12\n"),
              0u)
        << result.output;
}

TEST_F(SignaturesMatch, SaysHowFarItGot) {
    const std::string file = folder.write("a.bin", std::string("\0\1\2one two three\0\xff", 18));
    const auto says = [&](const std::string& signature, const std::string& what) {
        const CommandResult result = match(signature, file);
        EXPECT_EQ(result.status, 1) << result.errors;
        EXPECT_NE(result.output.find(what), std::string::npos) << result.output;
    };
    says("A:0:*:6f6e652075776f", "closest at octet 3: 4 octets right; at octet 7 stands not the octet 75  \"u\"");
    says("A:0:*:6f6e65{-2}7468", "part 1 stands at octets 3 to 5");
    says("A:0:*:6f6e65{-2}7468", "it stands elsewhere, at octet 11, 5 octets behind the part before");
    says("A:0:4:6f6e65", "does not stand where it may begin: at octet 4");
    says("A:0:4:6f6e65", "it stands elsewhere, at octet 3");
    says("A:1:*:6f6e65", "not looked at: it is for Windows programs (PE) (target 1)");
    says("A;Engine:51-255,FileSize:1-5,Target:0;0;6f6e65", "refused: the content has 18 octets, asked for is from 1 to 5");
    says("A;Engine:51-255,Container:CL_TYPE_ZIP,Target:0;0;6f6e65", "asked for: directly in CL_TYPE_ZIP; the content lies in no container");
    says("A;Engine:51-255,Target:0;0&1;6f6e65;6f6f6f", "0: found once, first at octet 3");
    says("A;Engine:51-255,Target:0;0&1;6f6e65;6f6f6f", "missing: 1");
    says("00112233445566778899aabbccddeeff:17:A", "the content has 18 octets, asked for is 17 octets");
    says("rule A { strings: $a = \"one\" $b = \"nine\" condition: all of them }", "$a: found 1 time, at octet 3");
    EXPECT_EQ(match("Just.A.Name", file).status, 2);
    EXPECT_EQ(match("A:0:*:zz", file).status, 2);
    EXPECT_EQ(match("A:0:*:6f6e65", folder.path() / "missing").status, 2);
}

}  // namespace
}  // namespace postern::tests
