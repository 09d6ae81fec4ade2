// SPDX-License-Identifier: Apache-2.0
// Statistics of one run of `postern scan`: counted as reports go out, told at the end.
#pragma once

#include "app/rule_report.h"
#include "engine/report.h"
#include "signatures/signature_set.h"

#include <array>
#include <chrono>
#include <string>

namespace postern::app {

// What the run took: until the set was ready, and the scan itself.
struct RunTimes {
    double load_seconds = 0;
    double seconds = 0;
    double user_seconds = 0;    // of CPU, all threads, the scan alone
    double system_seconds = 0;
    double peak_megabytes = 0;  // resident, until the scan ended; not what is then told of it
};

class ScanStatistics {
public:
    void count(const engine::Report& report);
    bool all_accepted() const;
    std::size_t errors() const { return errors_; }
    std::size_t messages() const { return messages_; }

    // "12 messages: 9 accepted, 3 rejected" and so on, with a line end.
    std::string summary() const;
    // Throughput, the set (null: it was a service's), memory; rules are told apart (rule_report.h) in the text, and
    // in the JSON line.
    std::string text(const signatures::SignatureSet* set, const RunTimes& times) const;
    std::string json(const signatures::SignatureSet* set, const RunTimes& times, const RuleUses& rules) const;

private:
    std::array<std::size_t, 4> by_action_{};
    std::size_t messages_ = 0;
    std::size_t errors_ = 0;
    std::size_t partial_ = 0;
    std::uint64_t bytes_ = 0;
    bool has_shadow_ = false;
    std::size_t shadow_hits_ = 0;           // messages
    std::size_t shadow_hits_accepted_ = 0;  // of these, what the shadow's set would have changed
};

}  // namespace postern::app
