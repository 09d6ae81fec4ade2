// SPDX-License-Identifier: Apache-2.0
// YARA rules as a user meets them: a file of rules, mail with attachments, findings and gaps.
#include "tests/support/archive_writer.h"
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace postern::tests {
namespace {

using Json = nlohmann::json;

const std::string program = postern::tests::built_path("postern");

std::string base64(const std::string& octets) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            bits = bits << 8 | (i + k < octets.size() ? static_cast<unsigned char>(octets[i + k]) : 0);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            out += i + k > octets.size() ? '=' : digits[bits >> (18 - 6 * k) & 63];
        }
        if (out.size() % 78 == 76) out += "\r\n";
    }
    return out + "\r\n";
}

std::string mail_with(const std::string& name, const std::string& octets) {
    return "From: a@example.org\r\nTo: b@example.org\r\nContent-Type: application/octet-stream; "
           "name=\"" + name + "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(octets);
}

class YaraScan : public testing::Test {
protected:
    Json scan(const std::string& rules, const std::string& mail, std::vector<std::string> more = {}) {
        const auto file = folder.write("rules.yar", rules);
        std::vector<std::string> words{program, "scan", "--format", "json", "--signatures", file, "-"};
        words.insert(words.end(), more.begin(), more.end());
        const CommandResult result = run_command(words, mail);
        errors = result.errors;
        return result.output.empty() ? Json() : Json::parse(result.output);
    }
    TemporaryFolder folder;
    std::string errors;
};

TEST_F(YaraScan, AMemberOfAnArchiveIsFoundByOctetsNameAndType) {
    const std::string rules =
        "import \"hash\"\n"
        "rule by_octets { strings: $a = { 65 76 ?? 6c } condition: $a and filesize < 100 }\n"
        "rule by_name { condition: filename == \"setup.txt\" and extension == \".txt\" and "
        "filepath endswith \"a.zip\" and filetype == \"TEXT\" and content_type == \"text/plain\" "
        "and owner == \"\" }\n"
        "rule zip_itself { condition: filetype == \"ZIP\" and filename == \"a.zip\" }\n"
        "rule broken { condition: $nothing }\n";
    const std::string zip = archive_of("zip", {{"setup.txt", "nothing evil here"}});
    const Json line = scan(rules, mail_with("a.zip", zip));
    ASSERT_EQ(line["findings"].size(), 3u) << line.dump(1) << errors;
    EXPECT_EQ(line["decision"], "reject");
    EXPECT_EQ(line["coverage"]["complete"], true);
    std::vector<std::string> found;
    for (const Json& finding : line["findings"]) {
        found.push_back(finding["content"].get<std::string>() + " " + finding["name"].get<std::string>() +
                        " " + std::to_string(finding["offset"].get<int>()) + "+" +
                        std::to_string(finding["length"].get<int>()));
    }
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found[0].substr(0, 29), "1/a.zip YARA.zip_itself 0+" + std::to_string(zip.size()));
    EXPECT_EQ(found[1], "1/a.zip/setup.txt YARA.by_name 0+17");
    EXPECT_EQ(found[2], "1/a.zip/setup.txt YARA.by_octets 8+4");
    EXPECT_NE(errors.find("rules.yar:5:26: error: rule broken: "), std::string::npos) << errors;
}

TEST_F(YaraScan, ANearMissIsClean) {
    const Json line = scan("rule r { strings: $a = \"evil\" fullword condition: $a }",
                           mail_with("a.bin", "nothing evilish here"));
    EXPECT_EQ(line["findings"].size(), 0u);
    EXPECT_EQ(line["decision"], "accept");
}

// A rule that would run for minutes: the content counts as not looked at, and the scan goes on.
TEST_F(YaraScan, ARuleWithoutEndIsAGap) {
    const auto policy = folder.write("policy.toml", "[limits]\nrule_time = \"200ms\"\n");
    const Json line = scan(
        "rule slow { condition: for all i in (0..100000000) : ( for all j in (0..100000000) : ( i + j >= 0 ) ) }",
        mail_with("a.bin", "some octets"), {"--policy", policy});
    EXPECT_EQ(line["coverage"]["complete"], false) << errors;
    EXPECT_EQ(line["coverage"]["not_scanned"][0]["reason"], "rule-time") << line.dump(1);
    EXPECT_LT(line["seconds"].get<double>(), 3.0);
}

}  // namespace
}  // namespace postern::tests
