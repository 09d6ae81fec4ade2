// SPDX-License-Identifier: Apache-2.0
// A progress bar on a terminal, and nothing anywhere else. Drawn on standard error at most ten times
// a second; lines for standard output go through line(), so that bar and lines never mix.
//
// For one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace postern::app {

class Progress {
public:
    explicit Progress(std::string what);
    ~Progress();

    void update(std::uint64_t done, std::uint64_t total, std::size_t items);
    // Writes to standard output, the bar taken away first.
    void line(std::string_view text);

private:
    void erase();

    std::string what_;
    bool shown_;
    bool drawn_ = false;
    std::chrono::steady_clock::time_point start_;
    std::chrono::steady_clock::time_point next_;
};

}  // namespace postern::app
