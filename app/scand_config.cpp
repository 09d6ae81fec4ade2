// SPDX-License-Identifier: Apache-2.0
// A table of keys: each row knows its place and reads itself. What a file holds beyond the table is
// an error.
#include "app/scand_config.h"

#include "app/errors.h"
#include "app/toml_reader.h"

#include <fstream>
#include <limits>
#include <sstream>
#include <string_view>
#include <thread>

namespace postern::app {

namespace {

using engine::service::ScandOptions;
using engine::service::ServerLimits;

struct Key {
    std::string_view table;
    std::string_view name;
    void (*read)(const TomlValue& value, ScandConfig& config);
};

std::vector<std::string> texts_of(const TomlValue& value) {
    std::vector<std::string> texts;
    for (const TomlValue& item : value.list()) texts.push_back(item.text());
    return texts;
}

std::string absolute_path(const TomlValue& value) {
    std::string path = value.text();
    if (!path.starts_with('/')) value.fail("is no absolute path; begin it with /");
    return path;
}

telemetry::Severity severity_of(const TomlValue& value) {
    const std::string text = value.text();
    if (text == "information") return telemetry::Severity::information;
    if (text == "warning") return telemetry::Severity::warning;
    if (text == "error") return telemetry::Severity::error;
    value.fail("is no level; write \"information\", \"warning\" or \"error\"");
}

telemetry::LogFormat format_of(const TomlValue& value) {
    const std::string text = value.text();
    if (text != "text" && text != "json") value.fail("is no format; write \"text\" or \"json\"");
    return text == "json" ? telemetry::LogFormat::json : telemetry::LogFormat::text;
}

unsigned mode_of(const TomlValue& value) {
    const std::string text = value.text();
    const bool octal =
        !text.empty() && text.size() <= 4 && text.find_first_not_of("01234567") == text.npos;
    if (!octal) value.fail("is no mode of a file; write one as \"0660\"");
    return static_cast<unsigned>(std::stoul(text, nullptr, 8));
}

std::uint64_t at_least_one(const TomlValue& value) {
    const std::uint64_t number = value.size();
    if (number == 0) value.fail("is 0, with which nothing could be scanned");
    return number;
}

template <auto member>
constexpr Key time_key(std::string_view name) {
    return {"limits", name, [](const TomlValue& v, ScandConfig& c) {
                c.service.limits.*member = v.duration();
                if ((c.service.limits.*member).count() == 0)
                    v.fail("is no time at all; write one as \"30s\"");
            }};
}

template <auto member>
constexpr Key number_key(std::string_view name) {
    return {"limits", name,
            [](const TomlValue& v, ScandConfig& c) { c.service.limits.*member = at_least_one(v); }};
}

constexpr Key keys[] = {
    {"listen", "socket",
     [](const TomlValue& v, ScandConfig& c) { c.service.listen.unix_path = absolute_path(v); }},
    {"listen", "socket_mode",
     [](const TomlValue& v, ScandConfig& c) { c.service.listen.unix_mode = mode_of(v); }},
    {"listen", "socket_group",
     [](const TomlValue& v, ScandConfig& c) { c.service.listen.unix_group = v.text(); }},
    {"listen", "tcp",
     [](const TomlValue& v, ScandConfig& c) { c.service.listen.tcp = texts_of(v); }},
    {"scan", "signatures",
     [](const TomlValue& v, ScandConfig& c) { c.signatures.paths = texts_of(v); }},
    {"scan", "signature_key",
     [](const TomlValue& v, ScandConfig& c) { c.signatures.key = absolute_path(v); }},
    {"scan", "store",
     [](const TomlValue& v, ScandConfig& c) { c.service.store = absolute_path(v); }},
    {"scan", "policy", [](const TomlValue& v, ScandConfig& c) { c.policy = absolute_path(v); }},
    {"scan", "threads",
     [](const TomlValue& v, ScandConfig& c) {
         constexpr std::uint64_t most = 1024;
         const std::uint64_t number = v.size();
         if (number > most) v.fail("is more threads than 1024; 0 takes one for each core");
         c.threads = static_cast<unsigned>(number);
     }},
    {"scan", "paths_below",
     [](const TomlValue& v, ScandConfig& c) {
         for (const TomlValue& item : v.list()) c.service.roots.emplace_back(absolute_path(item));
     }},
    number_key<&ServerLimits::stream>("stream_size"),
    {"limits", "memory",
     [](const TomlValue& v, ScandConfig& c) { c.service.memory = at_least_one(v); }},
    number_key<&ServerLimits::held>("bytes_in_flight"),
    number_key<&ServerLimits::connections>("connections"),
    number_key<&ServerLimits::commands>("commands"),
    time_key<&ServerLimits::command_time>("command_time"),
    time_key<&ServerLimits::read_time>("read_time"),
    time_key<&ServerLimits::idle_time>("idle_time"),
    time_key<&ServerLimits::write_time>("write_time"),
    {"limits", "scan_time",
     [](const TomlValue& v, ScandConfig& c) { c.service.hang_time = v.duration(); }},
    {"service", "user", [](const TomlValue& v, ScandConfig& c) { c.user = v.text(); }},
    {"service", "spool_folder",
     [](const TomlValue& v, ScandConfig& c) { c.service.spool_folder = absolute_path(v); }},
    {"service", "failed_folder",
     [](const TomlValue& v, ScandConfig& c) { c.service.failed_folder = absolute_path(v); }},
    {"log", "target",
     [](const TomlValue& v, ScandConfig& c) { c.telemetry.log.target = v.text(); }},
    {"log", "format",
     [](const TomlValue& v, ScandConfig& c) { c.telemetry.log.format = format_of(v); }},
    {"log", "level",
     [](const TomlValue& v, ScandConfig& c) { c.telemetry.log.least = severity_of(v); }},
    {"log", "clean",
     [](const TomlValue& v, ScandConfig& c) { c.telemetry.log_clean = v.allowed(); }},
    {"metrics", "address",
     [](const TomlValue& v, ScandConfig& c) { c.telemetry.status_address = v.text(); }},
    {"service", "shutdown_command",
     [](const TomlValue& v, ScandConfig& c) { c.service.shutdown_command = v.allowed(); }},
};

}  // namespace

ScandConfig parse_scand_config(const std::string& text, const std::string& name) {
    ScandConfig config;
    TomlFile file(text, name);
    for (const Key& key : keys) {
        if (const auto value = file.take(key.table, key.name)) key.read(*value, config);
    }
    file.refuse_the_rest();
    return config;
}

std::vector<std::pair<std::string, std::string>> scand_config_keys() {
    std::vector<std::pair<std::string, std::string>> all;
    for (const Key& key : keys) all.emplace_back(key.table, key.name);
    return all;
}

ScandConfig load_scand_config(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) {
        throw UsageError(path +
                         ": the configuration cannot be read; name a TOML file after --config");
    }
    return parse_scand_config(text.str(), path);
}

ScandConfig configured(const ScandCommandLine& line) {
    ScandConfig config = line.config.empty() ? ScandConfig() : load_scand_config(line.config);
    if (!line.socket.empty()) config.service.listen.unix_path = line.socket;
    if (!line.tcp.empty()) config.service.listen.tcp = line.tcp;
    if (!line.signatures.empty()) config.signatures.paths = line.signatures;
    if (!line.signature_key.empty()) config.signatures.key = line.signature_key;
    if (!line.store.empty()) config.service.store = line.store;
    if (!line.policy.empty()) config.policy = line.policy;
    if (!config.service.store.empty() && !config.signatures.paths.empty()) {
        throw UsageError("a store brings its own sets; leave the signatures out, or the store");
    }
    config.service.threads =
        config.threads != 0 ? config.threads : std::max(1u, std::thread::hardware_concurrency());
    return config;
}

}  // namespace postern::app
