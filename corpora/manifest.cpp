// SPDX-License-Identifier: Apache-2.0
#include "corpora/manifest.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace postern::corpora {

namespace {

using Json = nlohmann::json;

// A mistyped value is as wrong as a missing one; neither may throw from inside the library.
std::string text_at(const Json& object, const char* key) {
    const auto at = object.find(key);
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

bool speaks_of_signatures(const Json& line) {
    const auto planted = line.find("planted");
    if (planted == line.end() || !planted->is_array() || planted->empty()) return true;
    for (const Json& one : *planted) {
        if (one.is_object() && text_at(one, "kind") == "eicar") return true;
    }
    return false;
}

[[noreturn]] void refuse(const std::filesystem::path& file, std::size_t number) {
    throw ManifestError(file.string() + ":" + std::to_string(number) +
                             ": not a line of a manifest; write {\"path\": \"FILE\", \"decision\": \"accept\"} "
                             "or \"reject\"");
}

}  // namespace

std::map<std::string, Worth> read_manifest(const std::filesystem::path& folder) {
    std::map<std::string, Worth> worth;
    const std::filesystem::path file = folder / manifest_name;
    std::error_code missing;
    if (!std::filesystem::is_regular_file(file, missing)) return worth;
    std::ifstream input(file);
    if (!input) throw ManifestError(file.string() + ": cannot be read");
    std::size_t number = 0;
    for (std::string text; std::getline(input, text);) {
        ++number;
        if (text.empty()) continue;
        const Json line = Json::parse(text, nullptr, false);
        if (!line.is_object()) refuse(file, number);
        const std::string path = text_at(line, "path");
        const std::string decision = text_at(line, "decision");
        if (path.empty() || (decision != "accept" && decision != "reject")) refuse(file, number);
        if (decision == "accept") worth[(folder / path).string()] = Worth::good;
        else if (speaks_of_signatures(line)) worth[(folder / path).string()] = Worth::bad;
    }
    return worth;
}

}  // namespace postern::corpora
