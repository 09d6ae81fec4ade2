// SPDX-License-Identifier: Apache-2.0
// The cost of a node is how many hits are to be expected from it in an octet: places of different
// legs add up, of operands that must all be there the smallest counts.
#include "signatures/cover.h"

#include "signatures/start_range.h"

#include <algorithm>
#include <cmath>

namespace postern::signatures {

namespace {

// Looking in one place costs something for every content, and hits mean little.
constexpr double placed_bits = 20;
// A short anchor is looked for in a database of its own, which costs a pass.
constexpr double short_cost = 10;
// A signature for few contents is rather tried on each of them than looked for everywhere.
constexpr double worth_a_pass = 12;

constexpr double regex_cost = 1000;
constexpr double body_cost = 100;

struct Choice {
    double places = 0;
    std::vector<std::uint8_t> subsignatures;
};
using MaybeChoice = std::optional<Choice>;

// True where a node that holds has found something.
bool is_positive(const LogicNode& node) {
    return node.comparison == Comparison::none || node.comparison == Comparison::more ||
           (node.comparison == Comparison::equal && node.count != 0);
}

bool is_for_few(const TargetDescription& description) {
    return description.container.has_value() || !description.intermediates.empty();
}

class CoverChoice {
public:
    CoverChoice(LogicalSignature& signature, const AnchorChooser& anchors, AnchorWish wish)
        : signature_(signature), anchors_(anchors), wish_(wish) {
        legs_.resize(signature.subsignatures.size());
        for (std::size_t i = 0; i < legs_.size(); ++i) look_at(i);
    }

    std::vector<Leg> take() {
        const MaybeChoice best = of(signature_.expression);
        std::vector<Leg> cover;
        if (!best) return cover;
        if (is_for_few(signature_.description) && -std::log2(best->places) < worth_a_pass) {
            return cover;
        }
        for (const std::uint8_t one : best->subsignatures) {
            for (Leg& leg : legs_[one].legs) cover.push_back(std::move(leg));
            legs_[one].legs.clear();
        }
        return cover;
    }

    void put_cheap_first() {
        put_cheap_first(signature_.expression);
        for (Subsignature& one : signature_.subsignatures) {
            if (!one.trigger.empty()) put_cheap_first(one.trigger);
        }
    }

private:
    struct Legs {
        std::vector<Leg> legs;
        std::optional<double> places;
        double cost = body_cost;  // of counting it
    };

    void look_at(std::size_t i) {
        const Subsignature& one = signature_.subsignatures[i];
        Legs& legs = legs_[i];
        if (one.is_regex()) legs.cost = regex_cost;
        if (!one.is_body()) return;
        double places = 0;
        for (std::size_t b = 0; b < one.bodies.size(); ++b) {
            Leg leg{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(b),
                    anchors_.best(one.bodies[b], wish_)};
            const std::size_t length = length_of(leg.anchor);
            if (length < anchor_length && is_one_place(one.offset)) leg.anchor = std::nullopt;
            else if (length == 0) return;
            places += std::exp2(-bits_of(leg));
            legs.legs.push_back(std::move(leg));
        }
        legs.places = places;
        legs.cost = is_one_place(one.offset) ? 1 : body_cost + std::log2(places);
    }

    static std::size_t length_of(const std::optional<Anchor>& anchor) {
        return anchor ? anchor->literals.front().size() : 0;
    }

    static double bits_of(const Leg& leg) {
        if (!leg.anchor) return placed_bits;
        return leg.anchor->bits - (length_of(leg.anchor) < short_anchor ? short_cost : 0);
    }

    MaybeChoice of(const Expression& expression) const {
        std::vector<MaybeChoice> choices;
        for (const LogicNode& node : expression) choices.push_back(of(node, choices));
        return std::move(choices.back());
    }

    MaybeChoice of(const LogicNode& node, const std::vector<MaybeChoice>& choices) const {
        if (!is_positive(node)) return std::nullopt;
        if (node.op == LogicOp::subsignature) return of(node.subsignature);
        const MaybeChoice& left = choices[node.left];
        const MaybeChoice& right = choices[node.right];
        if (node.op == LogicOp::both) {
            if (!left || !right) return left ? left : right;
            return right->places < left->places ? right : left;
        }
        if (!left || !right) return std::nullopt;
        Choice both = *left;
        for (const std::uint8_t one : right->subsignatures) {
            const auto end = both.subsignatures.end();
            if (std::find(both.subsignatures.begin(), end, one) != end) continue;
            both.subsignatures.push_back(one);
        }
        both.places += right->places;
        return both;
    }

    MaybeChoice of(std::uint8_t number) const {
        const Subsignature& one = signature_.subsignatures[number];
        if (one.is_regex()) return of(one.trigger);
        if (!one.is_body()) return of(one.compare.beside);
        if (!legs_[number].places) return std::nullopt;
        return Choice{*legs_[number].places, {number}};
    }

    void put_cheap_first(Expression& expression) const {
        std::vector<double> cost(expression.size());
        for (std::size_t i = 0; i < expression.size(); ++i) {
            LogicNode& node = expression[i];
            if (node.op == LogicOp::subsignature) {
                cost[i] = legs_[node.subsignature].cost;
                continue;
            }
            if (cost[node.right] < cost[node.left]) std::swap(node.left, node.right);
            // The second operand is often not asked for.
            cost[i] = cost[node.left] + cost[node.right] / 2;
        }
    }

    LogicalSignature& signature_;
    const AnchorChooser& anchors_;
    AnchorWish wish_;
    std::vector<Legs> legs_;
};

}  // namespace

std::vector<Leg> choose_cover(LogicalSignature& signature, AnchorChooser& anchors,
                              AnchorWish wish) {
    CoverChoice choice(signature, anchors, wish);
    choice.put_cheap_first();
    std::vector<Leg> cover = choice.take();
    for (const Leg& leg : cover) {
        if (leg.anchor) anchors.use(*leg.anchor);
    }
    return cover;
}

}  // namespace postern::signatures
