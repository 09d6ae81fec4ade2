// SPDX-License-Identifier: Apache-2.0
#include "engine/service/worker_link.h"

#include "engine/service/waiting_line.h"
#include "engine/service/worker.h"

#include <algorithm>
#include <array>

namespace postern::engine::service {

namespace {

// No report is longer; what goes on and on is no report.
constexpr std::size_t most_answer_octets = 64 * 1024 * 1024;
// Packets read in a row before others have their turn.
constexpr int packets_a_turn = 64;

}  // namespace

WorkerLink::WorkerLink(Loop& loop, std::uint64_t id, Listener listener)
    : id_(id), listener_(std::move(listener)) {
    std::tie(small_, small_of_worker_) = packet_pair();
    std::tie(large_, large_of_worker_) = packet_pair();
    small_watch_ = std::make_unique<Watch>(loop, small_.get());
    large_watch_ = std::make_unique<Watch>(loop, large_.get());
    listen(*small_watch_, small_.get());
    listen(*large_watch_, large_.get());
}

Packet WorkerLink::take_worker_ends() {
    Packet packet;
    packet.descriptors.push_back(std::move(small_of_worker_));
    packet.descriptors.push_back(std::move(large_of_worker_));
    return packet;
}

bool WorkerLink::send(const JobPointer& job) {
    const int file = job->descriptor();
    in_flight_[job->request.ticket] = {job, {}};
    const bool small = WaitingLine::lane_of(*job) == Lane::small;
    if (small) ++small_in_flight_;
    const int socket = small ? small_.get() : large_.get();
    return send_packet(socket, pack(job->request), std::array{file}, Waiting::no);
}

std::vector<JobPointer> WorkerLink::jobs() const {
    std::vector<JobPointer> jobs;
    for (const auto& [ticket, one] : in_flight_) jobs.push_back(one.job);
    return jobs;
}

std::vector<JobPointer> WorkerLink::take_in_flight() {
    std::vector<JobPointer> all = jobs();
    for (const auto& [ticket, one] : in_flight_) not_heard_.insert(ticket);
    in_flight_.clear();
    small_in_flight_ = 0;
    return all;
}

std::vector<JobPointer> WorkerLink::take_untaken(std::size_t threads) {
    std::vector<JobPointer> untaken;
    for (auto at = in_flight_.begin(); at != in_flight_.end();) {
        const bool small = WaitingLine::lane_of(*at->second.job) == Lane::small;
        if (!small || threads > 0) {
            threads -= small ? 1 : 0;
            ++at;
            continue;
        }
        untaken.push_back(std::move(at->second.job));
        not_heard_.insert(at->first);
        at = in_flight_.erase(at);
        --small_in_flight_;
    }
    return untaken;
}

std::size_t WorkerLink::overdue(Clock::time_point now) const {
    return static_cast<std::size_t>(
        std::count_if(in_flight_.begin(), in_flight_.end(),
                      [&](const auto& one) { return one.second.job->deadline < now; }));
}

void WorkerLink::listen(Watch& watch, int socket) {
    watch.when_readable([this, &watch, socket] {
        Packet packet;
        for (int i = 0; i < packets_a_turn; ++i) {
            const Received received = receive_packet(socket, packet, Waiting::no);
            if (received == Received::nothing) break;
            // What is called may destroy this link.
            if (received == Received::closed) return listener_.closed();
            if (!take(packet)) return;
        }
        listen(watch, socket);
    });
}

bool WorkerLink::take(const Packet& packet) {
    Unpacker from(packet.octets);
    const std::uint64_t ticket = from.number();
    const bool last = from.number() != 0;
    if (ticket == ready_ticket && state == WorkerState::starting) {
        listener_.ready();
        return true;
    }
    if (not_heard_.contains(ticket)) return true;
    const auto at = in_flight_.find(ticket);
    const bool nonsense = at == in_flight_.end() || !from.good() ||
                          at->second.pieces.size() + from.rest().size() > most_answer_octets;
    if (nonsense) {
        listener_.answered(nullptr, std::nullopt);
        return false;
    }
    at->second.pieces += from.rest();
    if (!last) return true;
    auto answer = unpack_answer(at->second.pieces);
    if (!answer) {
        listener_.answered(nullptr, std::nullopt);
        return false;
    }
    const JobPointer job = std::move(at->second.job);
    in_flight_.erase(at);
    if (WaitingLine::lane_of(*job) == Lane::small) {
        --small_in_flight_;
        ++small_answered_;
    }
    listener_.answered(job, std::move(answer));
    return true;
}

}  // namespace postern::engine::service
