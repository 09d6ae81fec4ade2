// SPDX-License-Identifier: Apache-2.0
#include "app/toml_reader.h"

#include "app/errors.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <toml++/toml.h>

namespace postern::app {

struct TomlValue::Node {
    const toml::node* node;
    std::string file;
    std::string key;
};

struct TomlFile::State {
    toml::table root;
    std::string name;
    std::map<std::string, std::set<std::string>> known;
};

namespace {

std::string place_of(const std::string& file, const toml::source_region& source) {
    return file + ":" + std::to_string(source.begin.line) + ":" + std::to_string(source.begin.column);
}

// The number in front of a suffix; nothing when there is none or it is too large.
std::optional<std::uint64_t> leading_number(std::string_view& text) {
    std::uint64_t number = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        if (number > std::numeric_limits<std::uint64_t>::max() / 100) return std::nullopt;
        number = number * 10 + static_cast<std::uint64_t>(text[digits] - '0');
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    return number;
}

std::optional<std::uint64_t> scaled(std::string_view text,
                                    std::initializer_list<std::pair<std::string_view, std::uint64_t>> units) {
    const auto number = leading_number(text);
    if (!number) return std::nullopt;
    for (const auto& [suffix, factor] : units) {
        if (text != suffix) continue;
        if (*number > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
        return *number * factor;
    }
    return std::nullopt;
}

}  // namespace

std::string TomlValue::place() const { return place_of(node_->file, node_->node->source()); }

void TomlValue::fail(const std::string& what) const {
    throw UsageError(place() + ": `" + node_->key + "` " + what);
}

std::string TomlValue::text() const {
    if (const auto text = node_->node->value_exact<std::string>()) return *text;
    fail("must be a string in quotes");
}

std::uint64_t TomlValue::size() const {
    const std::string wanted = "must be a number above 0, or a string such as \"100M\" (K, M, G, T)";
    if (const auto number = node_->node->value_exact<std::int64_t>()) {
        if (*number <= 0) fail(wanted);
        return static_cast<std::uint64_t>(*number);
    }
    const auto text = node_->node->value_exact<std::string>();
    const auto number = text ? scaled(*text, {{"", 1},
                                              {"K", 1ull << 10},
                                              {"M", 1ull << 20},
                                              {"G", 1ull << 30},
                                              {"T", 1ull << 40}})
                             : std::nullopt;
    if (!number || *number == 0) fail(wanted);
    return *number;
}

std::uint64_t TomlValue::size_or_zero() const {
    const auto number = node_->node->value_exact<std::int64_t>();
    return number && *number == 0 ? 0 : size();
}

bool TomlValue::boolean() const {
    if (const auto value = node_->node->value_exact<bool>()) return *value;
    fail("must be true or false");
}

std::chrono::milliseconds TomlValue::duration() const {
    if (const auto seconds = node_->node->value_exact<std::int64_t>()) {
        if (*seconds > 0 && *seconds < 1'000'000'000) return std::chrono::seconds(*seconds);
    }
    const auto text = node_->node->value_exact<std::string>();
    const auto number = text ? scaled(*text, {{"ms", 1},
                                              {"s", 1000},
                                              {"m", 60'000},
                                              {"h", 3'600'000},
                                              {"d", 86'400'000}})
                             : std::nullopt;
    if (!number || *number == 0) fail("must be a time such as \"500ms\", \"8s\" or \"5m\", or a number of seconds");
    return std::chrono::milliseconds(*number);
}

engine::Action TomlValue::action() const {
    engine::Action action{};
    if (const auto text = node_->node->value_exact<std::string>()) {
        if (engine::action_named(*text, action)) return action;
    }
    fail("must be \"accept\", \"hold\", \"defer\" or \"reject\"");
}

bool TomlValue::allowed() const {
    const auto text = node_->node->value_exact<std::string>();
    if (text && *text == "allow") return true;
    if (text && *text == "deny") return false;
    fail("must be \"allow\" or \"deny\"");
}

std::vector<TomlValue> TomlValue::list() const {
    const toml::array* array = node_->node->as_array();
    if (array == nullptr) fail("must be a list, such as [\"one\", \"two\"]");
    std::vector<TomlValue> items;
    for (const toml::node& node : *array) {
        std::string key = node_->key;
        if (const auto text = node.value_exact<std::string>()) key = *text;
        items.emplace_back(std::make_shared<const Node>(Node{&node, node_->file, std::move(key)}));
    }
    return items;
}

TomlFile::TomlFile(const std::string& text, std::string name) : state_(std::make_unique<State>()) {
    state_->name = std::move(name);
    try {
        state_->root = toml::parse(std::string_view(text), state_->name);
    } catch (const toml::parse_error& error) {
        throw UsageError(place_of(state_->name, error.source()) + ": this is not TOML: " +
                         std::string(error.description()));
    }
}

TomlFile::~TomlFile() = default;

std::optional<TomlValue> TomlFile::take(std::string_view table, std::string_view name) {
    state_->known[std::string(table)].insert(std::string(name));
    const toml::node_view<const toml::node> found = std::as_const(state_->root)[table][name];
    if (!found) return std::nullopt;
    return TomlValue(std::make_shared<const TomlValue::Node>(
        TomlValue::Node{found.node(), state_->name, std::string(name)}));
}

std::size_t TomlFile::count(std::string_view array) {
    state_->known[std::string(array)];
    const toml::node* node = state_->root.get(array);
    if (node == nullptr) return 0;
    const toml::array* tables = node->as_array();
    if (tables == nullptr || !tables->is_array_of_tables()) {
        throw UsageError(place_of(state_->name, node->source()) + ": `" + std::string(array) + "` must be written [[" +
                         std::string(array) + "]], once for each");
    }
    return tables->size();
}

std::optional<TomlValue> TomlFile::take(std::string_view array, std::size_t index, std::string_view name) {
    state_->known[std::string(array)].insert(std::string(name));
    const toml::node_view<const toml::node> found = std::as_const(state_->root)[array][index][name];
    if (!found) return std::nullopt;
    return TomlValue(std::make_shared<const TomlValue::Node>(TomlValue::Node{found.node(), state_->name, std::string(name)}));
}

namespace {

// Levenshtein's: how many letters are to be changed, put in or left out.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    return row.back();
}

// "; did you mean `key`?", or nothing where none is like it.
std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    const auto best = std::min_element(known.begin(), known.end(), [&](const std::string& a, const std::string& b) {
        return distance(word, a) < distance(word, b);
    });
    if (best == known.end() || distance(word, *best) > std::max<std::size_t>(2, word.size() / 3)) return {};
    return "did you mean `" + *best + "`? ";
}

std::string listed(const std::vector<std::string>& names, std::string_view open, std::string_view close) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + std::string(open) + name + std::string(close);
    return text;
}

void refuse_unknown(const toml::table& table, const std::string& file, const std::string& name, const std::set<std::string>& known) {
    const std::vector<std::string> names(known.begin(), known.end());
    for (const auto& [key, value] : table) {
        if (known.contains(std::string(key.str()))) continue;
        throw UsageError(place_of(file, value.source()) + ": `" + std::string(key.str()) + "` is not known in [" + name + "]; " +
                         nearest(key.str(), names) + "it knows " + listed(names, "", ""));
    }
}

}  // namespace

void TomlFile::refuse_the_rest() const {
    std::vector<std::string> tables;
    for (const auto& [name, keys] : state_->known) tables.push_back(name);
    for (const auto& [table_name, node] : state_->root) {
        const auto known = state_->known.find(std::string(table_name.str()));
        const std::string where = place_of(state_->name, node.source()) + ": `" + std::string(table_name.str()) + "` ";
        if (known == state_->known.end()) {
            throw UsageError(where + "is not known; " + nearest(table_name.str(), tables) + "the tables are " + listed(tables, "[", "]"));
        }
        if (const toml::array* array = node.as_array()) {
            for (const toml::node& item : *array) {
                if (item.is_table()) refuse_unknown(*item.as_table(), state_->name, known->first, known->second);
            }
            continue;
        }
        const toml::table* table = node.as_table();
        if (table == nullptr) throw UsageError(where + "must be a table: write [" + known->first + "]");
        refuse_unknown(*table, state_->name, known->first, known->second);
    }
}

}  // namespace postern::app
