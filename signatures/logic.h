// SPDX-License-Identifier: Apache-2.0
// Logic: the expression of a logical signature as flat rows, and whether it holds.
//
// An expression says which subsignatures must be found, and how often. A count may be asked of one
// subsignature, or of a whole block: then it is the sum over what matched inside, and so many
// different subsignatures may be asked for.
//
// Invariants
//  (1) Operands stand before what is made of them; the last node is the whole expression.
//  (2) Evaluation asks for a count only where it can still change the answer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace postern::signatures {

inline constexpr std::size_t most_subsignatures = 64;
inline constexpr std::size_t deepest_expression = 512;

enum class LogicOp : std::uint8_t { subsignature, both, either };
enum class Comparison : std::uint8_t { none, equal, less, more };

inline bool compares(Comparison comparison, std::uint64_t value, std::uint64_t with) {
    return comparison == Comparison::equal  ? value == with
           : comparison == Comparison::less ? value < with
           : comparison == Comparison::more ? value > with
                                            : value != 0;
}

struct LogicNode {
    LogicOp op = LogicOp::subsignature;
    Comparison comparison = Comparison::none;
    std::uint8_t subsignature = 0;
    std::uint8_t different = 0;  // of a block: so many different subsignatures at least
    std::uint32_t count = 0;     // what it is compared with
    std::uint16_t left = 0;      // nodes of the same expression
    std::uint16_t right = 0;
};

using Expression = std::vector<LogicNode>;

// Who knows how often each subsignature stands in the content.
class SubsignatureCounts {
public:
    // Need not tell more than has been asked for by enough_counts().
    virtual std::uint32_t count(std::uint8_t subsignature) = 0;

protected:
    ~SubsignatureCounts() = default;
};

bool holds(std::span<const LogicNode> expression, SubsignatureCounts& counts);

// How far each subsignature must be counted so that nothing in the expression changes any more: one
// more than the largest number that it, or a block around it, is compared with.
using EnoughCounts = std::array<std::uint32_t, most_subsignatures>;
void widen_to_enough(std::span<const LogicNode> expression, EnoughCounts& enough);

// The highest subsignature that is named.
std::uint8_t highest_named(std::span<const LogicNode> expression);

}  // namespace postern::signatures
