// SPDX-License-Identifier: Apache-2.0
#include "engine/collector.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace postern::engine {

void Collector::add(Finding finding) {
    const std::lock_guard lock(mutex_);
    verdict_.findings.push_back(std::move(finding));
}

void Collector::add_to_shadow(Finding finding) {
    const std::lock_guard lock(mutex_);
    verdict_.shadow.findings.push_back(std::move(finding));
}

void Collector::cut_shadow_short() {
    const std::lock_guard lock(mutex_);
    verdict_.shadow.complete = false;
}

void Collector::add(Gap gap) {
    const std::lock_guard lock(mutex_);
    verdict_.coverage.gaps.push_back(std::move(gap));
}

void Collector::add(ContentFact fact) {
    const std::lock_guard lock(mutex_);
    verdict_.contents.push_back(std::move(fact));
}

void Collector::explain(ContentStep step) {
    const std::lock_guard lock(mutex_);
    explanation_->contents.push_back(std::move(step));
}

void Collector::explain(MessageStep step) {
    const std::lock_guard lock(mutex_);
    explanation_->messages.push_back(std::move(step));
}

namespace {

void keep_one_each(std::vector<Finding>& findings) {
    const auto same = [](const Finding& a, const Finding& b) {
        return std::tie(a.kind, a.name, a.content) == std::tie(b.kind, b.name, b.content);
    };
    std::sort(findings.begin(), findings.end());
    findings.erase(std::unique(findings.begin(), findings.end(), same), findings.end());
}

void drop_raw_repeats(std::vector<Finding>& findings) {
    std::set<std::string> inside;
    for (const Finding& finding : findings) {
        if (finding.kind == FindingKind::signature && !finding.content.empty()) {
            inside.insert(finding.name);
        }
    }
    std::erase_if(findings, [&](const Finding& finding) {
        return finding.kind == FindingKind::signature && finding.content.empty() &&
               inside.contains(finding.name);
    });
}

template <class T>
void sort_unique(std::vector<T>& things) {
    std::sort(things.begin(), things.end());
    things.erase(std::unique(things.begin(), things.end()), things.end());
}

template <class Step>
void sort_by_path(std::vector<Step>& steps) {
    std::stable_sort(steps.begin(), steps.end(),
                     [](const Step& a, const Step& b) { return a.path < b.path; });
}

}  // namespace

Verdict Collector::settle() {
    for (std::vector<Finding>* findings : {&verdict_.findings, &verdict_.shadow.findings}) {
        keep_one_each(*findings);
        drop_raw_repeats(*findings);
    }
    sort_unique(verdict_.coverage.gaps);
    sort_unique(verdict_.contents);
    if (explanation_ != nullptr) {
        sort_by_path(explanation_->messages);
        sort_by_path(explanation_->contents);
    }
    return std::move(verdict_);
}

}  // namespace postern::engine
