// SPDX-License-Identifier: Apache-2.0
// What `postern scand` is told: by its configuration file, and by the command line, which has the
// last word.
//
// Unknown keys, wrong types and impossible values are errors with file:line:column and what to
// write instead.
#pragma once

#include "app/signature_sources.h"
#include "app/telemetry/scand_telemetry.h"
#include "engine/service/scand.h"

#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace postern::app {

struct ScandConfig {
    engine::service::ScandOptions service;
    SignatureInput signatures;
    telemetry::ScandTelemetryOptions telemetry;
    std::string policy;
    unsigned threads = 0;         // 0: all cores
    std::string user = "nobody";  // whom workers become where scand is root
};

// Throws UsageError.
ScandConfig load_scand_config(const std::string& path);
// `name` stands for the file in errors.
ScandConfig parse_scand_config(const std::string& text, const std::string& name);

// All that a file may say, as table and key.
std::vector<std::pair<std::string, std::string>> scand_config_keys();

// The line of options.
struct ScandCommandLine {
    std::string config;
    std::string socket;
    std::vector<std::string> tcp;
    std::vector<std::string> signatures;
    std::string signature_key;
    std::string store;
    std::string policy;
    bool check = false;    // say whether the configuration is good, and no more
    bool nursery = false;  // how a scand starts the processes that scan
};

void declare(CLI::App& command, ScandCommandLine& line);
// The file's configuration, if one is named, and what the line says. Throws UsageError.
ScandConfig configured(const ScandCommandLine& line);

}  // namespace postern::app
