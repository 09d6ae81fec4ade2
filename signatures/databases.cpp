// SPDX-License-Identifier: Apache-2.0
#include "signatures/databases.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

namespace postern::signatures {

namespace {

// One database to be.
struct Order {
    std::vector<std::string_view> literals;
    std::vector<std::uint32_t> ids;
    std::vector<std::uint8_t> caseless;
    LiteralDatabase* out = nullptr;

    void add(const BucketLiteral& literal, std::uint32_t id) {
        literals.push_back(literal.octets);
        ids.push_back(id);
        caseless.push_back(literal.caseless);
    }
};

// What a prefilter is to consist of.
struct PrefilterOrder {
    Order anchors;
    Order short_anchors;

    void add(const BucketLiteral& literal, std::uint32_t id) {
        (literal.octets.size() < short_anchor ? short_anchors : anchors).add(literal, id);
    }
    std::size_t size() const { return anchors.literals.size() + short_anchors.literals.size(); }
};

// An alphabet's own prefilter spares time only when it is a good deal smaller.
bool is_worth_it(std::size_t own, std::size_t wider) { return own < wider - wider / 4; }

class Orders {
public:
    Orders(const std::vector<BucketLiteral>& literals, SignatureSet::Tables& tables)
        : literals_(literals), tables_(tables) {}

    void add_prefilters() {
        std::array<std::vector<std::uint32_t>, target_count> buckets;
        for (std::size_t i = 0; i < literals_.size(); ++i) {
            buckets[static_cast<std::size_t>(literals_[i].target)].push_back(
                static_cast<std::uint32_t>(i));
            tables_.statistics.short_anchors += literals_[i].octets.size() < short_anchor;
        }
        for (std::size_t t = 0; t < target_count; ++t) add_target(tables_.targets[t], buckets[t]);
    }

    // Those that encoded text can hold and that are not found by sampling.
    void add_encoded(EncodedTexts& encoded) {
        for (std::size_t t = 0; t < target_count; ++t) {
            std::set<std::uint32_t> left = take_caseless(encoded[t]);
            tables_.targets[t].sampled = SampledTexts::take_from(encoded[t]);
            for (const SampledText& text : encoded[t]) left.insert(text.literal);
            Order order;
            order.out = &tables_.targets[t].encoded;
            for (const std::uint32_t id : left) order.add(literals_[id], id);
            add(std::move(order));
        }
    }

    // The longest work first, so that no thread is left alone with it.
    std::vector<Order> take() {
        std::stable_sort(orders_.begin(), orders_.end(), [](const Order& a, const Order& b) {
            return a.literals.size() > b.literals.size();
        });
        return std::move(orders_);
    }

private:
    // Samples are compared as they are.
    std::set<std::uint32_t> take_caseless(std::vector<SampledText>& texts) const {
        std::set<std::uint32_t> taken;
        std::erase_if(texts, [&](const SampledText& text) {
            if (literals_[text.literal].caseless) taken.insert(text.literal);
            return literals_[text.literal].caseless;
        });
        return taken;
    }

    void add(Order order) {
        if (!order.literals.empty()) orders_.push_back(std::move(order));
    }

    void add_target(TargetTables& target, const std::vector<std::uint32_t>& buckets) {
        std::size_t wider = buckets.size() + 1;
        for (std::size_t a = 0; a < alphabet_count; ++a) {
            PrefilterOrder order;
            for (const std::uint32_t id : buckets) {
                const BucketLiteral& literal = literals_[id];
                if (consists_of(literal.octets, static_cast<Alphabet>(a))) order.add(literal, id);
            }
            target.has_own[a] = a == 0 || is_worth_it(order.size(), wider);
            if (!target.has_own[a]) continue;
            wider = order.size();
            order.anchors.out = &target.prefilters[a].anchors;
            order.short_anchors.out = &target.prefilters[a].short_anchors;
            add(std::move(order.anchors));
            add(std::move(order.short_anchors));
        }
    }

    const std::vector<BucketLiteral>& literals_;
    SignatureSet::Tables& tables_;
    std::vector<Order> orders_;
};

// A database is compiled by one thread; several threads take one after the other.
void compile_all(std::vector<Order>& orders, unsigned threads) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failure_lock;
    const auto work = [&] {
        for (std::size_t i = next++; i < orders.size(); i = next++) {
            try {
                *orders[i].out = LiteralDatabase::compile(orders[i].literals, orders[i].ids,
                                                          orders[i].caseless);
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

void build_databases(const std::vector<BucketLiteral>& literals, EncodedTexts& encoded,
                     unsigned threads, SignatureSet::Tables& tables) {
    Orders all(literals, tables);
    all.add_prefilters();
    all.add_encoded(encoded);
    std::vector<Order> orders = all.take();
    compile_all(orders, threads);

    for (const Order& order : orders) tables.statistics.database_bytes += order.out->bytes();
}

}  // namespace postern::signatures
