// SPDX-License-Identifier: Apache-2.0
// Reading TOML by key, with errors that say file:line:column and what to write instead.
#pragma once

#include "engine/policy.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::app {

// One value of a file. REQUIRES: the TomlFile it came from lives.
class TomlValue {
public:
    struct Node;
    explicit TomlValue(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

    // Each throws UsageError when the value is of another kind.
    std::string text() const;
    std::uint64_t size() const;                  // 1000, or "100M": K, M, G, T are powers of 1024
    std::chrono::milliseconds duration() const;  // 90 (seconds), "500ms", "8s", "5m", "1h", "2d"
    bool boolean() const;
    std::uint64_t size_or_zero() const;          // like size(), or 0
    engine::Action action() const;               // "accept", "hold", "defer", "reject"
    bool allowed() const;                        // "allow" or "deny"
    std::vector<TomlValue> list() const;

    std::string place() const;                   // "FILE:LINE:COLUMN"

    // Throws UsageError: "FILE:LINE:COLUMN: KEY ... WHAT".
    [[noreturn]] void fail(const std::string& what) const;

private:
    std::shared_ptr<const Node> node_;
};

class TomlFile {
public:
    // Throws UsageError when the text is no TOML.
    TomlFile(const std::string& text, std::string name);
    ~TomlFile();

    // The value of [table] name, which then counts as known.
    std::optional<TomlValue> take(std::string_view table, std::string_view name);
    // How many [[array]] there are, and the value of one of them, likewise.
    std::size_t count(std::string_view array);
    std::optional<TomlValue> take(std::string_view array, std::size_t index, std::string_view name);
    // Throws UsageError for the first key that nobody took, with the known key that is most like it.
    void refuse_the_rest() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::app
