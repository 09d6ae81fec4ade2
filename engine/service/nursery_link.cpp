// SPDX-License-Identifier: Apache-2.0
#include "engine/service/nursery_link.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace postern::engine::service {

namespace {

constexpr int nursery_descriptor = 3;

// All descriptors here are closed on exec, so that only what is put in place goes along.
int spawn(const std::vector<std::string>& command, int socket) {
    std::vector<char*> words;
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    if (socket == nursery_descriptor) {
        // dup2() onto itself would leave it to be closed.
        ::fcntl(socket, F_SETFD, 0);
    } else {
        posix_spawn_file_actions_adddup2(&actions, socket, nursery_descriptor);
    }
    posix_spawnattr_t attributes{};
    posix_spawnattr_init(&attributes);
    sigset_t none{};
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t process = -1;
    const int error =
        ::posix_spawn(&process, words[0], &actions, &attributes, words.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        throw std::system_error(error, std::generic_category(), command[0] + ": cannot be started");
    }
    return process;
}

}  // namespace

NurseryLink::NurseryLink(Loop& loop, const std::vector<std::string>& command, Listener listener)
    : listener_(std::move(listener)) {
    auto [ours, theirs] = packet_pair();
    process_ = spawn(command, theirs.get());
    socket_ = std::move(ours);
    watch_ = std::make_unique<Watch>(loop, socket_.get());
    listen();
}

NurseryLink::~NurseryLink() {
    watch_.reset();
    socket_.close();
    // It leaves at once: loading is the only thing that it does at length, and then it need not be
    // waited for.
    if (process_ > 0 && ::waitpid(process_, nullptr, WNOHANG) == 0) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
}

bool NurseryLink::fork_worker(std::uint64_t id, Packet ends) {
    const std::array files{ends.descriptors[0].get(), ends.descriptors[1].get()};
    return send_packet(
        socket_.get(),
        Packer().number(static_cast<std::uint64_t>(ToNursery::fork)).number(id).take(), files,
        Waiting::no);
}

void NurseryLink::end_worker(std::uint64_t id) {
    send_packet(socket_.get(),
                Packer().number(static_cast<std::uint64_t>(ToNursery::end)).number(id).take(), {},
                Waiting::no);
}

void NurseryLink::listen() {
    watch_->when_readable([this] {
        Packet packet;
        const Received received = receive_packet(socket_.get(), packet, Waiting::no);
        // The callbacks may destroy this link: nothing of it is touched after them.
        if (received == Received::closed) return listener_.closed();
        listen();
        if (received == Received::packet) take(packet);
    });
}

void NurseryLink::take(const Packet& packet) {
    Unpacker from(packet.octets);
    const auto what = static_cast<FromNursery>(from.number());
    if (what == FromNursery::failed) return listener_.failed(from.text());
    if (what == FromNursery::loaded) {
        facts_.generation = from.text();
        facts_.signatures = from.number();
        facts_.since =
            std::chrono::system_clock::from_time_t(static_cast<std::time_t>(from.number()));
        facts_.time_limit = std::chrono::milliseconds(from.number());
        facts_.loading_seconds = static_cast<double>(from.number()) * 1e-6;
        return listener_.loaded(facts_);
    }
    const std::uint64_t id = from.number();
    if (what == FromNursery::forked) return listener_.forked(id, static_cast<int>(from.number()));
    if (what == FromNursery::ended) return listener_.ended(id, static_cast<int>(from.number()));
}

}  // namespace postern::engine::service
