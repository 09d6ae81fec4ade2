// SPDX-License-Identifier: Apache-2.0
#include "app/relay_config.h"

#include "app/errors.h"
#include "app/relay_keys.h"
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <sstream>

namespace postern::app {

namespace {

using tests::TemporaryFolder;

std::string failure_of(const std::string& text) {
    try {
        parse_relay_config(text, "postern.toml");
    } catch (const UsageError& error) {
        return error.what();
    }
    return "(none)";
}

TEST(RelayConfig, PackagedFileIsTheDefaultsWrittenOut) {
    const std::string packaged = tests::read_file(tests::source_path("packaging/postern.toml"));
    EXPECT_EQ(packaged, dump_relay_config(relay::default_relay_config(), Comments::with))
        << "write it anew with: postern relay --dump > packaging/postern.toml";
    EXPECT_EQ(dump_relay_config(parse_relay_config(packaged, "postern.toml"), Comments::with), packaged);
}

TEST(RelayConfig, EveryKeyThatIsWrittenIsReadAgain) {
    const std::string text =
        "[relay]\nhostname = \"mx.example.org\"\nstate_directory = \"/srv/p\"\n[limits]\nmessage_size = \"1M\"\nrecipients = 7\n"
        "command_time = \"90s\"\n[tls]\nmin_version = \"1.3\"\n[scan]\nsets = [\"a\", \"b\"]\n[delivery]\nsmarthost = \"127.0.0.1:2525\"\n"
        "retry = [\"5m\", 10]\nexpire = \"2d\"\n[dns]\nservers = [\"127.0.0.1:5353\"]\n[metrics]\naddress = \"127.0.0.1:9\"\n"
        "[[listener]]\nkind = \"submission\"\naddress = \"[::]:587\"\nnetworks = [\"10.0.0.0/8\"]\nmax_connections = 5\n";
    const relay::RelayConfig config = parse_relay_config(text, "postern.toml");
    EXPECT_EQ(config.server.hostname, "mx.example.org");
    EXPECT_EQ(config.server.limits.message_size, 1u << 20);
    EXPECT_EQ(config.server.limits.command_time, std::chrono::seconds(90));
    EXPECT_EQ(config.delivery.retry, (std::vector<std::chrono::seconds>{std::chrono::minutes(5), std::chrono::seconds(10)}));
    ASSERT_EQ(config.server.listeners.size(), 1u);
    EXPECT_TRUE(config.server.listeners[0].requires_tls());
    const std::string dumped = dump_relay_config(config, Comments::without);
    EXPECT_EQ(dump_relay_config(parse_relay_config(dumped, "dump"), Comments::without), dumped);
}

TEST(RelayConfig, WrongFilesAreToldByPlaceWithWhatToWrite) {
    struct Case {
        const char* text;
        const char* told;
    };
    const Case cases[] = {
        {"[relay]\nhostnam = \"x\"\n", "postern.toml:2:11: `hostnam` is not known in [relay]; did you mean `hostname`?"},
        {"[relais]\nhostname = \"x\"\n", "postern.toml:1:1: `relais` is not known; did you mean `relay`?"},
        {"[[listener]]\naddres = \"x\"\n", "postern.toml:2:10: `addres` is not known in [listener]; did you mean `address`?"},
        {"[limits]\nmessage_size = \"big\"\n", "postern.toml:2:16: `message_size` must be a number"},
        {"[limits]\nrecipients = -1\n", "postern.toml:2:14: `recipients` must be a number"},
        {"[limits]\ncommand_time = \"soon\"\n", "postern.toml:2:16: `command_time` must be a time"},
        {"[[listener]]\nnetworks = [\"10.0.0.1/8\"]\n", "postern.toml:2:13: `10.0.0.1/8` is no network"},
        {"[[listener]]\nkind = \"smtp\"\n", "postern.toml:2:8: `kind` must be \"smarthost\""},
        {"[listener]\nkind = \"smarthost\"\n", "postern.toml:1:1: `listener` must be written [[listener]]"},
        {"[tls]\nmin_version = \"1.1\"\n", "postern.toml:2:15: `min_version` must be \"1.2\" or \"1.3\""},
        {"[delivery]\nport = 65536\n", "postern.toml:2:8: `port` is too large"},
        {"[relay\n", "postern.toml:1:7: this is not TOML"},
    };
    for (const Case& c : cases) EXPECT_EQ(failure_of(c.text).substr(0, std::string(c.told).size()), c.told) << c.text;
}

TEST(RelayConfig, FurtherFilesOverrideAndAddListeners) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder.path() / "conf.d");
    const auto main = folder.write("postern.toml", "[relay]\nhostname = \"a.example.org\"\n[limits]\nrecipients = 5\n[[listener]]\naddress = \"127.0.0.1:0\"\n");
    folder.write("conf.d/20.toml", "[relay]\nhostname = \"c.example.org\"\n");
    folder.write("conf.d/10.toml", "[relay]\nhostname = \"b.example.org\"\n[[listener]]\naddress = \"127.0.0.1:2500\"\n");
    folder.write("conf.d/30.off", "this is not read");
    const relay::RelayConfig config = load_relay_config(main.string());
    EXPECT_EQ(config.server.hostname, "c.example.org");
    EXPECT_EQ(config.server.postmaster, "postmaster@example.org");
    EXPECT_EQ(config.server.limits.recipients, 5u);
    EXPECT_EQ(config.server.listeners.size(), 2u);
}

TEST(RelayConfig, ARelativeStateDirectoryIsOfTheFolderTheRelayIsStartedIn) {
    const TemporaryFolder folder;
    const auto path = folder.write("postern.toml", "[relay]\nhostname = \"a.example.org\"\nstate_directory = \"state\"\n");
    EXPECT_EQ(load_relay_config(path.string()).state_directory, std::filesystem::current_path() / "state");
}

TEST(RelayConfig, ASubmissionListenerWithoutACertificateIsRefused) {
    const TemporaryFolder folder;
    const auto path = folder.write("postern.toml", "[relay]\nhostname = \"a.example.org\"\n[[listener]]\nkind = \"submissions\"\naddress = \"127.0.0.1:0\"\n");
    EXPECT_THROW(load_relay_config(path.string()), UsageError);
}

// docs/operators.md has a table for each table of the configuration: the keys that there are, no other, and their defaults.
template <typename Target>
void add_rows(std::span<const ConfigKey<Target>> keys, const Target& defaults, std::map<std::string, std::string>& tables) {
    for (const auto& key : keys) {
        tables[std::string(key.table)] += std::string(key.name) + " = " + key.write(defaults) + "\n";
    }
}

std::map<std::string, std::string> tables_of_the_page() {
    std::istringstream page(tests::read_file(tests::source_path("docs/operators.md")));
    const std::regex heading("### \\[+([a-z]+)\\]+");
    const std::regex row("\\| `([a-z_]+)` \\| `(.*?)` \\| .*[a-zA-Z].* \\|");
    std::map<std::string, std::string> tables;
    std::string table;
    for (std::string line; std::getline(page, line);) {
        std::smatch found;
        if (line.starts_with('#')) table = std::regex_match(line, found, heading) ? found[1].str() : "";
        if (!table.empty() && std::regex_match(line, found, row)) tables[table] += found[1].str() + " = " + found[2].str() + "\n";
    }
    return tables;
}

TEST(RelayConfig, TheOperatorsPageHasEveryKeyWithItsDefaultAndNoOther) {
    std::map<std::string, std::string> wanted;
    const relay::RelayConfig defaults = relay::default_relay_config();
    add_rows(relay_keys(), defaults, wanted);
    add_rows(listener_keys(), defaults.server.listeners.front(), wanted);
    add_rows(route_keys(), relay::RouteConfig{}, wanted);
    EXPECT_EQ(tables_of_the_page(), wanted);
}

}  // namespace

}  // namespace postern::app
