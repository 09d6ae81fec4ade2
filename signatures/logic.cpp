// SPDX-License-Identifier: Apache-2.0
// A walk from the last node down. The depth is bounded by the reader (deepest_expression).
#include "signatures/logic.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace postern::signatures {

namespace {

// What a node hands to the block around it; nothing where it does not hold.
struct Outcome {
    bool holds = false;
    std::uint64_t count = 0;
    std::uint64_t named = 0;  // a bit for each subsignature that was found
};

enum class Wish : std::uint8_t { truth, count };

class Evaluation {
public:
    Evaluation(std::span<const LogicNode> nodes, SubsignatureCounts& counts)
        : nodes_(nodes), counts_(counts) {}

    Outcome of(std::size_t number, Wish wish) {
        const LogicNode& node = nodes_[number];
        if (node.op == LogicOp::subsignature) return of_subsignature(node);
        if (node.comparison == Comparison::none) return of_operands(node, wish);
        return compared(node, of_operands(node, Wish::count));
    }

private:
    Outcome of_subsignature(const LogicNode& node) {
        const std::uint32_t count = counts_.count(node.subsignature);
        if (!compares(node.comparison, count, node.count)) return {};
        return {true, count, std::uint64_t{1} << node.subsignature};
    }

    Outcome of_operands(const LogicNode& node, Wish wish) {
        const Outcome left = of(node.left, wish);
        if (node.op == LogicOp::both && !left.holds) return {};
        if (node.op == LogicOp::either && left.holds && wish == Wish::truth) return left;
        const Outcome right = of(node.right, wish);
        if (!right.holds && (node.op == LogicOp::both || !left.holds)) return {};
        return {true, left.count + right.count, left.named | right.named};
    }

    // A block that does not hold counts as none, which "=0" and "<n" ask for. What a compared block
    // found is no longer told apart outside.
    static Outcome compared(const LogicNode& node, const Outcome& block) {
        if (!compares(node.comparison, block.count, node.count)) return {};
        if (std::popcount(block.named) < node.different) return {};
        return {true, block.count, 0};
    }

    std::span<const LogicNode> nodes_;
    SubsignatureCounts& counts_;
};

// One more than `count`, which may be any number.
std::uint32_t beyond(std::uint32_t count) {
    return count == std::numeric_limits<std::uint32_t>::max() ? count : count + 1;
}

void widen(std::span<const LogicNode> nodes, std::size_t number, std::uint32_t around,
           EnoughCounts& enough) {
    const LogicNode& node = nodes[number];
    const std::uint32_t own = node.comparison == Comparison::none ? 1 : beyond(node.count);
    const std::uint32_t most = std::max(around, own);
    if (node.op == LogicOp::subsignature) {
        enough[node.subsignature] = std::max(enough[node.subsignature], most);
        return;
    }
    widen(nodes, node.left, most, enough);
    widen(nodes, node.right, most, enough);
}

}  // namespace

bool holds(std::span<const LogicNode> expression, SubsignatureCounts& counts) {
    return Evaluation(expression, counts).of(expression.size() - 1, Wish::truth).holds;
}

void widen_to_enough(std::span<const LogicNode> expression, EnoughCounts& enough) {
    widen(expression, expression.size() - 1, 1, enough);
}

std::uint8_t highest_named(std::span<const LogicNode> expression) {
    std::uint8_t highest = 0;
    for (const LogicNode& node : expression) {
        if (node.op == LogicOp::subsignature) highest = std::max(highest, node.subsignature);
    }
    return highest;
}

}  // namespace postern::signatures
