// SPDX-License-Identifier: Apache-2.0
// StoreState: which generation is in force, which ones were before it, which one is only listened to.
//
// One small text, so that one rename changes all of it:
//
//   postern-store 1
//   current GENERATION TIME WHO
//   before GENERATION TIME WHO      the one before, then the one before that, ...
//   shadow GENERATION TIME WHO      at most one
//
// GENERATION: 64 hex digits. TIME: UTC, 2026-11-23T09:40:00Z, when it was made current (or shadow).
// WHO: the user who did it, without blanks.
//
// A value; no threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::signatures {

struct Activation {
    std::string generation;
    std::string when;
    std::string who;

    bool operator==(const Activation&) const = default;
};

struct StoreState {
    std::vector<Activation> active;  // the current one, then those before it
    std::optional<Activation> shadow;

    const Activation* current() const { return active.empty() ? nullptr : &active.front(); }
    bool names(std::string_view generation) const;
    bool operator==(const StoreState&) const = default;
};

std::string to_text(const StoreState& state);
// Nothing: no such text.
std::optional<StoreState> parse_store_state(std::string_view text);

// 64 lower-case hex digits: what may stand in the name of a file.
bool is_generation(std::string_view text);

}  // namespace postern::signatures
