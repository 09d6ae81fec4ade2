// SPDX-License-Identifier: Apache-2.0
// What the commands that ask about the service are told, in clamd's own shapes: its monitors parse
// them.
#include "engine/service/server_state.h"

#include "engine/service/command.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace postern::engine::service {

namespace {

// Whose ways these are: clients read a version of ClamAV here, and some compare it.
constexpr const char* version_of_clamd = "ClamAV 1.4.3";

std::string version(const LoadedFacts* facts) {
    if (facts == nullptr) return version_of_clamd;
    const std::time_t since = std::chrono::system_clock::to_time_t(facts->since);
    std::tm fields{};
    localtime_r(&since, &fields);
    std::array<char, 64> text{};
    std::strftime(text.data(), text.size(), "/%Y%m%d/%a %b %e %H:%M:%S %Y", &fields);
    return std::string(version_of_clamd) + text.data();
}

std::string megabytes(std::uint64_t octets) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3fM",
                  static_cast<double>(octets) / (1024.0 * 1024.0));
    return text.data();
}

// Names come from clients: nothing in them may look like a line of its own.
std::string tame(std::string name) {
    for (char& c : name) {
        if (c < ' ' || c > '~') c = '?';
    }
    return name;
}

std::string stats(const Server::State& server) {
    constexpr std::size_t most_jobs = 100;
    const std::size_t running = server.pool.running();
    const unsigned threads = server.options.threads;
    std::string text = "POOLS: 1\n\nSTATE: VALID PRIMARY\nTHREADS: live " +
                       std::to_string(threads) + "  idle " +
                       std::to_string(threads > running ? threads - running : 0) + " max " +
                       std::to_string(threads) + " idle-timeout " +
                       std::to_string(server.options.limits.idle_time.count() / 1000) +
                       "\nQUEUE: " + std::to_string(server.pool.waiting()) + " items\n";
    for (const auto& [seconds, name] : server.pool.first_jobs(most_jobs)) {
        std::array<char, 32> time{};
        std::snprintf(time.data(), time.size(), "%.6f ", seconds);
        text += "\tSCAN " + std::string(time.data()) + tame(name) + "\n";
    }
    return text +
           "\nMEMSTATS: heap N/A mmap N/A used N/A free N/A releasable N/A pools 1 pools_used " +
           megabytes(server.room->held) + " pools_total " + megabytes(server.options.limits.held) +
           "\nEND";
}

}  // namespace

std::string Server::State::reply_to(Verb verb) const {
    switch (verb) {
        case Verb::ping:
            return "PONG";
        case Verb::version:
            return version(pool.facts());
        case Verb::version_commands:
            return version(pool.facts()) + "| COMMANDS: " + all_commands();
        case Verb::stats:
            return stats(*this);
        case Verb::reload:
            return "RELOADING";
        case Verb::ready:
            return pool.ready() ? "READY generation=" + pool.facts()->generation : "NOT READY";
        default:
            return {};
    }
}

}  // namespace postern::engine::service
