// SPDX-License-Identifier: Apache-2.0
#include "relay/schedule.h"

#include <algorithm>

namespace postern::relay {

void Schedule::insert(Destination& destination, QueueId id, Time next) {
    const auto known = destination.times.find(id);
    if (known != destination.times.end()) {
        destination.waiting.erase({known->second, id});
        --waiting_;
    }
    destination.times[id] = next;
    destination.waiting.insert({next, id});
    ++waiting_;
}

void Schedule::add(QueueId id, const std::string& name, Time next) {
    const Place place = destinations_.try_emplace(name).first;
    Destination& destination = place->second;
    if (destination.window == 0) destination.window = static_cast<double>(limits_.first_window);
    if (next == Time{}) destination.closed_until = Time{};
    const auto flying = destination.in_flight.find(id);
    if (flying != destination.in_flight.end()) {
        flying->second = next;
    } else {
        insert(destination, id, next);
    }
    rearrange(place);
}

bool Schedule::has_room_for(const Destination& destination) const {
    if (lanes_ >= limits_.connections) return false;
    return destination.proven || unproven_lanes_ < std::max<std::size_t>(1, limits_.connections / 2);
}

// Puts the destination where it belongs in wake_, or takes it out.
void Schedule::rearrange(Place place) {
    auto& [name, destination] = *place;
    if (destination.wakes) wake_.erase({*destination.wakes, name});
    destination.wakes.reset();
    const bool idle = destination.waiting.empty() && destination.in_flight.empty() && destination.lanes == 0;
    if (idle && destination.closure.count() == 0) {
        destinations_.erase(place);
        return;
    }
    const bool may_open = destination.lanes < std::max<std::size_t>(1, static_cast<std::size_t>(destination.window));
    if (destination.waiting.empty() || !may_open) return;
    destination.wakes = std::max(destination.waiting.begin()->first, destination.closed_until);
    wake_.insert({*destination.wakes, name});
}

QueueId Schedule::pop(Destination& destination) {
    const QueueId id = destination.waiting.begin()->second;
    destination.waiting.erase(destination.waiting.begin());
    destination.times.erase(id);
    destination.in_flight[id];
    --waiting_;
    return id;
}

std::optional<Schedule::Job> Schedule::enter(Time time) {
    for (const auto& [when, name] : wake_) {
        if (when > time || lanes_ >= limits_.connections) break;
        const Place place = destinations_.find(name);
        Destination& destination = place->second;
        if (!has_room_for(destination)) continue;
        ++destination.lanes;
        ++lanes_;
        if (!destination.proven) ++unproven_lanes_;
        const Job job{pop(destination), name};
        rearrange(place);
        return job;
    }
    return std::nullopt;
}

std::optional<QueueId> Schedule::take(const std::string& name, Time time) {
    const Place place = destinations_.find(name);
    if (place == destinations_.end()) return std::nullopt;
    Destination& destination = place->second;
    const bool due = !destination.waiting.empty() && destination.waiting.begin()->first <= time;
    if (!due || destination.closed_until > time) return std::nullopt;
    const QueueId id = pop(destination);
    rearrange(place);
    return id;
}

void Schedule::leave(const std::string& name) {
    const Place place = destinations_.find(name);
    Destination& destination = place->second;
    --destination.lanes;
    --lanes_;
    if (!destination.proven) --unproven_lanes_;
    rearrange(place);
}

void Schedule::finish(const Job& job) {
    const Place place = destinations_.find(job.destination);
    if (place == destinations_.end()) return;
    Destination& destination = place->second;
    const auto flying = destination.in_flight.find(job.id);
    if (flying == destination.in_flight.end()) return;
    const std::optional<Time> again = flying->second;
    destination.in_flight.erase(flying);
    if (again) insert(destination, job.id, *again);
    rearrange(place);
}

void Schedule::succeeded(const std::string& name) {
    const Place place = destinations_.find(name);
    if (place == destinations_.end()) return;
    Destination& destination = place->second;
    destination.window = std::min(static_cast<double>(limits_.per_destination), destination.window + 1 / destination.window);
    destination.closure = std::chrono::seconds(0);
    destination.closed_until = Time{};
    if (!destination.proven) unproven_lanes_ -= destination.lanes;
    destination.proven = true;
    rearrange(place);
}

void Schedule::troubled(const std::string& name) {
    const Place place = destinations_.find(name);
    if (place == destinations_.end()) return;
    Destination& destination = place->second;
    destination.window = std::max(1.0, destination.window / 2);
    if (destination.proven) unproven_lanes_ += destination.lanes;
    destination.proven = false;
    rearrange(place);
}

void Schedule::unreachable(const std::string& name, Time time) {
    const Place place = destinations_.find(name);
    if (place == destinations_.end()) return;
    Destination& destination = place->second;
    if (destination.proven && destination.lanes > 1) {  // others get through: it is one connection too many
        destination.window = static_cast<double>(destination.lanes - 1);
        rearrange(place);
        return;
    }
    if (destination.closed_until <= time) {  // else: told already by a lane that began with this one
        destination.closure = std::clamp(destination.closure * 2, limits_.first_closure, limits_.longest_closure);
        destination.closed_until = time + destination.closure;
    }
    destination.window = 1;
    troubled(name);
}

std::optional<Time> Schedule::next_time() const {
    if (wake_.empty()) return std::nullopt;
    return wake_.begin()->first;
}

bool Schedule::is_in_flight(QueueId id) const {
    return std::ranges::any_of(destinations_, [&](const auto& each) { return each.second.in_flight.contains(id); });
}

}  // namespace postern::relay
