// SPDX-License-Identifier: Apache-2.0
#include "signatures/store/store_state.h"

#include <gtest/gtest.h>

namespace postern::signatures::tests {
namespace {

const std::string a(64, 'a');
const std::string b = std::string(63, '0') + "1";
const std::string head = "postern-store 1\n";

TEST(StoreStates, WhatIsWrittenIsRead) {
    StoreState state;
    EXPECT_EQ(parse_store_state(to_text(state)), state);
    state.active = {{a, "2026-11-23T09:40:00Z", "ann"}, {b, "2026-11-22T00:00:00Z", "bob"}, {a, "x", "y"}};
    EXPECT_EQ(parse_store_state(to_text(state)), state);
    state.shadow = Activation{b, "2026-11-23T09:41:00Z", "ann"};
    EXPECT_EQ(parse_store_state(to_text(state)), state);
    EXPECT_EQ(to_text(state), head + "current " + a + " 2026-11-23T09:40:00Z ann\nbefore " + b +
                                  " 2026-11-22T00:00:00Z bob\nbefore " + a + " x y\nshadow " + b +
                                  " 2026-11-23T09:41:00Z ann\n");
    EXPECT_TRUE(state.names(a) && state.names(b));
    EXPECT_FALSE(state.names(std::string(64, 'c')));
}

// Half of a text is never taken for all of it.
TEST(StoreStates, ATextCutAnywhereIsNoneOrEndsAtALine) {
    const std::string whole = head + "current " + a + " t w\nbefore " + b + " t w\nshadow " + b + " t w\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(parse_store_state(whole.substr(0, size)).has_value(), size != 0 && whole[size - 1] == '\n') << size;
    }
}

TEST(StoreStates, WhatIsNoStateIsNone) {
    const std::string row = a + " t w\n";
    for (const std::string& text : {std::string(), std::string("postern-store 2\n"), std::string("\n"), head + "\n",
                                    head + "before " + row, head + "current " + row + "current " + row,
                                    head + "shadow " + row + "shadow " + row, head + "other " + row,
                                    head + "current " + a.substr(1) + " t w\n", head + "current " + a + "a t w\n",
                                    head + "current " + std::string(64, 'A') + " t w\n", head + "current " + a + "\n",
                                    head + "current " + a + " t\n", head + "current " + a + " t \n",
                                    head + "current " + a + "  w\n", head + "current " + a + " t w w\n",
                                    head + "current " + a + " t \x1b[2J\n", head + "current " + a + " t w\r\n",
                                    head + "current ../../" + a.substr(6) + " t w\n"}) {
        EXPECT_FALSE(parse_store_state(text)) << text;
    }
}

TEST(StoreStates, AGenerationIsSixtyFourSmallHexDigits) {
    EXPECT_TRUE(is_generation(b));
    for (const std::string& text : {std::string(), a.substr(1), a + "a", "g" + a.substr(1), "A" + a.substr(1)}) {
        EXPECT_FALSE(is_generation(text)) << text;
    }
}

}  // namespace
}  // namespace postern::signatures::tests
