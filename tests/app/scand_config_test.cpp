// SPDX-License-Identifier: Apache-2.0
// What scand.toml may say, what is said against what it may not, and that the file which is shipped
// says all of it.
#include "app/scand_config.h"

#include "app/errors.h"
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>

#include <regex>

namespace postern::app {
namespace {

using std::chrono::milliseconds;

std::string refused(const std::string& text) {
    try {
        parse_scand_config(text, "scand.toml");
    } catch (const UsageError& error) {
        return error.what();
    }
    return "taken";
}

std::string shipped() {
    return tests::read_file(tests::source_path("packaging/scand.toml"));
}

// The lines of one table, those that are commented out included.
std::string table_of(const std::string& file, const std::string& name) {
    const std::size_t begin = file.find("\n[" + name + "]\n");
    if (begin == file.npos) return {};
    return file.substr(begin + 1, file.find("\n[", begin + 1) - begin - 1);
}

TEST(ScandConfig, TheShippedFileSaysEveryKey) {
    for (const auto& [table, key] : scand_config_keys()) {
        const std::regex line("(^|\n)(# )?" + key + " = ");
        EXPECT_TRUE(std::regex_search(table_of(shipped(), table), line)) << table << "." << key;
    }
}

TEST(ScandConfig, TheShippedFileSaysTheDefaults) {
    const ScandConfig file = parse_scand_config(shipped(), "scand.toml");
    const ScandConfig none;
    EXPECT_EQ(file.service.limits.stream, none.service.limits.stream);
    EXPECT_EQ(file.service.limits.held, none.service.limits.held);
    EXPECT_EQ(file.service.limits.connections, none.service.limits.connections);
    EXPECT_EQ(file.service.limits.commands, none.service.limits.commands);
    EXPECT_EQ(file.service.limits.command_time, none.service.limits.command_time);
    EXPECT_EQ(file.service.limits.read_time, none.service.limits.read_time);
    EXPECT_EQ(file.service.limits.idle_time, none.service.limits.idle_time);
    EXPECT_EQ(file.service.limits.write_time, none.service.limits.write_time);
    EXPECT_EQ(file.service.memory, none.service.memory);
    EXPECT_EQ(file.service.hang_time, none.service.hang_time);
    EXPECT_EQ(file.service.spool_folder, none.service.spool_folder);
    EXPECT_EQ(file.service.shutdown_command, none.service.shutdown_command);
    EXPECT_EQ(file.service.listen.unix_mode, none.service.listen.unix_mode);
    EXPECT_EQ(file.service.listen.unix_path, none.service.listen.unix_path);
    EXPECT_EQ(file.service.listen.tcp, none.service.listen.tcp);
    EXPECT_EQ(file.user, none.user);
    EXPECT_EQ(file.telemetry.log.target, none.telemetry.log.target);
    EXPECT_EQ(file.telemetry.log.format, none.telemetry.log.format);
    EXPECT_EQ(file.telemetry.log.least, none.telemetry.log.least);
    EXPECT_EQ(file.telemetry.log_clean, none.telemetry.log_clean);
    EXPECT_EQ(file.telemetry.status_address, none.telemetry.status_address);
}

// What stands there as an example is one that would be taken.
TEST(ScandConfig, TheExamplesOfTheShippedFileAreGood) {
    const std::string all = std::regex_replace(shipped(), std::regex("\n# ([a-z_]+ = )"), "\n$1");
    const ScandConfig config = parse_scand_config(all, "scand.toml");
    EXPECT_EQ(config.service.listen.unix_path, "/run/postern/scand.sock");
    EXPECT_EQ(config.service.hang_time, milliseconds(60'000));
    EXPECT_EQ(config.threads, 8u);
    EXPECT_EQ(config.telemetry.status_address, "127.0.0.1:9100");
}

TEST(ScandConfig, EverySettingIsRead) {
    const ScandConfig config = parse_scand_config(R"([listen]
socket_mode = "0660"
socket_group = "mail"
tcp = ["127.0.0.1:3310", "[::1]:3310"]
[scan]
paths_below = ["/var/spool/exim4/scan"]
[limits]
stream_size = "25M"
read_time = "2m"
[service]
shutdown_command = "allow"
failed_folder = "/var/lib/postern/failed"
[log]
format = "json"
level = "warning"
clean = "deny"
)",
                                                  "scand.toml");
    EXPECT_EQ(config.service.listen.unix_mode, 0660u);
    EXPECT_EQ(config.service.listen.unix_group, "mail");
    EXPECT_EQ(config.service.listen.tcp.size(), 2u);
    EXPECT_EQ(config.service.roots.size(), 1u);
    EXPECT_EQ(config.service.limits.stream, 25u * 1024 * 1024);
    EXPECT_EQ(config.service.limits.read_time, milliseconds(120'000));
    EXPECT_TRUE(config.service.shutdown_command);
    EXPECT_EQ(config.service.failed_folder, "/var/lib/postern/failed");
    EXPECT_EQ(config.telemetry.log.format, telemetry::LogFormat::json);
    EXPECT_EQ(config.telemetry.log.least, telemetry::Severity::warning);
    EXPECT_FALSE(config.telemetry.log_clean);
}

TEST(ScandConfig, WhatIsWrongIsSaidWithItsPlace) {
    const std::pair<const char*, const char*> cases[] = {
        {"[listen]\nsocket = \"scand.sock\"\n", "scand.toml:2:10: "},
        {"[listen]\nsocket_mode = \"0888\"\n", "scand.toml:2:15: "},
        {"[listen]\nsockets = \"/run/x\"\n", "scand.toml:2:11: "},
        {"[limits]\nmemory = 0\n", "scand.toml:2:10: "},
        {"[limits]\nidle_time = \"0s\"\n", "scand.toml:2:13: "},
        {"[limits]\nstream_size = \"many\"\n", "scand.toml:2:15: "},
        {"[scan]\nthreads = 5000\n", "scand.toml:2:11: "},
        {"[scan]\npaths_below = [\"here\"]\n", "scand.toml:2:16: "},
        {"[log]\nformat = \"xml\"\n", "scand.toml:2:10: "},
        {"[log]\nlevel = \"loud\"\n", "scand.toml:2:9: "},
        {"[log]\nclean = true\n", "scand.toml:2:9: "},
        {"[nothing]\n", "scand.toml:1:"},
    };
    for (const auto& [text, place] : cases)
        EXPECT_EQ(refused(text).find(place), 0u) << refused(text);
}

TEST(ScandConfig, TheCommandLineHasTheLastWord) {
    const tests::TemporaryFolder folder;
    ScandCommandLine line;
    line.config = folder.write("scand.toml", R"([listen]
socket = "/run/a"
tcp = ["127.0.0.1:1"]
)");
    line.socket = "/run/b";
    const ScandConfig config = configured(line);
    EXPECT_EQ(config.service.listen.unix_path, "/run/b");
    EXPECT_EQ(config.service.listen.tcp, std::vector<std::string>{"127.0.0.1:1"});
    EXPECT_GE(config.service.threads, 1u);
    line.store = "/var/lib/store";
    line.signatures = {"/etc/signatures"};
    EXPECT_THROW(configured(line), UsageError);
}

}  // namespace
}  // namespace postern::app
