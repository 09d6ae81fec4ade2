// SPDX-License-Identifier: Apache-2.0
// What the tests of the scanner share: the built-in set, and a verdict as text that can be compared.
#pragma once

#include "engine/parallel.h"
#include "engine/policy.h"
#include "engine/scanner.h"
#include "tests/support/places.h"

#include <string>

namespace postern::engine::tests {

inline const std::string samples_folder = postern::tests::source_path("corpora/samples/");

inline std::shared_ptr<const signatures::SignatureSet> built_in_set() {
    signatures::SetBuilder builder;
    builder.add_built_in();
    return builder.build(1);
}

// The golden form: the decision, then a line for each finding and each gap.
inline std::string golden(const Policy& policy, const Verdict& verdict) {
    const Decision decision = decide(policy, verdict);
    std::string text = std::string(name_of(decision.action)) + "\n";
    for (const Finding& finding : decision.findings) {
        text += std::string(name_of(finding.kind)) + " " + finding.name + " " +
                (finding.content.empty() ? "-" : finding.content) + "\n";
    }
    for (const Gap& gap : verdict.coverage.gaps) {
        text += "not-scanned " + gap.reason + " " + (gap.content.empty() ? "-" : gap.content) + "\n";
    }
    return text;
}

// Everything a verdict says, offsets included.
inline std::string whole(const Verdict& verdict) {
    std::string text = verdict.generation + "\n" + golden(default_policy(), verdict);
    for (const Finding& finding : verdict.findings) {
        text += finding.content + " " + std::to_string(finding.offset) + " " +
                std::to_string(finding.length) + " " + std::to_string(finding.message_offset) + " " +
                finding.type + " " + finding.file_name + "\n";
    }
    for (const ContentFact& fact : verdict.contents) {
        text += fact.path + " " + std::to_string(fact.size) + " " + std::string(name_of(fact.type)) + "\n";
    }
    return text;
}

// Generous: a test machine under sanitizers is slow, and time is not what these tests are about.
inline Limits patient_limits() {
    Limits limits;
    limits.time = std::chrono::minutes(2);
    return limits;
}

}  // namespace postern::engine::tests
