// SPDX-License-Identifier: Apache-2.0
#include "engine/scan_run.h"

#include <oneapi/tbb/enumerable_thread_specific.h>

#include <algorithm>

namespace postern::engine {

struct Workers::State {
    explicit State(std::shared_ptr<const signatures::SignatureSet> set)
        : each([set] { return Worker{signatures::Matcher(set), Identifier()}; }) {}
    tbb::enumerable_thread_specific<Worker> each;
};

Workers::Workers(std::shared_ptr<const signatures::SignatureSet> set)
    : state_(std::make_unique<State>(std::move(set))) {}

Workers::~Workers() = default;

Worker& Workers::mine() const { return state_->each.local(); }

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
