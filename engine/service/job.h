// SPDX-License-Identifier: Apache-2.0
// Job: one descriptor to be judged, from its being whole to its answer.
#pragma once

#include "engine/service/events.h"
#include "engine/service/request.h"
#include "engine/service/spool.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <variant>

namespace postern::engine::service {

using Clock = std::chrono::steady_clock;

enum class Lane : std::uint8_t { small, large };

// How a job ended: an answer, or none since it ended two workers.
struct Outcome {
    std::optional<Answer> answer;
    WorkerEnd end = WorkerEnd::crashed;  // without an answer
    int signal = 0;
    std::string generation;  // in force when it was given up
};

struct Job {
    Request request;
    std::string id;
    std::uint64_t size = 0;
    // What holds the octets.
    std::variant<Descriptor, Spool> octets;
    // Called once, by the loop.
    std::function<void(const Job&, const Outcome&)> done;

    unsigned failures = 0;  // workers that ended with it
    bool slow = false;      // as a suspect: it kept others waiting, or its worker hung with it
    bool out = false;       // the waiting line's: it takes another one's place
    Clock::time_point queued{};
    Clock::time_point dispatched{};
    Clock::time_point deadline{};  // later, its worker hangs

    int descriptor() {
        if (Spool* spool = std::get_if<Spool>(&octets)) return spool->descriptor();
        return std::get<Descriptor>(octets).get();
    }
};

using JobPointer = std::shared_ptr<Job>;

}  // namespace postern::engine::service
