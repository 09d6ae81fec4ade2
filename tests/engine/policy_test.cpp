// SPDX-License-Identifier: Apache-2.0
// The policy as a function: facts in, decision out, without any message.
#include "engine/policy.h"

#include "engine/file_types.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace postern::engine {
namespace {

ContentFact fact(FileType type, std::string name, Wrapping wrapping = Wrapping::none) {
    ContentFact fact;
    fact.path = "2/" + name;
    fact.names = {std::move(name)};
    fact.type = type;
    fact.wrapping = wrapping;
    return fact;
}

Verdict with(ContentFact one) {
    Verdict verdict;
    verdict.contents.push_back(std::move(one));
    return verdict;
}

Verdict with(FindingKind kind, std::string name) {
    Verdict verdict;
    Finding finding;
    finding.kind = kind;
    finding.name = std::move(name);
    finding.content = "1";
    verdict.findings.push_back(std::move(finding));
    return verdict;
}

Action action_for(const Verdict& verdict, const Policy& policy = default_policy()) {
    return decide(policy, verdict).action;
}

TEST(Policy, AcceptsWhatNothingSpeaksAgainst) {
    const Decision decision = decide(default_policy(), Verdict{});
    EXPECT_EQ(decision.action, Action::accept);
    EXPECT_TRUE(decision.reason.empty());
}

TEST(Policy, RefusesEveryNameOfTheService) {
    // The service's list, expanded by hand where it uses its two wildcards.
    for (const char* extension :
         {"ade", "adp", "ani", "app", "asp", "bas", "bat", "cab", "cer", "chm", "cmd", "cnf", "com",
          "cpl", "crt", "cur", "exe", "fxp", "gadget", "hlp", "hta", "inf", "ins", "isp", "its",
          "js", "jse", "lnk", "mad", "maf", "mag", "mam", "maq", "mar", "mas", "mau", "mav", "maw",
          "mda", "mdb", "mde", "mdt", "mdw", "mdz", "msc", "msi", "msp", "mst", "ops", "pcd", "pif",
          "prf", "prg", "reg", "scf", "scr", "sct", "shb", "shs", "url", "vb", "vbe", "vbs",
          "vsmacros", "vss", "vst", "vsw", "ws", "wsc", "wsf", "wsh", "appx", "iso", "img", "jar",
          "ps1", "vhd", "vhdx", "xll", "settingcontent-ms", "library-ms"}) {
        EXPECT_EQ(action_for(with(fact(FileType::data, std::string("a.") + extension))), Action::reject)
            << extension;
    }
}

TEST(Policy, LeavesHarmlessNamesAlone) {
    for (const char* name : {"report.pdf", "a.docx", "exe", "readme", "mdx.mdx", "notes.mat", "x.json",
                             "archive.zip", "photo.jpeg", "vbx.vbx", "w.wsx"}) {
        EXPECT_EQ(action_for(with(fact(FileType::data, name))), Action::accept) << name;
    }
}

TEST(Policy, RefusesProgramsByContentWhateverTheirName) {
    for (const FileType type : all_file_types()) {
        EXPECT_EQ(action_for(with(fact(type, "harmless.dat"))),
                  is_executable(type) ? Action::reject : Action::accept)
            << name_of(type);
    }
}

TEST(Policy, ZipWrappingLiftsTheBanAndOtherArchivesDoNot) {
    EXPECT_EQ(action_for(with(fact(FileType::pe, "a.exe", Wrapping::zip))), Action::accept);
    EXPECT_EQ(action_for(with(fact(FileType::pe, "a.exe", Wrapping::archive))), Action::reject);
    Policy strict = default_policy();
    strict.file_types.allowed_in_zip = false;
    EXPECT_EQ(action_for(with(fact(FileType::pe, "a.exe", Wrapping::zip)), strict), Action::reject);
    Policy loose = default_policy();
    loose.file_types.allowed_in_other_archives = true;
    EXPECT_EQ(action_for(with(fact(FileType::pe, "a.exe", Wrapping::archive)), loose), Action::accept);
}

TEST(Policy, InsideADocumentOnlyContentCounts) {
    EXPECT_EQ(action_for(with(fact(FileType::text, "OPS/book.js", Wrapping::document))), Action::accept);
    EXPECT_EQ(action_for(with(fact(FileType::pe, "word/image1.png", Wrapping::document))), Action::reject);
}

TEST(Policy, JudgesEveryVariantOfAName) {
    ContentFact several = fact(FileType::data, "report.pdf");
    several.names.push_back("report.exe");
    const Decision decision = decide(default_policy(), with(several));
    EXPECT_EQ(decision.action, Action::reject);
    ASSERT_EQ(decision.findings.size(), 1u);
    EXPECT_EQ(decision.findings[0].name, ".exe");
    EXPECT_EQ(decision.findings[0].kind, FindingKind::file_type);
}

TEST(Policy, EachKindHasItsOwnWord) {
    EXPECT_EQ(action_for(with(FindingKind::signature, "X")), Action::reject);
    EXPECT_EQ(action_for(with(FindingKind::encrypted, "AES")), Action::accept);
    EXPECT_EQ(action_for(with(FindingKind::defect, "missing-boundary")), Action::accept);
    EXPECT_EQ(action_for(with(FindingKind::limit, "depth")), Action::reject);
    EXPECT_EQ(action_for(with(FindingKind::size, "message-size")), Action::reject);
}

TEST(Policy, TheHeaviestWordIsDone) {
    Policy policy = default_policy();
    policy.encrypted = Action::hold;
    Verdict verdict = with(FindingKind::encrypted, "AES");
    EXPECT_EQ(action_for(verdict, policy), Action::hold);
    verdict.findings.push_back(with(FindingKind::signature, "X").findings[0]);
    EXPECT_EQ(action_for(verdict, policy), Action::reject);
    EXPECT_NE(decide(policy, verdict).reason.find("virus"), std::string::npos);
}

TEST(Policy, PartialCoverageIsRefusedButNotForEncryptionAlone) {
    Verdict verdict;
    verdict.coverage.gaps.push_back({"2/a.zip/x", "encrypted", "encrypted with AES-256"});
    EXPECT_EQ(action_for(verdict), Action::accept);
    verdict.coverage.gaps.push_back({"2/b.zip/y", "unsupported", "method 77"});
    const Decision decision = decide(default_policy(), verdict);
    EXPECT_EQ(decision.action, Action::reject);
    EXPECT_NE(decision.reason.find("method 77"), std::string::npos);
}

TEST(Policy, FindingsComeSorted) {
    Verdict verdict = with(fact(FileType::pe, "b.exe"));
    verdict.findings = {with(FindingKind::encrypted, "AES").findings[0],
                        with(FindingKind::signature, "X").findings[0]};
    const auto findings = decide(default_policy(), verdict).findings;
    EXPECT_TRUE(std::is_sorted(findings.begin(), findings.end()));
    EXPECT_EQ(findings.size(), 4u);  // by content and by name
}

TEST(ExtensionPatterns, ExpandAsTheServiceWritesThem) {
    const auto sorted = [](const char* pattern) {
        auto words = extensions_matching(pattern);
        std::sort(words.begin(), words.end());
        return words;
    };
    using Words = std::vector<std::string>;
    EXPECT_EQ(sorted(".exe"), (Words{"exe"}));
    EXPECT_EQ(sorted("exe"), (Words{"exe"}));
    EXPECT_EQ(sorted(".jse?"), (Words{"js", "jse"}));
    EXPECT_EQ(sorted(".ad[ep]"), (Words{"ade", "adp"}));
    EXPECT_EQ(sorted(".ws[cfh]?"), (Words{"ws", "wsc", "wsf", "wsh"}));
    EXPECT_EQ(sorted(".search-ms"), (Words{"search-ms"}));
    for (const char* wrong : {"", ".", ".[", ".[]", ".a[", ".a/b", ".a*", "..", ".A B"}) {
        EXPECT_TRUE(extensions_matching(wrong).empty()) << wrong;
    }
}

}  // namespace
}  // namespace postern::engine
