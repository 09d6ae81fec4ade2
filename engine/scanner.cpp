// SPDX-License-Identifier: Apache-2.0
#include "engine/scanner.h"

#include "engine/file_types.h"
#include "engine/scan_run.h"

#include <algorithm>
#include <chrono>

namespace postern::engine {

struct Scanner::State {
    State(std::shared_ptr<const signatures::SignatureSet> signature_set, const Limits& all_limits,
          unsigned thread_count)
        : set(std::move(signature_set)), limits(all_limits), threads(thread_count), workers(set) {}

    std::shared_ptr<const signatures::SignatureSet> set;
    Limits limits;
    unsigned threads;
    Workers workers;

    using Root = std::function<void(ScanRun&)>;
    Verdict scan(std::uint64_t bytes, const Root& root, Explanation* explanation) const;
    Verdict attempt(ScanRun& run, TaskGroup::Order order, const Root& root,
                    Explanation* explanation) const;
};

Verdict Scanner::State::attempt(ScanRun& run, TaskGroup::Order order, const Root& root,
                                Explanation* explanation) const {
    Collector collector(explanation);
    TaskGroup tasks(order);
    run.collector = &collector;
    run.tasks = &tasks;
    root(run);
    return collector.settle();
}

// In parallel where there is something to gain. The Budget's refusals depend on what came first, and only
// the serial order is always the same; near a limit, what was charged too early could refuse in one order alone.
Verdict Scanner::State::scan(std::uint64_t bytes, const Root& root, Explanation* explanation) const {
    constexpr std::uint64_t worth_tasks = 65536;
    const auto start = std::chrono::steady_clock::now();
    Verdict verdict;
    bool again = true;
    if (threads > 1 && bytes >= worth_tasks) {
        ScanRun run(workers, *set, limits, bytes);
        verdict = attempt(run, TaskGroup::Order::parallel, root, explanation);
        again = run.refused || run.budget.produced() > limits.produced_bytes / 2;
        if (again && explanation != nullptr) *explanation = Explanation{{}, {}, 0, true};
    }
    if (again) {
        ScanRun run(workers, *set, limits, bytes);
        verdict = attempt(run, TaskGroup::Order::serial, root, explanation);
    }
    verdict.generation = set->generation();
    verdict.message_bytes = bytes;
    if (explanation != nullptr) {
        explanation->seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    return verdict;
}

Scanner::Scanner(std::shared_ptr<const signatures::SignatureSet> set, const Limits& limits,
                 unsigned threads)
    : state_(std::make_unique<State>(std::move(set), limits, threads)) {}

Scanner::~Scanner() = default;

const signatures::SignatureSet& Scanner::signatures() const { return *state_->set; }

namespace {

Verdict over_size(const mime::Message& message, const Limits& limits) {
    Verdict verdict;
    Finding finding;
    finding.kind = FindingKind::size;
    finding.name = "message-size";
    finding.length = message.size();
    verdict.findings.push_back(std::move(finding));
    verdict.coverage.gaps.push_back(
        Gap{"", "size", "larger than " + std::to_string(limits.message_bytes) + " octets"});
    verdict.message_bytes = message.size();
    return verdict;
}

// The message as it travelled: last, when it is known which of its octets are clean base64.
void match_raw(ScanRun& run, const mime::Message& message) {
    std::sort(run.encoded.begin(), run.encoded.end(),
              [](const auto& a, const auto& b) { return a.begin < b.begin; });
    for (const signatures::Match& match :
         run.workers.mine().matcher.match_raw_mail(message.bytes(), run.encoded)) {
        Finding finding;
        finding.name = match.name;
        finding.offset = finding.message_offset = match.offset;
        finding.length = match.length;
        finding.type = name_of(FileType::mail);
        run.collector->add(std::move(finding));
    }
}

}  // namespace

Verdict Scanner::scan(const mime::Message& message, Explanation* explanation) const {
    if (message.size() > state_->limits.message_bytes) {
        Verdict verdict = over_size(message, state_->limits);
        verdict.generation = state_->set->generation();
        return verdict;
    }
    const bool allowed = state_->set->allows(message.bytes());
    const auto root = [&](ScanRun& run) {
        ParsedSource source;
        source.bytes = message.bytes();
        source.allowed = allowed;
        scan_parsed(run, std::move(source));
        run.tasks->wait();
        if (!allowed) match_raw(run, message);
    };
    return state_->scan(message.size(), root, explanation);
}

Verdict Scanner::scan_file(const mime::Message& file, std::string_view name,
                           Explanation* explanation) const {
    const auto root = [&](ScanRun& run) {
        Subcontent item;
        item.content.bytes = file.bytes();
        item.content.path = printable_name(name);
        item.content.names.emplace_back(name);
        item.origin = std::make_shared<const Origin>(0);
        scan_content(run, std::move(item));
        run.tasks->wait();
    };
    return state_->scan(file.size(), root, explanation);
}

}  // namespace postern::engine
