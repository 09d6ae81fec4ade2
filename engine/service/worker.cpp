// SPDX-License-Identifier: Apache-2.0
#include "engine/service/worker.h"

#include "engine/service/packet.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <thread>
#include <vector>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace postern::engine::service {

namespace {

// What is no larger is read and not mapped: that costs less, and a file that is cut meanwhile does
// no harm.
constexpr std::uint64_t mapped_from = 256 * 1024;

// The octets of a descriptor, as long as this lives.
class Octets {
public:
    explicit Octets(int file) {
        const off_t end = ::lseek(file, 0, SEEK_END);
        if (end < 0) return;
        const auto size = static_cast<std::size_t>(end);
        good_ = size < mapped_from ? read(file, size) : map(file, size);
    }
    Octets(const Octets&) = delete;
    Octets& operator=(const Octets&) = delete;
    ~Octets() {
        message_ = {};
        if (mapping_ != nullptr) ::munmap(mapping_, mapped_);
    }

    bool good() const { return good_; }
    const mime::Message& message() const { return message_; }

private:
    bool read(int file, std::size_t size) {
        std::string octets(size, '\0');
        std::size_t at = 0;
        while (at < size) {
            const ssize_t got =
                ::pread(file, octets.data() + at, size - at, static_cast<off_t>(at));
            if (got < 0) return false;
            if (got == 0) break;  // cut since it was measured
            at += static_cast<std::size_t>(got);
        }
        octets.resize(at);
        message_ = mime::Message::own(std::move(octets));
        return true;
    }

    bool map(int file, std::size_t size) {
        void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
        if (address == MAP_FAILED) return false;
        mapping_ = address;
        mapped_ = size;
        message_ = mime::Message::borrow({static_cast<const std::byte*>(address), size});
        return true;
    }

    bool good_ = false;
    void* mapping_ = nullptr;
    std::size_t mapped_ = 0;
    mime::Message message_;
};

Answer unreadable() {
    Answer answer;
    answer.error = "it cannot be read";
    return answer;
}

// A long answer goes in pieces; the last one says that it is.
void send_answer(int socket, std::uint64_t ticket, const Answer& answer) {
    constexpr std::size_t piece_size = most_packet_octets - 64;
    const std::string octets = pack(answer);
    std::string_view left = octets;
    do {
        const std::string_view piece = left.substr(0, piece_size);
        left.remove_prefix(piece.size());
        std::string packet = Packer().number(ticket).number(left.empty() ? 1 : 0).take();
        packet += piece;
        if (!send_packet(socket, packet)) ::_exit(0);
    } while (!left.empty());
}

// No exception leaves it: std::terminate() is what (2) asks for.
void serve(const Judge& judge, int socket) noexcept {
    for (Packet packet; receive_packet(socket, packet, Waiting::yes) == Received::packet;) {
        const std::optional<Request> request = unpack_request(packet.octets);
        if (!request || packet.descriptors.size() != 1) continue;
        Answer answer;
        {
            const Octets octets(packet.descriptors.front().get());
            answer = octets.good() ? judge.judge(*request, octets.message()) : unreadable();
        }
        packet.descriptors.clear();
        send_answer(socket, request->ticket, answer);
    }
    // Nobody asks any more, and all was answered.
    ::_exit(0);
}

}  // namespace

void run_worker(Judge& judge, WorkerSockets sockets, WorkerThreads threads,
                const Enclosure& enclosure) {
    try {
        ::prctl(PR_SET_NAME, "scand-worker");
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        std::signal(SIGXFSZ, SIG_IGN);
        enclose(enclosure);
        judge.begin();
        std::vector<std::thread> all;
        for (unsigned i = 0; i < threads.small; ++i)
            all.emplace_back([&] { serve(judge, sockets.small); });
        for (unsigned i = 0; i < threads.large; ++i)
            all.emplace_back([&] { serve(judge, sockets.large); });
        send_packet(sockets.small, Packer().number(ready_ticket).number(1).take());
        for (std::thread& one : all) one.join();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "postern: a worker cannot be started: %s\n", error.what());
    }
    ::_exit(1);
}

}  // namespace postern::engine::service
