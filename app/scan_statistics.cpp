// SPDX-License-Identifier: Apache-2.0
#include "app/scan_statistics.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace postern::app {

namespace {

double rate(double amount, double seconds) { return seconds > 0 ? amount / seconds : 0; }

}  // namespace

void ScanStatistics::count(const engine::Report& report) {
    if (!report.error.empty()) {
        ++errors_;
        return;
    }
    ++messages_;
    ++by_action_[static_cast<std::size_t>(report.decision.action)];
    bytes_ += report.verdict.message_bytes;
    if (!report.verdict.coverage.complete()) ++partial_;
    has_shadow_ = has_shadow_ || !report.verdict.shadow.generation.empty();
    if (report.verdict.shadow.findings.empty()) return;
    ++shadow_hits_;
    if (report.decision.action == engine::Action::accept) ++shadow_hits_accepted_;
}

bool ScanStatistics::all_accepted() const {
    return by_action_[static_cast<std::size_t>(engine::Action::accept)] == messages_;
}

std::string ScanStatistics::summary() const {
    char text[256];
    std::snprintf(text, sizeof text,
                  "%zu messages: %zu accepted, %zu rejected, %zu held, %zu deferred; %zu not scanned "
                  "whole; %zu could not be read\n",
                  messages_, by_action_[0], by_action_[3], by_action_[1], by_action_[2], partial_, errors_);
    std::string summary = text;
    if (has_shadow_) {
        std::snprintf(text, sizeof text, "shadow set: %zu messages hit, %zu of them accepted\n", shadow_hits_,
                      shadow_hits_accepted_);
        summary += text;
    }
    return summary;
}

namespace {

std::string text_about(const signatures::SignatureSet& set, const RunTimes& times) {
    const signatures::SetStatistics& counts = set.statistics();
    char text[768];
    std::snprintf(text, sizeof text,
                  "signatures  %zu of bodies (%zu by short literals, %zu by none), %zu digests, %zu allowed, "
                  "%zu YARA rules; %zu literals in %.1f MB\n"
                  "left out    %zu lines with errors, %zu unsupported, %zu signatures ignored by name\n"
                  "loaded in   %.3f s, generation %s\n",
                  counts.body_signatures, counts.short_anchors, counts.slow_signatures, counts.digest_signatures,
                  counts.allowed_digests, counts.yara_rules, counts.anchors,
                  static_cast<double>(counts.database_bytes) / 1e6, counts.errors, counts.unsupported,
                  counts.ignored, times.load_seconds, std::string(set.generation()).c_str());
    return text;
}

void add_set(nlohmann::ordered_json& json, const signatures::SignatureSet& set) {
    const signatures::SetStatistics& counts = set.statistics();
    json.update({{"generation", set.generation()},
                 {"body_signatures", counts.body_signatures},
                 {"short_anchors", counts.short_anchors},
                 {"slow_signatures", counts.slow_signatures},
                 {"logical_signatures", counts.logical_signatures},
                 {"slow_logical", counts.slow_logical},
                 {"digest_signatures", counts.digest_signatures},
                 {"allowed_digests", counts.allowed_digests},
                 {"yara_rules", counts.yara_rules},
                 {"ignored", counts.ignored},
                 {"lines_with_errors", counts.errors},
                 {"lines_unsupported", counts.unsupported},
                 {"anchors", counts.anchors},
                 {"database_bytes", counts.database_bytes}});
}

}  // namespace

std::string ScanStatistics::text(const signatures::SignatureSet* set, const RunTimes& times) const {
    char scanned[256];
    std::snprintf(scanned, sizeof scanned, "scanned     %.1f MB in %.3f s: %.1f MB/s, %.0f messages/s\n",
                  static_cast<double>(bytes_) / 1e6, times.seconds,
                  rate(static_cast<double>(bytes_) / 1e6, times.seconds),
                  rate(static_cast<double>(messages_), times.seconds));
    char memory[64];
    std::snprintf(memory, sizeof memory, "memory      %.0f MB at most\n", times.peak_megabytes);
    return scanned + (set != nullptr ? text_about(*set, times) : std::string()) + memory;
}

std::string ScanStatistics::json(const signatures::SignatureSet* set, const RunTimes& times,
                                 const RuleUses& rules) const {
    nlohmann::ordered_json json{
        {"messages", messages_},
        {"accepted", by_action_[0]},
        {"held", by_action_[1]},
        {"deferred", by_action_[2]},
        {"rejected", by_action_[3]},
        {"partial", partial_},
        {"errors", errors_},
        {"shadow_hits", shadow_hits_},
        {"shadow_hits_accepted", shadow_hits_accepted_},
        {"bytes", bytes_},
        {"seconds", times.seconds},
        {"user_cpu_seconds", times.user_seconds},
        {"system_cpu_seconds", times.system_seconds},
        {"megabytes_per_second", rate(static_cast<double>(bytes_) / 1e6, times.seconds)},
        {"messages_per_second", rate(static_cast<double>(messages_), times.seconds)},
        {"load_seconds", times.load_seconds},
        {"peak_megabytes", times.peak_megabytes}};
    if (set != nullptr) {
        add_set(json, *set);
        json["rules"] = rules_in_json(rules);
    }
    return json.dump() + "\n";
}

}  // namespace postern::app
