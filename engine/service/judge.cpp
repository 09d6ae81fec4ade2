// SPDX-License-Identifier: Apache-2.0
#include "engine/service/judge.h"

#include "engine/identify.h"
#include "engine/parallel.h"
#include "engine/report.h"
#include "engine/scanner.h"
#include "engine/service/reply_name.h"

#include <algorithm>
#include <chrono>
#include <optional>

namespace postern::engine::service {

struct ScannerJudge::State {
    State(const SignatureSets& sets, Policy the_policy, Options the_options)
        : policy(std::move(the_policy)),
          options(std::move(the_options)),
          small(sets, policy.limits, 1),
          large(sets, policy.limits, options.threads) {}

    Policy policy;
    Options options;
    Scanner small;
    Scanner large;
    std::optional<Arena> arena;  // made in the worker: the library's threads do not survive a fork

    bool is_message(const Request& request, const mime::Message& octets) const {
        if (request.as != As::detect) return request.as == As::message;
        return options.looks_like_message(octets.bytes());
    }

    Verdict scan(const Request& request, const mime::Message& octets,
                 const Scanner& scanner) const {
        if (is_message(request, octets)) return scanner.scan(octets);
        const std::string_view name = request.name;
        return scanner.scan_file(octets, name.substr(name.rfind('/') + 1));
    }

    Verdict scan(const Request& request, const mime::Message& octets) const {
        if (octets.size() < large_from) return scan(request, octets, small);
        Verdict verdict;
        const_cast<Arena&>(*arena).run([&] { verdict = scan(request, octets, large); });
        return verdict;
    }
};

ScannerJudge::ScannerJudge(SignatureSets sets, Policy policy, Options options)
    : state_(std::make_unique<State>(sets, std::move(policy), std::move(options))) {
    for (unsigned i = 0; i < state_->options.small_threads; ++i) state_->small.make_ready();
    state_->large.make_ready();
}

ScannerJudge::~ScannerJudge() = default;

void ScannerJudge::begin() {
    state_->arena.emplace(state_->options.threads);
}

namespace {

std::vector<std::string> reasons_of(const Coverage& coverage) {
    std::vector<std::string> reasons;
    for (const Gap& gap : coverage.gaps) reasons.push_back(gap.reason);
    std::sort(reasons.begin(), reasons.end());
    reasons.erase(std::unique(reasons.begin(), reasons.end()), reasons.end());
    return reasons;
}

}  // namespace

Answer ScannerJudge::judge(const Request& request, const mime::Message& octets) const {
    const auto start = std::chrono::steady_clock::now();
    Report report;
    report.verdict = state_->scan(request, octets);
    report.decision = decide(state_->policy, report.verdict);
    Answer answer;
    answer.decision = report.decision.action;
    answer.reason = report.decision.reason;
    answer.found = reply_names(state_->policy, report.verdict, report.decision);
    answer.not_scanned = reasons_of(report.verdict.coverage);
    answer.generation = report.verdict.generation;
    answer.bytes = octets.size();
    if (request.wants_json) {
        report.path = request.name;
        report.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        answer.json = to_json(report);
    }
    return answer;
}

}  // namespace postern::engine::service
