// SPDX-License-Identifier: Apache-2.0
#include "engine/policy.h"

#include "engine/identify.h"
#include "engine/sentence.h"

#include <algorithm>

namespace postern::engine {

std::string_view name_of(Action action) {
    static constexpr std::string_view names[] = {"accept", "hold", "defer", "reject"};
    return names[static_cast<std::size_t>(action)];
}

bool action_named(std::string_view name, Action& action) {
    for (const Action one : {Action::accept, Action::hold, Action::defer, Action::reject}) {
        if (name_of(one) != name) continue;
        action = one;
        return true;
    }
    return false;
}

namespace {

// A name that the rules refuse, and the extension that speaks against it.
struct RefusedName {
    std::string name;
    std::string extension;
};

// Every name that a reader could show, with every extension that it could be taken to have.
RefusedName refused_name(const FileTypeRules& rules, const ContentFact& fact) {
    for (const std::string& name : fact.names) {
        for (const std::string& extension : extensions_of(name)) {
            if (rules.extensions.contains(extension)) return {name, extension};
        }
    }
    return {};
}

bool lifted(const FileTypeRules& rules, Wrapping wrapping) {
    if (wrapping == Wrapping::zip) return rules.allowed_in_zip;
    return wrapping == Wrapping::archive && rules.allowed_in_other_archives;
}

Finding file_type_finding(const ContentFact& fact, std::string name) {
    Finding finding;
    finding.kind = FindingKind::file_type;
    finding.name = std::move(name);
    finding.content = fact.path;
    finding.length = fact.size;
    finding.message_offset = fact.message_offset;
    finding.type = name_of(fact.type);
    finding.file_name = fact.names.empty() ? std::string() : fact.names.front();
    return finding;
}

void judge_file_type(const FileTypeRules& rules, const ContentFact& fact,
                     std::vector<Finding>& findings) {
    if (lifted(rules, fact.wrapping)) return;
    if (rules.types.contains(fact.type)) {
        findings.push_back(file_type_finding(fact, std::string(name_of(fact.type))));
    }
    if (fact.wrapping == Wrapping::document) return;  // nobody sees the names in there
    const RefusedName refused = refused_name(rules, fact);
    if (refused.extension.empty()) return;
    findings.push_back(file_type_finding(fact, "." + refused.extension));
    findings.back().file_name = refused.name;
}

// A gap that another rule answers for is no partial coverage.
bool is_partial(const Gap& gap) { return gap.reason != "encrypted" && gap.reason != "size"; }

}  // namespace

Action action_for(const Policy& policy, FindingKind kind) {
    switch (kind) {
        case FindingKind::signature: return policy.virus;
        case FindingKind::file_type: return policy.file_types.action;
        case FindingKind::size: return policy.over_size;
        case FindingKind::encrypted: return policy.encrypted;
        case FindingKind::limit: return policy.partial;
        case FindingKind::defect: return policy.malformed;
    }
    return Action::reject;
}

Decision decide(const Policy& policy, const Verdict& verdict) {
    Decision decision;
    decision.findings = verdict.findings;
    for (const ContentFact& fact : verdict.contents) {
        judge_file_type(policy.file_types, fact, decision.findings);
    }
    std::sort(decision.findings.begin(), decision.findings.end());
    const Finding* deciding = nullptr;
    for (const Finding& finding : decision.findings) {
        const Action action = action_for(policy, finding.kind);
        if (action <= decision.action) continue;
        decision.action = action;
        deciding = &finding;
    }
    if (deciding != nullptr) decision.reason = sentence_about(*deciding, decision.action, policy.limits);
    const auto& gaps = verdict.coverage.gaps;
    const auto gap = std::find_if(gaps.begin(), gaps.end(), is_partial);
    if (gap != gaps.end() && policy.partial > decision.action) {
        decision.action = policy.partial;
        decision.reason = sentence_about(*gap);
    }
    return decision;
}

}  // namespace postern::engine
