// SPDX-License-Identifier: Apache-2.0
#include "relay/queue_id.h"

#include <gtest/gtest.h>

namespace postern::relay {
namespace {

TEST(QueueId, TextIsReadBack) {
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{1}, std::int64_t{1764312000000000},
                                     std::int64_t{25408476896404830}, std::int64_t{500000000000000000}}) {
        EXPECT_EQ(QueueId::parse(QueueId{value}.text()), QueueId{value}) << value;
    }
}

TEST(QueueId, SortsAsTextToo) {
    EXPECT_LT(QueueId{1764312000000000}.text(), QueueId{1764312000000001}.text());
}

TEST(QueueId, SmallLettersAreRead) {
    EXPECT_EQ(QueueId::parse("0000000000b"), QueueId::parse("0000000000B"));
}

TEST(QueueId, WhatTextNeverGivesIsRefused) {
    for (const char* text : {"", "0", "../../etc/pw", "AAAAAAAAAAA", "0000000000 ", "000000000000",
                             "0000000000000000000000"}) {
        EXPECT_FALSE(QueueId::parse(text)) << text;
    }
}

}  // namespace
}  // namespace postern::relay
