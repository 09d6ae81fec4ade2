// SPDX-License-Identifier: Apache-2.0
// A text that is not whole to the last line end is no state: half of one must not be taken for all of it.
#include "signatures/store/store_state.h"

#include <algorithm>

namespace postern::signatures {

namespace {

constexpr std::string_view heading = "postern-store 1";

std::string line_of(std::string_view what, const Activation& one) {
    return std::string(what) + ' ' + one.generation + ' ' + one.when + ' ' + one.who + '\n';
}

// The text up to the separator, which is taken away with it.
std::string_view take_until(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

// Words are shown as they are, so nothing that a terminal obeys may stand in them.
bool is_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

bool add_line(std::string_view line, StoreState& state) {
    const std::string_view what = take_until(line, ' ');
    Activation one;
    one.generation = take_until(line, ' ');
    one.when = take_until(line, ' ');
    one.who = line;
    if (!is_generation(one.generation) || !is_word(one.when) || !is_word(one.who)) return false;
    if (what == "shadow" && !state.shadow) {
        state.shadow = std::move(one);
        return true;
    }
    if (what != (state.active.empty() ? "current" : "before")) return false;
    state.active.push_back(std::move(one));
    return true;
}

}  // namespace

bool StoreState::names(std::string_view generation) const {
    const auto is = [&](const Activation& one) { return one.generation == generation; };
    return std::any_of(active.begin(), active.end(), is) || (shadow && is(*shadow));
}

std::string to_text(const StoreState& state) {
    std::string text = std::string(heading) + '\n';
    for (const Activation& one : state.active) {
        text += line_of(&one == state.current() ? "current" : "before", one);
    }
    if (state.shadow) text += line_of("shadow", *state.shadow);
    return text;
}

std::optional<StoreState> parse_store_state(std::string_view text) {
    if (!text.ends_with('\n') || take_until(text, '\n') != heading) return std::nullopt;
    StoreState state;
    while (!text.empty()) {
        if (!add_line(take_until(text, '\n'), state)) return std::nullopt;
    }
    return state;
}

bool is_generation(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

}  // namespace postern::signatures
