// SPDX-License-Identifier: Apache-2.0
// Sizes are drawn from a table of ranges whose shape is a relay's: then one factor over those with
// attachments (or, when that is not enough, over all) makes the sum right. Sizes held at a bound
// leave the rest to the others, so the factor is found by bisection.
#include "corpora/generate/plan.h"

#include <algorithm>
#include <array>
#include <span>

namespace postern::corpora {
namespace {

constexpr std::uint64_t least_small = 1'500;
constexpr std::uint64_t least_large = 8'000;
constexpr std::uint64_t most_small = 400'000;

struct SizeRange {
    unsigned weight;  // of 100
    std::uint64_t low;
    std::uint64_t high;
};

// Text: half below 7 KB, a mean of some 10 KB.
constexpr std::array<SizeRange, 5> small_sizes = {{{20, 1'800, 3'500},
                                                   {35, 3'500, 8'000},
                                                   {30, 8'000, 16'000},
                                                   {13, 16'000, 30'000},
                                                   {2, 30'000, 70'000}}};
// With attachments: half below 250 KB, a mean of some 500 KB, a tail.
constexpr std::array<SizeRange, 6> large_sizes = {{{15, 15'000, 60'000},
                                                   {40, 60'000, 250'000},
                                                   {30, 250'000, 700'000},
                                                   {12, 700'000, 2'000'000},
                                                   {2, 2'000'000, 6'000'000},
                                                   {1, 6'000'000, 12'000'000}}};

std::uint64_t draw_size(Random& random, std::span<const SizeRange> ranges) {
    std::uint64_t at = random.below(100);
    for (const SizeRange& range : ranges) {
        if (at < range.weight) return random.between(range.low, range.high);
        at -= range.weight;
    }
    return ranges.back().high;
}

Plant draw_plant(Random& random, const GeneratorOptions& options,
                 std::array<std::size_t, 4>& counts) {
    Plant plant;
    const bool eicar = random.chance(options.eicar_share);
    const bool executable =
        random.chance(options.executable_share / std::max(1e-9, 1 - options.eicar_share));
    const bool zipped = random.chance(options.zipped_share);
    if (eicar) {
        plant.sort = Plant::Sort::eicar;
    } else if (executable) {
        plant.sort = zipped ? Plant::Sort::zipped_executable : Plant::Sort::executable;
    }
    plant.n = counts[static_cast<std::size_t>(plant.sort)]++;
    return plant;
}

std::uint64_t scaled(const MessagePlan& plan, double factor, std::uint64_t largest) {
    const std::uint64_t least = plan.has_attachments ? least_large : least_small;
    const std::uint64_t most = plan.has_attachments ? largest : std::min(largest, most_small);
    const double size = std::min(static_cast<double>(plan.size) * factor, 1e15);
    return std::clamp(static_cast<std::uint64_t>(size), std::min(least, most), most);
}

struct Factors {
    double small = 1;
    double large = 1;
};

std::uint64_t total(const std::vector<MessagePlan>& plans, const Factors& factors,
                    std::uint64_t largest) {
    std::uint64_t sum = 0;
    for (const MessagePlan& plan : plans) {
        sum += scaled(plan, plan.has_attachments ? factors.large : factors.small, largest);
    }
    return sum;
}

// Turns one factor until the total fits; when its bounds stop it, the caller turns the other.
void fit(const std::vector<MessagePlan>& plans, const GeneratorOptions& options, Factors& factors,
         double& turned) {
    double low = 1e-6;
    double high = 1e6;
    for (int round = 0; round < 80; ++round) {
        turned = low + (high - low) / (round < 40 ? 16 : 2);
        (total(plans, factors, options.largest) > options.bytes ? high : low) = turned;
    }
}

// A corpus of a gigabyte or more has a message next to the limit for each of them.
void place_giants(Random& random, const GeneratorOptions& options,
                  std::vector<MessagePlan>& plans) {
    for (std::uint64_t n = options.bytes / 1'000'000'000; n > 0 && !plans.empty(); --n) {
        MessagePlan& plan = plans[random.below(plans.size())];
        plan.has_attachments = true;
        plan.size = options.largest;
    }
}

}  // namespace

std::vector<MessagePlan> make_plan(const GeneratorOptions& options) {
    Random random(options.seed, 0);
    std::vector<MessagePlan> plans(options.messages);
    std::array<std::size_t, 4> counts{};
    for (MessagePlan& plan : plans) {
        plan.has_attachments = random.chance(options.attachment_share);
        plan.size =
            plan.has_attachments ? draw_size(random, large_sizes) : draw_size(random, small_sizes);
        plan.plant = draw_plant(random, options, counts);
    }
    place_giants(random, options, plans);
    Factors factors;
    fit(plans, options, factors, factors.large);
    const std::uint64_t off = options.bytes / 1000;
    const std::uint64_t sum = total(plans, factors, options.largest);
    if (sum > options.bytes + off || sum + off < options.bytes)
        fit(plans, options, factors, factors.small);
    for (MessagePlan& plan : plans) {
        plan.size =
            scaled(plan, plan.has_attachments ? factors.large : factors.small, options.largest);
    }
    return plans;
}

}  // namespace postern::corpora
