// SPDX-License-Identifier: Apache-2.0
// Any text as the state of a store: what is one says the same when it is written and read again, and nothing
// in it could leave the folder or speak to a terminal.
#include "signatures/store/store_state.h"

#include <algorithm>
#include <cstdlib>

using namespace postern::signatures;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto state = parse_store_state({reinterpret_cast<const char*>(data), size});
    if (!state) return 0;
    const std::string text = to_text(*state);
    if (parse_store_state(text) != state) std::abort();
    const auto is_visible = [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); };
    if (!std::all_of(text.begin(), text.end(), is_visible)) std::abort();
    if (state->current() != nullptr && !state->names(state->current()->generation)) std::abort();
    return 0;
}
