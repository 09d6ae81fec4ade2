// SPDX-License-Identifier: Apache-2.0
#include "app/policy_file.h"

#include "app/errors.h"

#include <gtest/gtest.h>

namespace postern::app {
namespace {

std::string error_of(const std::string& text) {
    try {
        parse_policy(text, "site.toml");
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(PolicyFile, AnEmptyFileIsTheDefault) {
    EXPECT_EQ(dump_policy(parse_policy("", "site.toml")), dump_policy(engine::default_policy()));
}

TEST(PolicyFile, WhatIsWrittenOutReadsBack) {
    engine::Policy policy = engine::default_policy();
    policy.file_types.allowed_in_zip = false;
    policy.encrypted = engine::Action::hold;
    policy.limits.time = std::chrono::milliseconds(1500);
    policy.limits.message_bytes = 12345;
    EXPECT_EQ(dump_policy(parse_policy(dump_policy(policy), "site.toml")), dump_policy(policy));
}

TEST(PolicyFile, EachKeyArrives) {
    const engine::Policy policy = parse_policy(R"(
        [file_types]
        types = ["pe", "elf"]
        names = [".ex[ea]", "bat"]
        inside_archives = "deny"
        inside_other_archives = "allow"
        action = "hold"
        [actions]
        virus = "hold"
        encrypted = "reject"
        partial_coverage = "defer"
        over_size = "hold"
        malformed = "reject"
        [limits]
        message_size = "10M"
        members = 7
        depth = 3
        time = "2s"
    )", "site.toml");
    EXPECT_EQ(policy.file_types.types.size(), 2u);
    EXPECT_EQ(policy.file_types.extensions, (std::unordered_set<std::string>{"exe", "exa", "bat"}));
    EXPECT_FALSE(policy.file_types.allowed_in_zip);
    EXPECT_TRUE(policy.file_types.allowed_in_other_archives);
    EXPECT_EQ(policy.file_types.action, engine::Action::hold);
    EXPECT_EQ(policy.virus, engine::Action::hold);
    EXPECT_EQ(policy.encrypted, engine::Action::reject);
    EXPECT_EQ(policy.partial, engine::Action::defer);
    EXPECT_EQ(policy.over_size, engine::Action::hold);
    EXPECT_EQ(policy.malformed, engine::Action::reject);
    EXPECT_EQ(policy.limits.message_bytes, 10u << 20);
    EXPECT_EQ(policy.limits.entries, 7u);
    EXPECT_EQ(policy.limits.depth, 3u);
    EXPECT_EQ(policy.limits.time.count(), 2000);
}

TEST(PolicyFile, ErrorsSayWhereAndWhatToWrite) {
    EXPECT_EQ(error_of("[file_types]\ninside_archive = \"deny\"\n"),
              "site.toml:2:18: `inside_archive` is not known in [file_types]; did you mean `inside_archives`? it knows action, "
              "inside_archives, inside_other_archives, names, types");
    EXPECT_EQ(error_of("[filetypes]\n"),
              "site.toml:1:1: `filetypes` is not known; did you mean `file_types`? the tables are [actions], [file_types], [limits]");
    EXPECT_EQ(error_of("[actions]\nencrypted = \"refuse\"\n"),
              "site.toml:2:13: `encrypted` must be \"accept\", \"hold\", \"defer\" or \"reject\"");
    EXPECT_EQ(error_of("[file_types]\ntypes = [\"pe\", \"exe\"]\n"),
              "site.toml:2:16: `exe` is no file type; `postern policy types` lists them");
    EXPECT_EQ(error_of("[file_types]\nnames = [\"*.exe\"]\n"),
              "site.toml:2:10: `*.exe` is no extension; write one as \".exe\", \".ad[ep]\" or \".jse?\"");
    EXPECT_EQ(error_of("[limits]\nmessage_size = \"10 MB\"\n"),
              "site.toml:2:16: `message_size` must be a number above 0, or a string such as \"100M\" (K, M, G, T)");
    EXPECT_EQ(error_of("[limits]\ntime = \"8\"\n"),
              "site.toml:2:8: `time` must be a time such as \"500ms\", \"8s\" or \"5m\", or a number of seconds");
    EXPECT_EQ(error_of("actions = 1\n"), "site.toml:1:11: `actions` must be a table: write [actions]");
    EXPECT_TRUE(error_of("[actions\n").starts_with("site.toml:1:"));
}

TEST(PolicyFile, NumbersThatDoNotFitAreRefused) {
    EXPECT_NE(error_of("[limits]\nmembers = 0\n"), "");
    EXPECT_NE(error_of("[limits]\nmembers = -1\n"), "");
    EXPECT_NE(error_of("[limits]\ndepth = 4294967296\n"), "");
    EXPECT_NE(error_of("[limits]\nmessage_size = \"99999999999999999999T\"\n"), "");
}

TEST(PolicyFile, AFileThatCannotBeReadIsToldByName) {
    EXPECT_THROW(load_policy("/nonexistent/policy.toml"), UsageError);
}

}  // namespace
}  // namespace postern::app
