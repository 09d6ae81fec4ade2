// SPDX-License-Identifier: Apache-2.0
// Schedule: which message goes where next. No sockets, no clock, no database: times come in, jobs go out.
//
// A destination has a window: how many connections it may have. It grows by one for a window's worth of successes
// and is halved by trouble; a destination that cannot be reached at all is closed for a while, and then opened by one
// connection. A slow or dead destination so keeps few connections, and since no more than half of all may belong to
// destinations that have not succeeded lately, it never holds up the others.
//
// Invariants
//  (1) A message is in the hands of at most one lane of a destination.
//  (2) What was added is there until it is taken; what was taken until it is finished.
#pragma once

#include "relay/queued_message.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace postern::relay {

struct ScheduleLimits {
    std::size_t connections = 500;       // of all destinations
    std::size_t per_destination = 20;
    std::size_t first_window = 5;
    std::chrono::seconds first_closure{30};
    std::chrono::seconds longest_closure{900};
};

// Not thread-safe.
class Schedule {
public:
    explicit Schedule(ScheduleLimits limits) : limits_(limits) {}

    struct Job {
        QueueId id;
        std::string destination;
    };

    // For connections that begin from now on.
    void change(const ScheduleLimits& limits) { limits_ = limits; }

    // Replaces an earlier time. A time of 0 (somebody asked for it) also opens a closed destination.
    void add(QueueId id, const std::string& destination, Time next);

    // A job for a new lane, which then counts as a connection until leave().
    std::optional<Job> enter(Time time);
    // Another job for a lane that is there.
    std::optional<QueueId> take(const std::string& destination, Time time);
    void leave(const std::string& destination);
    // The job's outcome is in the queue.
    void finish(const Job& job);

    void succeeded(const std::string& destination);
    // It answered, but not well: a connection broke, a time ran out, 421.
    void troubled(const std::string& destination);
    // Nobody was reached.
    void unreachable(const std::string& destination, Time time);

    // When enter() may next give something, if nothing else happens.
    std::optional<Time> next_time() const;
    bool is_in_flight(QueueId id) const;
    std::size_t lanes() const { return lanes_; }
    std::size_t waiting() const { return waiting_; }

private:
    struct Destination {
        std::set<std::pair<Time, QueueId>> waiting;
        std::unordered_map<QueueId, Time> times;  // of those waiting
        std::unordered_map<QueueId, std::optional<Time>> in_flight;  // added again meanwhile
        double window = 0;
        std::size_t lanes = 0;
        bool proven = false;
        Time closed_until{};
        std::chrono::seconds closure{0};
        std::optional<Time> wakes;  // its key in wake_
    };
    using Place = std::map<std::string, Destination>::iterator;

    void insert(Destination& destination, QueueId id, Time next);
    QueueId pop(Destination& destination);
    void rearrange(Place place);
    bool has_room_for(const Destination& destination) const;

    ScheduleLimits limits_;
    std::map<std::string, Destination> destinations_;
    std::set<std::pair<Time, std::string>> wake_;  // destinations that may have one more lane, by when
    std::size_t lanes_ = 0;
    std::size_t unproven_lanes_ = 0;
    std::size_t waiting_ = 0;
};

}  // namespace postern::relay
