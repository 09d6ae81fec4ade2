// SPDX-License-Identifier: Apache-2.0
#include "engine/scan_run.h"

#include <oneapi/tbb/enumerable_thread_specific.h>

#include <algorithm>

namespace postern::engine {

struct Workers::State {
    explicit State(SignatureSets all) : sets(std::move(all)) {}

    std::unique_ptr<Worker> make() const {
        auto worker = std::make_unique<Worker>();
        worker->matchers.emplace_back(sets.active);
        if (sets.shadow) worker->matchers.emplace_back(sets.shadow);
        return worker;
    }

    std::unique_ptr<Worker> take() {
        {
            const std::lock_guard lock(mutex);
            if (!ready.empty()) {
                std::unique_ptr<Worker> worker = std::move(ready.back());
                ready.pop_back();
                return worker;
            }
        }
        return make();
    }

    SignatureSets sets;
    std::mutex mutex;
    std::vector<std::unique_ptr<Worker>> ready;
    tbb::enumerable_thread_specific<std::unique_ptr<Worker>> each;
};

Workers::Workers(SignatureSets sets) : state_(std::make_unique<State>(std::move(sets))) {}

Workers::~Workers() = default;

Worker& Workers::mine() const {
    std::unique_ptr<Worker>& mine = state_->each.local();
    if (!mine) mine = state_->take();
    return *mine;
}

void Workers::each(const std::function<void(const Worker&)>& visit) const {
    for (const std::unique_ptr<Worker>& worker : state_->each) {
        if (worker) visit(*worker);
    }
}

void Workers::make_ready(unsigned count) const {
    for (unsigned i = 0; i < count; ++i) {
        std::unique_ptr<Worker> worker = state_->make();
        const std::lock_guard lock(state_->mutex);
        state_->ready.push_back(std::move(worker));
    }
}

signatures::Matcher& Side::matcher() const { return run_->workers.mine().matchers[number_]; }

void Side::add(Finding finding) const {
    if (number_ == 0) run_->collector->add(std::move(finding));
    else run_->collector->add_to_shadow(std::move(finding));
}

void Side::add(Gap gap) const {
    if (number_ == 0) run_->collector->add(std::move(gap));
    else run_->collector->cut_shadow_short();
}

// In parallel, what a side waits for may be another content's; so its time is measured too long, never too
// short, and the message gets back no less than it lost.
void ask_sides(ScanRun& run, const std::function<void(const Side&)>& ask) {
    using Clock = std::chrono::steady_clock;
    ask(run.sides.front());
    if (run.sides.size() == 1) return;
    if (run.shadow_time.load(std::memory_order_relaxed) > run.budget.limits().time / 4) {
        return run.collector->cut_shadow_short();
    }
    const auto start = Clock::now();
    ask(run.sides.back());
    const std::chrono::nanoseconds spent = Clock::now() - start;
    auto before = run.shadow_time.load(std::memory_order_relaxed);
    while (!run.shadow_time.compare_exchange_weak(before, before + spent, std::memory_order_relaxed)) {}
    run.budget.give_back_time(spent);
}

ScanRun::ScanRun(const Workers& all_workers, const SignatureSets& sets, const Limits& limits,
                 std::uint64_t message_bytes)
    : workers(all_workers), budget(limits, message_bytes) {
    sides.emplace_back(*this, *sets.active, 0u);
    if (sets.shadow) sides.emplace_back(*this, *sets.shadow, 1u);
}

std::uint64_t Origin::of(std::uint64_t decoded_offset) const {
    if (message_.empty()) return base_;
    return mime::encoded_offset(reading_, message_, decoded_offset);
}

void ScanRun::refuse(Limit limit, const std::string& content) {
    refused.store(true, std::memory_order_relaxed);
    const std::string why = sentence_of(limit, budget.limits());
    collector->add(Gap{content, std::string(code_of(limit)), why});
    Finding finding;
    finding.kind = FindingKind::limit;
    finding.name = code_of(limit);
    finding.content = content;
    collector->add(std::move(finding));
}

bool may_enter(ScanRun& run, unsigned depth, const std::string& path) {
    const auto limit = run.budget.enter(depth);
    if (limit) run.refuse(*limit, path);
    return !limit;
}

std::optional<Decoded> decode_within_budget(ScanRun& run, const mime::Reading& reading,
                                            std::span<const std::byte> bytes,
                                            const std::string& path) {
    const std::size_t bound = mime::decoded_bound(reading);
    if (const auto limit = run.budget.produce(bound)) {
        run.refuse(*limit, path);
        return std::nullopt;
    }
    auto buffer = std::make_shared<mime::Buffer>();
    const mime::DecodeResult result = mime::decode(reading, bytes, *buffer);
    run.budget.give_back(bound - std::min(bound, buffer->size()));
    return Decoded{std::move(buffer), result};
}

std::string join_path(std::string_view parent, std::string_view child) {
    if (parent.empty()) return std::string(child);
    if (child.empty()) return std::string(parent);
    std::string path;
    path.reserve(parent.size() + 1 + child.size());
    return path.append(parent).append(1, '/').append(child);
}

}  // namespace postern::engine
