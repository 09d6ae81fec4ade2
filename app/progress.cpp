// SPDX-License-Identifier: Apache-2.0
#include "app/progress.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace postern::app {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds between_drawings{100};

}  // namespace

Progress::Progress(std::string what)
    : what_(std::move(what)), shown_(isatty(STDERR_FILENO) != 0), start_(Clock::now()),
      next_(start_ + between_drawings) {}

Progress::~Progress() { erase(); }

void Progress::erase() {
    if (drawn_) std::fputs("\r\033[K", stderr);
    drawn_ = false;
}

void Progress::update(std::uint64_t done, std::uint64_t total, std::size_t items) {
    if (!shown_ || Clock::now() < next_) return;
    next_ = Clock::now() + between_drawings;
    constexpr std::size_t width = 30;
    const double share = total == 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    const auto filled = static_cast<std::size_t>(share * width);
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    const std::string bar = std::string(filled, '#') + std::string(width - filled, '.');
    std::fprintf(stderr, "\r\033[K%s [%s] %3.0f %%  %zu messages, %.0f MB/s", what_.c_str(), bar.c_str(),
                 share * 100, items, static_cast<double>(done) / 1e6 / std::max(seconds, 1e-3));
    drawn_ = true;
}

void Progress::line(std::string_view text) {
    erase();
    std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace postern::app
