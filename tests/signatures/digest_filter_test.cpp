// SPDX-License-Identifier: Apache-2.0
// The filter before large tables: it holds all that was added, and hardly anything else.
#include "signatures/digest_filter.h"
#include "signatures/digest_table.h"
#include "support.h"

namespace postern::signatures::tests {
namespace {

using Digest = std::array<std::uint8_t, 16>;

Digest digest_from(Random& random) {
    Digest digest{};
    for (std::uint8_t& octet : digest) octet = static_cast<std::uint8_t>(random.below(256));
    return digest;
}

TEST(DigestFilter, HoldsWhatWasAddedAndFewOthers) {
    for (const std::size_t size : {std::size_t{4096}, std::size_t{5000}, std::size_t{100000}}) {
        Random random(static_cast<std::uint32_t>(size));
        std::vector<Digest> added(size);
        DigestFilter filter;
        filter.expect(size);
        for (Digest& one : added) {
            one = digest_from(random);
            filter.add(one.data());
        }
        for (const Digest& one : added) ASSERT_TRUE(filter.may_hold(one.data()));
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < size; ++i) wrong += filter.may_hold(digest_from(random).data()) ? 1 : 0;
        EXPECT_LT(wrong, size / 20) << size;
        EXPECT_GT(wrong, 0u) << "else it takes more memory than it needs";
    }
}

TEST(DigestFilter, OfFewDigestsMayHoldAny) {
    Random random(1);
    DigestFilter filter;
    filter.expect(10);
    filter.add(digest_from(random).data());
    EXPECT_TRUE(filter.may_hold(digest_from(random).data()));
}

// Against looking at every row, with sizes and a digest twice among them.
TEST(DigestTable, OfManyRowsFindsThemAll) {
    Random random(7);
    NameArena names;
    const std::uint32_t name = names.add("A");
    DigestTable<16> table;
    std::vector<DigestRow<16>> rows;
    for (std::uint32_t i = 0; i < 20000; ++i) {
        rows.push_back({i % 10 == 9 ? rows.back().digest : digest_from(random), i % 7 + 1, name});
    }
    for (const auto& row : rows) table.add(row);
    table.seal(names, nullptr);
    for (const auto& row : rows) {
        const auto* found = table.find(row.digest, row.size);
        ASSERT_TRUE(found != nullptr && found->digest == row.digest && found->size == row.size);
        EXPECT_EQ(table.find(row.digest, 8), nullptr);
    }
    for (int i = 0; i < 20000; ++i) EXPECT_EQ(table.find(digest_from(random), 1), nullptr);
}

}  // namespace
}  // namespace postern::signatures::tests
