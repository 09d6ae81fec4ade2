// SPDX-License-Identifier: Apache-2.0
// First every body becomes a program and gets its anchor; then equal anchors of a target become one
// bucket; then each target's literals become databases, on as many threads as there are.
#include "signatures/lanes.h"

#include "signatures/anchor.h"
#include "signatures/base64_text.h"
#include "signatures/start_range.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

namespace postern::signatures {

namespace {

enum class Group : std::uint8_t { after, before, plain };

// A border of encoded text is searched for everything so far inward. A part whose reach is longer
// is looked for in the encoded text itself.
constexpr std::size_t longest_border = 64;

// A watch before it has a bucket.
struct Waiting {
    Target target = Target::any;
    std::string literal;
    Group group = Group::plain;
    Watch watch;
    SampledText around;  // to be looked for in the midst of base64 text; empty: not there

    auto key() const { return std::tie(target, literal, group, watch.check); }
};

class LaneBuilder {
public:
    explicit LaneBuilder(SignatureSet::Tables& tables) : tables_(tables) {}

    // Also the place where a signature's lane is decided; see README.md, "The lanes".
    void add(BodySignature&& signature) {
        const clamav::Body body = joined(std::move(signature.body));
        const auto number = static_cast<std::uint32_t>(tables_.signatures.size());
        const SignatureRow row{tables_.names.add(signature.name()), tables_.programs.add(body),
                               signature.offset};
        tables_.signatures.push_back(row);
        const bool raw = signature.target == Target::any || signature.target == Target::mail;
        auto anchor = chooser_.choose(body, raw ? AnchorWish::outside_base64 : AnchorWish::rarest);
        TargetTables& target = tables_.targets[static_cast<std::size_t>(signature.target)];
        const bool poor = !anchor || anchor->literals[0].size() < anchor_length;
        if (poor && is_one_place(row.offset)) {
            target.placed.push_back(number);
        } else if (!anchor) {
            target.slow.push_back(number);
        } else {
            for (std::string& literal : anchor->literals) {
                wait(signature.target, std::move(literal), *anchor, body);
            }
        }
    }

    // Sorting brings equal anchors of a target together, and within them equal groups and checks.
    void fill_buckets() {
        std::stable_sort(waiting_.begin(), waiting_.end(),
                         [](const Waiting& a, const Waiting& b) { return a.key() < b.key(); });
        for (std::size_t i = 0; i < waiting_.size(); ++i) {
            const bool same = i > 0 && waiting_[i].target == waiting_[i - 1].target &&
                              waiting_[i].literal == waiting_[i - 1].literal;
            if (!same) begin_bucket(i);
            count(waiting_[i].group);
            if (!waiting_[i].around.text.empty()) add_encoded(waiting_[i]);
            tables_.watches.push_back(waiting_[i].watch);
        }
    }

    // Bucket i looks for literals()[i], in this target.
    const std::vector<const Waiting*>& firsts() const { return firsts_; }
    // What is looked for in the midst of base64 text as well, of a target.
    std::vector<SampledText>& encoded(std::size_t target) { return encoded_[target]; }

private:
    void wait(Target target, std::string literal, const Anchor& anchor, const clamav::Body& body) {
        const SignatureRow& row = tables_.signatures.back();
        Waiting waiting{target, std::move(literal), Group::plain, {}, {}};
        waiting.watch.signature = static_cast<std::uint32_t>(tables_.signatures.size() - 1);
        waiting.watch.part = row.body.first_part + static_cast<std::uint32_t>(anchor.part);
        if (anchor.delta) {
            waiting.watch.delta = *anchor.delta;
            choose_check(body.parts[anchor.part].elements, waiting);
        }
        if (target == Target::any || target == Target::mail) {
            const clamav::Sequence& elements = body.parts[anchor.part].elements;
            if (is_in_encoded(elements, waiting)) take_around(elements, waiting);
        }
        waiting_.push_back(std::move(waiting));
    }

    // The octets beside the anchor tell most false hits from true ones, and signatures of one
    // anchor apart.
    static void choose_check(const clamav::Sequence& elements, Waiting& waiting) {
        const std::size_t delta = waiting.watch.delta;
        const auto take = [&](std::size_t offset, Group group) {
            const std::string octets = clamav::fixed_octets(elements, offset, check_length);
            if (octets.empty()) return false;
            std::memcpy(&waiting.watch.check, octets.data(), check_length);
            waiting.group = group;
            return true;
        };
        if (take(delta + waiting.literal.size(), Group::after)) return;
        if (delta >= check_length) take(delta - check_length, Group::before);
    }

    // Also widens the border by what this part needs, where it is not in the database.
    bool is_in_encoded(const clamav::Sequence& elements, const Waiting& waiting) {
        if (!is_base64_text(waiting.literal)) return false;
        const std::uint32_t delta = waiting.watch.delta;
        const Window anchor = delta == no_delta ? Window{0, clamav::width_of(elements).max}
                                                : Window{delta, waiting.literal.size()};
        const std::size_t reach = reach_out_of_base64(elements, anchor);
        if (reach > longest_border) return true;
        tables_.encoded_border = std::max(tables_.encoded_border, reach);
        return false;
    }

    // Octets beside the anchor make a longer text, which can be found at less cost. What crosses
    // the border is found by its anchor.
    void take_around(const clamav::Sequence& elements, Waiting& waiting) {
        const std::size_t delta = waiting.watch.delta;
        const std::size_t anchor_end = delta + waiting.literal.size();
        std::size_t begin = delta;
        std::size_t end = anchor_end;
        waiting.around.text = waiting.literal;
        const auto take = [&](std::size_t from, std::size_t to) {
            std::string octets = clamav::fixed_octets(elements, from, to - from);
            if (waiting.watch.delta == no_delta || to - from > longest_sampled || octets.empty()) {
                return false;
            }
            waiting.around.text = std::move(octets);
            begin = from;
            end = to;
            return true;
        };
        while (take(begin, end + 1)) continue;
        while (begin > 0 && take(begin - 1, end)) continue;
        waiting.around.tail = static_cast<std::uint32_t>(end - anchor_end);
        tables_.encoded_border = std::max(tables_.encoded_border, waiting.around.text.size());
    }

    // The first watch stands for the bucket when its literal is compiled.
    void begin_bucket(std::size_t first) {
        Bucket bucket;
        bucket.first = static_cast<std::uint32_t>(first);
        bucket.length = static_cast<std::uint32_t>(waiting_[first].literal.size());
        tables_.buckets.push_back(bucket);
        firsts_.push_back(&waiting_[first]);
    }

    void add_encoded(Waiting& waiting) {
        waiting.around.literal = static_cast<std::uint32_t>(tables_.buckets.size() - 1);
        encoded_[static_cast<std::size_t>(waiting.target)].push_back(std::move(waiting.around));
    }

    void count(Group group) {
        Bucket& bucket = tables_.buckets.back();
        (group == Group::after    ? bucket.after
         : group == Group::before ? bucket.before
                                  : bucket.plain)++;
    }

    SignatureSet::Tables& tables_;
    AnchorChooser chooser_;
    std::vector<Waiting> waiting_;
    std::vector<const Waiting*> firsts_;
    std::array<std::vector<SampledText>, target_count> encoded_;
};

// One database to be.
struct Order {
    std::vector<std::string_view> literals;
    std::vector<std::uint32_t> ids;
    LiteralDatabase* out = nullptr;

    void add(std::string_view literal, std::uint32_t id) {
        literals.push_back(literal);
        ids.push_back(id);
    }
};

// Three databases a target: anchors, short ones, and those that encoded text can hold and that are
// not found by sampling.
std::vector<Order> orders_of(LaneBuilder& builder, SignatureSet::Tables& tables) {
    const std::vector<const Waiting*>& firsts = builder.firsts();
    std::vector<Order> orders(3 * target_count);
    for (std::size_t t = 0; t < target_count; ++t) {
        orders[3 * t].out = &tables.targets[t].anchors;
        orders[3 * t + 1].out = &tables.targets[t].short_anchors;
        orders[3 * t + 2].out = &tables.targets[t].encoded;
    }
    for (std::size_t i = 0; i < firsts.size(); ++i) {
        const Waiting& first = *firsts[i];
        const auto id = static_cast<std::uint32_t>(i);
        const std::size_t t = 3 * static_cast<std::size_t>(first.target);
        const bool is_short = first.literal.size() < short_anchor;
        orders[is_short ? t + 1 : t].add(first.literal, id);
        tables.statistics.short_anchors += is_short;
    }
    for (std::size_t t = 0; t < target_count; ++t) {
        tables.targets[t].sampled = SampledTexts::take_from(builder.encoded(t));
        std::set<std::uint32_t> left;
        for (const SampledText& text : builder.encoded(t)) left.insert(text.literal);
        for (const std::uint32_t id : left) orders[3 * t + 2].add(firsts[id]->literal, id);
    }
    std::erase_if(orders, [](const Order& order) { return order.literals.empty(); });
    // The longest work first, so that no thread is left alone with it.
    std::stable_sort(orders.begin(), orders.end(), [](const Order& a, const Order& b) {
        return a.literals.size() > b.literals.size();
    });
    return orders;
}

// A database is compiled by one thread; several threads take one after the other.
void compile_all(std::vector<Order>& orders, unsigned threads) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failure_lock;
    const auto work = [&] {
        for (std::size_t i = next++; i < orders.size(); i = next++) {
            try {
                *orders[i].out = LiteralDatabase::compile(orders[i].literals, orders[i].ids);
            } catch (...) {
                const std::lock_guard lock(failure_lock);
                failure = std::current_exception();
            }
        }
    };
    std::vector<std::jthread> helpers;
    for (unsigned i = 1; i < threads && i < orders.size(); ++i) helpers.emplace_back(work);
    work();
    helpers.clear();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

void build_lanes(std::vector<BodySignature> bodies, unsigned threads,
                 SignatureSet::Tables& tables) {
    LaneBuilder builder(tables);
    for (BodySignature& body : bodies) builder.add(std::move(body));
    builder.fill_buckets();
    std::vector<Order> orders = orders_of(builder, tables);
    compile_all(orders, threads);

    std::vector<const LiteralDatabase*> databases;
    for (const Order& order : orders) databases.push_back(order.out);
    tables.scratch = std::make_unique<Scratch>(databases);
    SetStatistics& statistics = tables.statistics;
    statistics.anchors = tables.buckets.size();
    for (const LiteralDatabase* database : databases)
        statistics.database_bytes += database->bytes();
    for (const TargetTables& target : tables.targets) {
        statistics.slow_signatures += target.slow.size();
    }
}

}  // namespace postern::signatures
