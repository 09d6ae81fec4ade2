// SPDX-License-Identifier: Apache-2.0
// A table of keys: each row knows its place, reads itself into the policy and writes itself out. What a
// file holds beyond the table is an error, so no option can be misspelt in silence.
#include "app/policy_file.h"

#include "app/errors.h"
#include "app/toml_reader.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>
#include <vector>

namespace postern::app {

namespace {

using engine::Action;
using engine::Policy;

struct Key {
    std::string_view table;
    std::string_view name;
    void (*read)(const TomlValue& value, Policy& policy);
    std::string (*write)(const Policy& policy);
};

template <Action Policy::*member>
constexpr Key action_key(std::string_view table, std::string_view name) {
    return {table, name, [](const TomlValue& v, Policy& p) { p.*member = v.action(); },
            [](const Policy& p) { return "\"" + std::string(name_of(p.*member)) + "\""; }};
}

template <auto member>
constexpr Key number_key(std::string_view table, std::string_view name) {
    using Number = std::remove_reference_t<decltype(std::declval<engine::Limits>().*member)>;
    return {table, name,
            [](const TomlValue& v, Policy& p) {
                const std::uint64_t number = v.size();
                if (number > std::numeric_limits<Number>::max()) v.fail("is too large");
                p.limits.*member = static_cast<Number>(number);
            },
            [](const Policy& p) { return std::to_string(p.limits.*member); }};
}

std::string list_of(std::vector<std::string> words) {
    std::sort(words.begin(), words.end());
    std::string text = "[";
    for (const std::string& word : words) text += (text.size() > 1 ? ", \"" : "\"") + word + "\"";
    return text + "]";
}

std::string written_types(const Policy& policy) {
    std::vector<std::string> names;
    for (const engine::FileType type : policy.file_types.types) names.emplace_back(name_of(type));
    return list_of(std::move(names));
}

std::string written_names(const Policy& policy) {
    std::vector<std::string> names;
    for (const std::string& extension : policy.file_types.extensions) names.push_back("." + extension);
    return list_of(std::move(names));
}

void read_types(const TomlValue& value, Policy& policy) {
    policy.file_types.types.clear();
    for (const TomlValue& item : value.list()) {
        const auto type = engine::file_type_named(item.text());
        if (!type) item.fail("is no file type; `postern policy types` lists them");
        policy.file_types.types.insert(*type);
    }
}

void read_names(const TomlValue& value, Policy& policy) {
    policy.file_types.extensions.clear();
    for (const TomlValue& item : value.list()) {
        auto extensions = engine::extensions_matching(item.text());
        if (extensions.empty()) {
            item.fail("is no extension; write one as \".exe\", \".ad[ep]\" or \".jse?\"");
        }
        policy.file_types.extensions.insert(extensions.begin(), extensions.end());
    }
}

std::string allow_or_deny(bool allowed) { return allowed ? "\"allow\"" : "\"deny\""; }

constexpr Key keys[] = {
    {"file_types", "types", read_types, written_types},
    {"file_types", "names", read_names, written_names},
    {"file_types", "inside_archives",
     [](const TomlValue& v, Policy& p) { p.file_types.allowed_in_zip = v.allowed(); },
     [](const Policy& p) { return allow_or_deny(p.file_types.allowed_in_zip); }},
    {"file_types", "inside_other_archives",
     [](const TomlValue& v, Policy& p) { p.file_types.allowed_in_other_archives = v.allowed(); },
     [](const Policy& p) { return allow_or_deny(p.file_types.allowed_in_other_archives); }},
    {"file_types", "action", [](const TomlValue& v, Policy& p) { p.file_types.action = v.action(); },
     [](const Policy& p) { return "\"" + std::string(name_of(p.file_types.action)) + "\""; }},
    action_key<&Policy::virus>("actions", "virus"),
    action_key<&Policy::encrypted>("actions", "encrypted"),
    action_key<&Policy::partial>("actions", "partial_coverage"),
    action_key<&Policy::over_size>("actions", "over_size"),
    action_key<&Policy::malformed>("actions", "malformed"),
    number_key<&engine::Limits::message_bytes>("limits", "message_size"),
    number_key<&engine::Limits::produced_bytes>("limits", "produced_size"),
    number_key<&engine::Limits::member_bytes>("limits", "member_size"),
    number_key<&engine::Limits::ratio>("limits", "ratio"),
    number_key<&engine::Limits::ratio_from_bytes>("limits", "ratio_from_size"),
    number_key<&engine::Limits::entries>("limits", "members"),
    number_key<&engine::Limits::entities>("limits", "entities"),
    number_key<&engine::Limits::depth>("limits", "depth"),
    number_key<&engine::Limits::dictionary_bytes>("limits", "dictionary_size"),
    {"limits", "time", [](const TomlValue& v, Policy& p) { p.limits.time = v.duration(); },
     [](const Policy& p) { return "\"" + std::to_string(p.limits.time.count()) + "ms\""; }},
    {"limits", "rule_time", [](const TomlValue& v, Policy& p) { p.limits.rule_time = v.duration(); },
     [](const Policy& p) { return "\"" + std::to_string(p.limits.rule_time.count()) + "ms\""; }},
};

}  // namespace

Policy parse_policy(const std::string& text, const std::string& name) {
    Policy policy = engine::default_policy();
    TomlFile file(text, name);
    for (const Key& key : keys) {
        if (const auto value = file.take(key.table, key.name)) key.read(*value, policy);
    }
    file.refuse_the_rest();
    return policy;
}

Policy load_policy(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) {
        throw UsageError(path + ": the policy file cannot be read; name a TOML file after --policy");
    }
    return parse_policy(text.str(), path);
}

std::string dump_policy(const Policy& policy) {
    std::string text;
    std::string_view table;
    for (const Key& key : keys) {
        if (key.table != table) text += (table.empty() ? "[" : "\n[") + std::string(key.table) + "]\n";
        table = key.table;
        text += std::string(key.name) + " = " + key.write(policy) + "\n";
    }
    return text;
}

}  // namespace postern::app
