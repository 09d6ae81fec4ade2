// SPDX-License-Identifier: Apache-2.0
#include "engine/service/reply_name.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>
#include <utility>

namespace postern::engine::service {

namespace {

// "produced-bytes" → "ProducedBytes"; a word of up to three letters is an acronym: "pe" → "PE".
std::string in_capitals(std::string_view words) {
    std::string out;
    for (std::size_t begin = 0; begin < words.size();) {
        std::size_t end = words.find_first_of("-_ ", begin);
        end = std::min(end, words.size());
        const bool acronym = end - begin <= 3 && words.size() <= 3;
        for (std::size_t i = begin; i < end; ++i) {
            const auto c = static_cast<unsigned char>(words[i]);
            out += static_cast<char>(acronym || i == begin ? std::toupper(c) : c);
        }
        begin = end + 1;
    }
    return out;
}

// As ClamAV writes them after "Heuristics.Encrypted."; others as we write types.
std::string encrypted_kind(std::string_view type) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> known{
        {{"zip", "Zip"}, {"7z", "7Zip"}, {"ole2", "Doc"}, {"ooxml", "Doc"}}};
    for (const auto& [ours, theirs] : known) {
        if (ours == type) return std::string(theirs);
    }
    return type.empty() ? "Archive" : in_capitals(type);
}

// Invariant (1), for names that a signature's author chose.
std::string one_token(std::string name) {
    for (char& c : name) {
        if (c <= ' ' || c > '~') c = '_';
    }
    if (name.empty()) return "Unnamed";
    if (name.back() == ')' || name.back() == ':') name.back() = '_';
    return name;
}

}  // namespace

std::string reply_name(const Finding& finding) {
    switch (finding.kind) {
        case FindingKind::signature:
            return one_token(finding.name);
        case FindingKind::file_type:
            if (finding.name.starts_with('.')) return one_token("Policy.FileName" + finding.name);
            return one_token("Policy.FileType." + in_capitals(finding.name));
        case FindingKind::size:
            return "Heuristics.Limits.Exceeded." + in_capitals(finding.name);
        case FindingKind::encrypted:
            return one_token("Heuristics.Encrypted." + encrypted_kind(finding.type));
        case FindingKind::limit:
            return one_token("Heuristics.Limits.Exceeded." + in_capitals(finding.name));
        case FindingKind::defect:
            return one_token("Heuristics.Broken." + in_capitals(finding.name));
    }
    return "Unnamed";
}

std::string reply_name(const Gap& gap) {
    return one_token("Heuristics.Limits.Exceeded." + in_capitals(gap.reason));
}

std::vector<std::string> reply_names(const Policy& policy, const Verdict& verdict,
                                     const Decision& decision) {
    std::vector<std::pair<FindingKind, std::string>> found;
    for (const Finding& finding : decision.findings) {
        if (action_for(policy, finding.kind) != Action::accept) {
            found.emplace_back(finding.kind, reply_name(finding));
        }
    }
    if (policy.partial != Action::accept) {
        for (const Gap& gap : verdict.coverage.gaps) {
            // The policy has rules of their own for these.
            if (gap.reason == "encrypted" || gap.reason == "size") continue;
            found.emplace_back(FindingKind::limit, reply_name(gap));
        }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::vector<std::string> names;
    for (auto& [kind, name] : found) names.push_back(std::move(name));
    return names;
}

}  // namespace postern::engine::service
