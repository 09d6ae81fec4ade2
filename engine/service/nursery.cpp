// SPDX-License-Identifier: Apache-2.0
#include "engine/service/nursery.h"

#include "engine/service/libraries_ready.h"
#include "engine/service/packet.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <system_error>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace postern::engine::service {

namespace {

class Nursery {
public:
    Nursery(int socket, const NurseryOptions& options, Judge& judge)
        : socket_(socket), options_(options), judge_(judge) {
        sigset_t children{};
        sigemptyset(&children);
        sigaddset(&children, SIGCHLD);
        sigprocmask(SIG_BLOCK, &children, &before_);
        signals_ = Descriptor(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
    }

    ~Nursery() {
        for (const auto& [process, id] : workers_) ::kill(process, SIGKILL);
    }

    // Until the supervisor is gone.
    void run() {
        for (;;) {
            std::array<pollfd, 2> files{pollfd{socket_, POLLIN, 0},
                                        pollfd{signals_.get(), POLLIN, 0}};
            if (::poll(files.data(), files.size(), -1) < 0 && errno != EINTR) return;
            if (files[1].revents != 0) bury();
            if (files[0].revents != 0 && !obey()) return;
        }
    }

private:
    bool obey() {
        Packet packet;
        const Received received = receive_packet(socket_, packet, Waiting::no);
        if (received != Received::packet) return received == Received::nothing;
        Unpacker from(packet.octets);
        const auto what = static_cast<ToNursery>(from.number());
        const std::uint64_t id = from.number();
        if (what == ToNursery::fork && packet.descriptors.size() == 2) fork_worker(id, packet);
        if (what == ToNursery::end) end_worker(id);
        return true;
    }

    void fork_worker(std::uint64_t id, Packet& packet) {
        const pid_t process = ::fork();
        if (process == 0) be_worker(packet);
        if (process < 0) return tell_ended(id, -1);
        workers_[process] = id;
        send_packet(socket_, Packer()
                                 .number(static_cast<std::uint64_t>(FromNursery::forked))
                                 .number(id)
                                 .number(static_cast<std::uint64_t>(process))
                                 .take());
    }

    [[noreturn]] void be_worker(Packet& packet) {
        ::close(socket_);
        signals_.close();
        sigprocmask(SIG_SETMASK, &before_, nullptr);
        run_worker(judge_, {packet.descriptors[0].get(), packet.descriptors[1].get()},
                   options_.threads, options_.enclosure);
    }

    void end_worker(std::uint64_t id) {
        for (const auto& [process, of] : workers_) {
            if (of == id)
                ::kill(process, SIGKILL);  // not waited for yet: the number is still its own
        }
    }

    void bury() {
        signalfd_siginfo told{};
        while (::read(signals_.get(), &told, sizeof told) > 0) {
        }
        int status = 0;
        for (pid_t process; (process = ::waitpid(-1, &status, WNOHANG)) > 0;) {
            const auto at = workers_.find(process);
            if (at == workers_.end()) continue;
            const std::uint64_t id = at->second;
            workers_.erase(at);
            tell_ended(id, status);
        }
    }

    void tell_ended(std::uint64_t id, int status) {
        send_packet(socket_,
                    Packer()
                        .number(static_cast<std::uint64_t>(FromNursery::ended))
                        .number(id)
                        .number(static_cast<std::uint64_t>(static_cast<std::int64_t>(status)))
                        .take());
    }

    int socket_;
    const NurseryOptions& options_;
    Judge& judge_;
    Descriptor signals_;
    sigset_t before_{};
    std::map<pid_t, std::uint64_t> workers_;
};

void tell_loaded(int socket, const LoadedFacts& facts) {
    send_packet(
        socket,
        Packer()
            .number(static_cast<std::uint64_t>(FromNursery::loaded))
            .text(facts.generation)
            .number(facts.signatures)
            .number(static_cast<std::uint64_t>(std::chrono::system_clock::to_time_t(facts.since)))
            .number(static_cast<std::uint64_t>(facts.time_limit.count()))
            .number(static_cast<std::uint64_t>(facts.loading_seconds * 1e6))
            .take());
}

}  // namespace

int run_nursery(int socket, const NurseryOptions& options) try {
    ::prctl(PR_SET_NAME, "scand-nursery");
    // The terminal's signals are for the supervisor, which ends this process by closing its socket.
    for (const int signal : {SIGINT, SIGHUP, SIGTERM, SIGPIPE}) std::signal(signal, SIG_IGN);
    const auto start = std::chrono::steady_clock::now();
    Loaded loaded = options.load();
    const Converters converters;
    become(options.user);
    loaded.facts.loading_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    tell_loaded(socket, loaded.facts);
    Nursery(socket, options, *loaded.judge).run();
    return 0;
} catch (const std::exception& error) {
    send_packet(
        socket,
        Packer().number(static_cast<std::uint64_t>(FromNursery::failed)).text(error.what()).take());
    return 1;
}

}  // namespace postern::engine::service
