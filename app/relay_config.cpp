// SPDX-License-Identifier: Apache-2.0
#include "app/relay_config.h"

#include "app/errors.h"
#include "app/relay_keys.h"
#include "relay/address.h"

#include <netdb.h>
#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace postern::app {

namespace {

using relay::ListenerKind;
using relay::ListenerOptions;
using relay::RelayConfig;

std::string read_whole(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) {
        throw UsageError(path.string() +
                         ": the configuration cannot be read; name a TOML file after --config");
    }
    return text.str();
}

std::string joined(std::string_view table, std::string_view name) { return std::string(table) + "." + std::string(name); }

template <typename Target>
void take_all(TomlFile& file, std::span<const ConfigKey<Target>> keys, std::vector<Target>& targets,
              ConfigPlaces& places) {
    const std::string_view array = keys.front().table;
    const std::size_t count = file.count(array);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string table = joined(array, std::to_string(targets.size()));
        Target target;
        for (const auto& key : keys) {
            const auto value = file.take(array, i, key.name);
            if (!value) continue;
            key.read(*value, target);
            places[joined(table, key.name)] = value->place();
        }
        targets.push_back(std::move(target));
    }
}

// A file's keys over what `config` has. Its listeners come to those that files before had.
void apply(const std::string& text, const std::string& name, RelayConfig& config,
           std::vector<ListenerOptions>& listeners, ConfigPlaces& places) {
    TomlFile file(text, name);
    for (const auto& key : relay_keys()) {
        const auto value = file.take(key.table, key.name);
        if (!value) continue;
        key.read(*value, config);
        places[joined(key.table, key.name)] = value->place();
    }
    take_all(file, listener_keys(), listeners, places);
    take_all(file, route_keys(), config.delivery.routes, places);
    file.refuse_the_rest();
}

std::string machine_name() {
    char name[256] = {};
    gethostname(name, sizeof name - 1);
    addrinfo hints{};
    hints.ai_flags = AI_CANONNAME;
    addrinfo* found = nullptr;
    std::string full = name;
    if (full.find('.') == std::string::npos && getaddrinfo(name, nullptr, &hints, &found) == 0) {
        if (found->ai_canonname != nullptr) full = found->ai_canonname;
        freeaddrinfo(found);
    }
    return full;
}

std::string domain_of_host(const std::string& hostname) {
    const std::size_t dot = hostname.find('.');
    const bool long_enough = std::count(hostname.begin(), hostname.end(), '.') >= 2;
    return long_enough ? hostname.substr(dot + 1) : hostname;
}

void fill_in(RelayConfig& config) {
    if (config.server.hostname.empty()) config.server.hostname = machine_name();
    config.state_directory = std::filesystem::absolute(config.state_directory).string();
    if (config.server.postmaster.empty())
        config.server.postmaster = "postmaster@" + domain_of_host(config.server.hostname);
}

// The place of a key where the configuration has it, and the file's name otherwise.
class Blame {
public:
    Blame(std::string file, const ConfigPlaces& places) : file_(std::move(file)), places_(places) {}

    [[noreturn]] void fail(const std::string& key, const std::string& sentence) const {
        const auto place = places_.find(key);
        throw UsageError((place == places_.end() ? file_ : place->second) + ": " + sentence);
    }

private:
    std::string file_;
    const ConfigPlaces& places_;
};

void check_listener(const RelayConfig& config, std::size_t number, const Blame& blame) {
    const std::vector<ListenerOptions>& all = config.server.listeners;
    const ListenerOptions& listener = all[number];
    const std::string table = joined("listener", std::to_string(number));
    if (listener.address.empty()) {
        blame.fail(joined(table, "kind"), "a [[listener]] has no `address`; write one such as \"0.0.0.0:25\"");
    }
    const bool needs_tls = listener.requires_tls() || listener.kind == ListenerKind::submissions;
    if (needs_tls && config.server.tls.certificate.empty()) {
        blame.fail(joined(table, "address"), "the listener on " + listener.address +
                                                 " needs TLS; name `certificate` and `key` in [tls]");
    }
    const auto before = all.begin() + static_cast<std::ptrdiff_t>(number);
    const bool is_second = std::any_of(all.begin(), before, [&](const ListenerOptions& other) {
        return other.address == listener.address && !listener.address.ends_with(":0");
    });
    if (is_second) {
        blame.fail(joined(table, "address"), "two [[listener]] have the address " + listener.address + "; leave one out");
    }
}

// What no key alone can be wrong about.
void check(const RelayConfig& config, const std::string& name, const ConfigPlaces& places) {
    const Blame blame(name, places);
    if (!relay::is_domain(config.server.hostname, relay::Charset::ascii)) {
        blame.fail("relay.hostname", "`hostname` in [relay] is \"" + config.server.hostname +
                                         "\", which is no domain name; write this machine's full name, such as "
                                         "\"relay.example.org\"");
    }
    for (std::size_t i = 0; i < config.server.listeners.size(); ++i) check_listener(config, i, blame);
    const std::string& postmaster = config.server.postmaster;
    if (!relay::is_domain(postmaster.substr(postmaster.rfind('@') + 1), relay::Charset::utf8)) {
        blame.fail("relay.postmaster",
                   "`postmaster` in [relay] must be an address such as \"postmaster@example.org\"");
    }
}

std::vector<std::filesystem::path> further_files(const std::filesystem::path& path) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator(path.parent_path() / "conf.d", error)) {
        if (entry.path().extension() == ".toml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

template <typename Target>
std::string written(std::span<const ConfigKey<Target>> keys, const Target& target,
                    Comments comments) {
    std::string text;
    std::string_view table;
    const bool is_array = !std::is_same_v<Target, RelayConfig>;
    for (const auto& key : keys) {
        if (key.table != table && !is_array) text += "\n[" + std::string(key.table) + "]\n";
        table = key.table;
        if (comments == Comments::with) text += "# " + std::string(key.comment) + "\n";
        text += std::string(key.name) + " = " + key.write(target) + "\n";
    }
    return text;
}

}  // namespace

RelayConfig parse_relay_config(const std::string& text, const std::string& name) {
    RelayConfig config = relay::default_relay_config();
    std::vector<ListenerOptions> listeners;
    ConfigPlaces places;
    apply(text, name, config, listeners, places);
    if (!listeners.empty()) config.server.listeners = std::move(listeners);
    return config;
}

RelayConfig load_relay_config(const std::string& path) {
    ConfigPlaces places;
    return load_relay_config(path, places);
}

RelayConfig load_relay_config(const std::string& path, ConfigPlaces& places) {
    RelayConfig config = relay::default_relay_config();
    std::vector<ListenerOptions> listeners;
    if (!path.empty()) {
        apply(read_whole(path), path, config, listeners, places);
        for (const auto& file : further_files(path))
            apply(read_whole(file), file.string(), config, listeners, places);
    }
    if (!listeners.empty()) config.server.listeners = std::move(listeners);
    fill_in(config);
    check(config, path.empty() ? "the defaults" : path, places);
    return config;
}

std::string dump_relay_config(const RelayConfig& config, Comments comments) {
    std::string text;
    if (comments == Comments::with) {
        text =
            "# The configuration of `postern relay`, with every key at its default. Files in "
            "conf.d/ beside this one are read\n"
            "# behind it. Sizes are numbers or \"100M\"; times are seconds or \"500ms\", \"5m\", "
            "\"2h\", \"5d\".\n";
    }
    text += written(relay_keys(), config, comments);
    for (const ListenerOptions& listener : config.server.listeners) {
        text += "\n[[listener]]\n" + written(listener_keys(), listener, comments);
        comments = Comments::without;
    }
    for (const relay::RouteConfig& route : config.delivery.routes) {
        text += "\n[[route]]\n" + written(route_keys(), route, comments);
    }
    return text.front() == '\n' ? text.substr(1) : text;
}

}  // namespace postern::app
