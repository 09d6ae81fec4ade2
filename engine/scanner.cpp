// SPDX-License-Identifier: Apache-2.0
#include "engine/scanner.h"

#include "engine/subject_watch.h"

#include "engine/file_types.h"
#include "engine/scan_run.h"

#include <algorithm>
#include <chrono>

namespace postern::engine {

struct Scanner::State {
    State(SignatureSets signature_sets, const Limits& all_limits, unsigned thread_count)
        : sets(std::move(signature_sets)), limits(all_limits), threads(thread_count), workers(sets) {}

    SignatureSets sets;
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
        ScanRun run(workers, sets, limits, bytes);
        verdict = attempt(run, TaskGroup::Order::parallel, root, explanation);
        again = run.refused || run.budget.produced() > limits.produced_bytes / 2;
        if (again && explanation != nullptr) *explanation = Explanation{{}, {}, 0, explanation->watch, true};
    }
    if (again) {
        ScanRun run(workers, sets, limits, bytes);
        verdict = attempt(run, TaskGroup::Order::serial, root, explanation);
    }
    verdict.generation = sets.active->generation();
    if (sets.shadow) verdict.shadow.generation = sets.shadow->generation();
    verdict.message_bytes = bytes;
    if (explanation != nullptr) {
        explanation->seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    return verdict;
}

Scanner::Scanner(SignatureSets sets, const Limits& limits, unsigned threads)
    : state_(std::make_unique<State>(std::move(sets), limits, threads)) {}

Scanner::~Scanner() = default;

const signatures::SignatureSet& Scanner::signatures() const { return *state_->sets.active; }

std::vector<signatures::RuleUse> Scanner::rule_uses() const {
    signatures::RuleTallies sum(*state_->sets.active);
    state_->workers.each([&](const Worker& worker) { sum.add(worker.matchers.front().tallies()); });
    return signatures::rule_uses(*state_->sets.active, sum);
}

void Scanner::make_ready() const { state_->workers.make_ready(state_->threads); }

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
void match_raw(const ScanRun& run, const Side& side, const mime::Message& message) {
    if (SubjectWatch* watch = run.collector->watch()) {
        const signatures::Subject subject{message.bytes(), signatures::Target::mail};
        watch->subject({"", "as it travelled", FileType::mail, subject});
    }
    for (const signatures::Match& match : side.matcher().match_raw_mail(message.bytes(), run.encoded)) {
        Finding finding;
        finding.name = match.name;
        finding.offset = finding.message_offset = match.offset;
        finding.length = match.length;
        finding.type = name_of(FileType::mail);
        side.add(std::move(finding));
    }
}

}  // namespace

Verdict Scanner::scan(const mime::Message& message, Explanation* explanation) const {
    if (message.size() > state_->limits.message_bytes) {
        Verdict verdict = over_size(message, state_->limits);
        verdict.generation = state_->sets.active->generation();
        if (state_->sets.shadow) verdict.shadow = {std::string(state_->sets.shadow->generation()), false, {}};
        return verdict;
    }
    const auto root = [&](ScanRun& run) {
        ParsedSource source;
        source.bytes = message.bytes();
        for (const Side& side : run.sides) {
            if (side.set().allows(message.bytes())) source.allowed.add(side);
        }
        const Allowed allowed = source.allowed;
        scan_parsed(run, std::move(source));
        run.tasks->wait();
        std::sort(run.encoded.begin(), run.encoded.end(),
                  [](const auto& a, const auto& b) { return a.begin < b.begin; });
        ask_sides(run, [&](const Side& side) {
            if (!allowed.by(side)) match_raw(run, side, message);
        });
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
