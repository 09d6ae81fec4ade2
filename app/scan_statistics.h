// SPDX-License-Identifier: Apache-2.0
// Statistics of one run of `postern scan`: counted as reports go out, told at the end.
#pragma once

#include "engine/report.h"
#include "signatures/signature_set.h"

#include <array>
#include <chrono>
#include <string>

namespace postern::app {

class ScanStatistics {
public:
    void count(const engine::Report& report);
    bool all_accepted() const;
    std::size_t errors() const { return errors_; }
    std::size_t messages() const { return messages_; }

    // "12 messages: 9 accepted, 3 rejected" and so on, with a line end.
    std::string summary() const;
    // Throughput, the set, memory. `load_seconds`: until the set was ready; `seconds`: the scan itself.
    std::string text(const signatures::SignatureSet& set, double load_seconds, double seconds) const;
    std::string json(const signatures::SignatureSet& set, double load_seconds, double seconds) const;

private:
    std::array<std::size_t, 4> by_action_{};
    std::size_t messages_ = 0;
    std::size_t errors_ = 0;
    std::size_t partial_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace postern::app
