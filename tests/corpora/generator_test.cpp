// SPDX-License-Identifier: Apache-2.0
// The generator keeps its promises: the same octets for a seed, the total that was asked for, a
// manifest that tells the truth, and mail that is well formed.
#include "corpora/generator.h"

#include "corpora/generate/look_alikes.h"
#include "corpora/generate/planting.h"
#include "corpora/generate/write_message.h"
#include "tests/corpora/scratch_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <set>

namespace postern::corpora {
namespace {

GeneratorOptions options_of(std::size_t messages, std::uint64_t bytes, std::uint64_t seed) {
    GeneratorOptions options;
    options.messages = messages;
    options.bytes = bytes;
    options.seed = seed;
    return options;
}

// Every file below the folder, by its path there.
std::map<std::string, std::string> files_in(const ScratchFolder& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
        if (!entry.is_regular_file()) continue;
        files[std::filesystem::relative(entry.path(), folder.path()).string()] =
            read_whole(entry.path());
    }
    return files;
}

std::map<std::string, std::string> generated(GeneratorOptions options) {
    ScratchFolder folder;
    options.out = folder.path();
    generate(options);
    return files_in(folder);
}

std::vector<nlohmann::json> lines_of(const std::string& manifest) {
    std::vector<nlohmann::json> lines;
    for (std::size_t at = 0; at < manifest.size(); at = manifest.find('\n', at) + 1) {
        lines.push_back(nlohmann::json::parse(manifest.substr(at, manifest.find('\n', at) - at)));
    }
    return lines;
}

TEST(Generator, GivesTheSameOctetsForASeed) {
    const auto first = generated(options_of(60, 2'000'000, 1));
    EXPECT_EQ(first, generated(options_of(60, 2'000'000, 1)));
    const auto other = generated(options_of(60, 2'000'000, 2));
    EXPECT_EQ(first.size(), other.size());
    std::size_t same = 0;
    for (const auto& [path, text] : first) same += text == other.at(path);
    EXPECT_EQ(same, 0u);
}

TEST(Generator, TheRandomNumbersAreThoseOfTheAlgorithm) {
    Random random(42, 7);
    for (const std::uint64_t expected :
         {0x4150452ab869a892u, 0x63980fc0383ce41bu, 0x6276ee9c4552e56du, 0x96a8154c710ce93cu})
        EXPECT_EQ(random.next(), expected);
}

TEST(Generator, TheTotalIsWhatWasAskedFor) {
    for (const auto& [messages, bytes] : std::vector<std::pair<std::size_t, std::uint64_t>>{
             {300, 1'500'000}, {100, 5'000'000}, {20, 20'000'000}}) {
        ScratchFolder folder;
        GeneratorOptions options = options_of(messages, bytes, 3);
        options.out = folder.path();
        const GeneratorSummary summary = generate(options);
        EXPECT_NEAR(static_cast<double>(summary.bytes_written), static_cast<double>(bytes),
                    static_cast<double>(bytes) / 100);
        EXPECT_EQ(summary.messages, messages);
        EXPECT_EQ(summary.accepted + summary.rejected, messages);
        EXPECT_GT(summary.with_attachments, 0u);
    }
}

TEST(Generator, NoMessageIsLargerThanTheLimit) {
    ScratchFolder folder;
    GeneratorOptions options = options_of(30, 20'000'000, 4);
    options.largest = 1'000'000;
    options.attachment_share = 1;
    options.out = folder.path();
    EXPECT_LE(generate(options).largest, options.largest);
}

TEST(Generator, TheManifestTellsTheTruth) {
    GeneratorOptions options = options_of(1010, 6'000'000, 5);
    options.eicar_share = 0.1;
    options.executable_share = 0.2;
    auto files = generated(options);
    const auto lines = lines_of(files.at("manifest.jsonl"));
    ASSERT_EQ(lines.size(), 1010u);
    EXPECT_EQ(files.size(), 1011u);
    EXPECT_EQ(lines[0]["path"], "000/00001.eml");
    EXPECT_EQ(lines[1009]["path"], "001/01010.eml");
    std::map<std::string, std::size_t> decisions;
    for (const auto& line : lines) {
        EXPECT_EQ(files.at(line["path"]).size(), line["bytes"]);
        ++decisions[line["decision"]];
        const auto& planted = line["planted"];
        if (planted.empty()) {
            EXPECT_EQ(line["decision"], "accept");
            continue;
        }
        const bool zipped = planted[0]["where"] == "zip" || planted[0]["where"] == "nested-zip";
        EXPECT_EQ(line["decision"], planted[0]["kind"] != "eicar" && zipped ? "accept" : "reject")
            << line;
    }
    EXPECT_NEAR(static_cast<double>(decisions["reject"]), 0.1 * 1010 + 0.2 * 0.6 * 1010, 60);
}

TEST(Generator, EveryKindOccurs) {
    GeneratorOptions options = options_of(400, 1'500'000, 6);
    options.eicar_share = 0.3;
    options.executable_share = 0.6;
    options.zipped_share = 0.5;
    std::set<std::string> places;
    std::set<std::string> naked;
    std::set<std::string> zipped;
    for (const auto& line : lines_of(generated(options).at("manifest.jsonl"))) {
        for (const auto& planted : line["planted"]) {
            if (planted["kind"] == "eicar")
                places.insert(planted["where"]);
            else if (planted["where"] == "base64-attachment")
                naked.insert(planted["name"]);
            else
                zipped.insert(planted["name"]);
        }
    }
    EXPECT_EQ(places.size(), kinds_of(Plant::Sort::eicar));
    EXPECT_EQ(naked.size(), kinds_of(Plant::Sort::executable));
    EXPECT_EQ(naked, zipped);
}

TEST(Generator, MailIsWellFormed) {
    for (const auto& [path, text] : generated(options_of(150, 4'000'000, 7))) {
        if (!path.ends_with(".eml")) continue;
        ASSERT_EQ(text.rfind("From: ", 0), 0u);
        ASSERT_TRUE(text.ends_with("\r\n")) << path;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = text.find('\n', at);
            ASSERT_NE(end, std::string::npos);
            ASSERT_EQ(text[end - 1], '\r') << path << " at " << end;
            ASSERT_EQ(text.find('\r', at), end - 1) << path << " at " << end;
            ASSERT_LE(end - at, 999u) << path;
            at = end + 1;
        }
    }
}

TEST(Generator, EicarStandsInTextAndInNothingThatWasNotPlanted) {
    MessagePlan plan;
    plan.size = 4000;
    for (std::size_t n = 0; n < 20; ++n) {
        EXPECT_EQ(write_message(8, n, plan).bytes.find("EICAR"), std::string::npos);
    }
    plan.plant = {Plant::Sort::eicar, 1};
    const WrittenMessage message = write_message(8, 1, plan);
    EXPECT_EQ(message.planted->where, "text-body");
    EXPECT_NE(message.bytes.find("\r\n\r\n" + eicar() + "\r\n"), std::string::npos);
    EXPECT_EQ(eicar().size(), 68u);
}

TEST(Generator, AFolderThatCannotBeWrittenIsSaid) {
    ScratchFolder folder;
    GeneratorOptions options = options_of(1, 10'000, 1);
    options.out = folder.write("file", "in the way");
    EXPECT_THROW(generate(options), std::system_error);
}

}  // namespace
}  // namespace postern::corpora
