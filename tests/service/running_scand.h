// SPDX-License-Identifier: Apache-2.0
// A scand of the test's own, in a thread of this process, with workers that can be made to fail
// (nursery_main.cpp); and a client that says exactly what it is told to.
#pragma once

#include "engine/service/scand.h"
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace postern::engine::service {

// What whoever runs the tests asks for by an environment variable.
inline int number_from(const char* name, int otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr ? std::atoi(value) : otherwise;
}

inline std::string eicar() {
    return std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$") + "EICAR-STANDARD-" +
           "ANTIVIRUS-TEST-FILE!$H+H*";
}

inline std::string mail(const std::string& field, const std::string& body) {
    return "From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n" + field + "\r\n" + body +
           "\r\n";
}

inline std::string chunk(std::string_view octets) {
    const auto size = static_cast<std::uint32_t>(octets.size());
    std::string out;
    for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(size >> shift & 0xff);
    return out + std::string(octets);
}

inline std::string stream_of(std::string_view octets) {
    return (octets.empty() ? "" : chunk(octets)) + chunk("");
}

// What was observed, for any thread.
class Observed : public Events {
public:
    void scan_finished(const ScanFinished& scan) override {
        const std::lock_guard lock(mutex);
        ++scans;
        longest_queue = std::max(longest_queue, scan.queued.count());
    }
    void worker_ended(const WorkerEnded& ended) override {
        const std::lock_guard lock(mutex);
        ++ends[static_cast<std::size_t>(ended.end)];
    }
    void message_given_up(const MessageGivenUp& one) override {
        const std::lock_guard lock(mutex);
        given_up.push_back(std::string(one.sha256));
        kept_in.push_back(std::string(one.kept_in));
    }
    void generation_changed(const GenerationChanged& change) override {
        const std::lock_guard lock(mutex);
        generations.push_back(std::string(change.generation));
    }
    void connection_closed(const ClientName&, std::string_view reason) override {
        const std::lock_guard lock(mutex);
        closed.push_back(std::string(reason));
    }
    void load_changed(const Load& load) override {
        const std::lock_guard lock(mutex);
        most_held = std::max(most_held, load.bytes_held);
    }
    void ready(const std::vector<std::string>&) override {
        const std::lock_guard lock(mutex);
        is_ready = true;
        changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    bool is_ready = false;
    std::size_t scans = 0;
    double longest_queue = 0;
    std::uint64_t most_held = 0;
    std::array<std::size_t, worker_end_count> ends{};
    std::vector<std::string> given_up, kept_in, generations, closed;
};

class RunningScand {
public:
    explicit RunningScand(ScandOptions options = {}, const std::vector<std::string>& sources = {}) {
        options.nursery_command = {tests::built_path("test_nursery")};
        options.nursery_command.insert(options.nursery_command.end(), sources.begin(),
                                       sources.end());
        options.listen.unix_path = folder.path() / "s";
        options.listen.tcp = {"127.0.0.1:0"};
        options.threads = 2;
        options.spool_folder = folder.path();
        service.emplace(std::move(options), events);
        thread = std::thread([this] { service->run(); });
        std::unique_lock lock(events.mutex);
        if (!events.changed.wait_for(lock, std::chrono::seconds(60),
                                     [&] { return events.is_ready; })) {
            ADD_FAILURE() << "scand did not become ready";
        }
    }
    ~RunningScand() {
        service->stop();
        thread.join();
    }

    std::string unix_path() const { return service->addresses()[0]; }
    int tcp_port() const {
        return std::stoi(service->addresses()[1].substr(service->addresses()[1].rfind(':') + 1));
    }
    std::size_t ended_workers() {
        const std::lock_guard lock(events.mutex);
        return events.ends[0] + events.ends[1] + events.ends[2];
    }

    tests::TemporaryFolder folder;
    Observed events;
    std::optional<Scand> service;
    std::thread thread;
};

class Client {
public:
    explicit Client(const std::string& path)
        : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.data(),
                    std::min(path.size(), sizeof address.sun_path - 1));
        connected_ = ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address) == 0;
    }
    explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address) == 0;
    }
    bool connected() const { return connected_; }

    bool send(std::string_view octets) {
        while (!octets.empty()) {
            const ssize_t sent = ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
            if (sent < 0) return false;
            octets.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    bool send(std::string_view octets, std::vector<int> files) {
        iovec vector{const_cast<char*>(octets.data()), octets.size()};
        std::vector<char> control(CMSG_SPACE(files.size() * sizeof(int)));
        msghdr header{};
        header.msg_iov = &vector;
        header.msg_iovlen = 1;
        header.msg_control = control.data();
        header.msg_controllen = control.size();
        cmsghdr* part = CMSG_FIRSTHDR(&header);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(files.size() * sizeof(int));
        std::memcpy(CMSG_DATA(part), files.data(), files.size() * sizeof(int));
        return ::sendmsg(socket_.get(), &header, MSG_NOSIGNAL) ==
               static_cast<ssize_t>(octets.size());
    }
    void half_close() { ::shutdown(socket_.get(), SHUT_WR); }

    // One reply, without its NUL. Empty: none came any more.
    std::string reply(int milliseconds = 60'000) {
        std::size_t end;
        while ((end = received_.find('\0')) == received_.npos && receive(milliseconds)) {
        }
        if (end == received_.npos) return {};
        std::string one = received_.substr(0, end);
        received_.erase(0, end + 1);
        return one;
    }
    // All that comes until the service closes; "(open)" behind it if it does not.
    std::string everything(int milliseconds = 60'000) {
        while (receive(milliseconds)) {
        }
        return ended_ ? received_ : received_ + "(open)";
    }

private:
    bool receive(int milliseconds) {
        pollfd file{socket_.get(), POLLIN, 0};
        if (::poll(&file, 1, milliseconds) <= 0) return false;
        std::array<char, 65536> buffer;
        const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        ended_ = size <= 0;
        if (size > 0) received_.append(buffer.data(), static_cast<std::size_t>(size));
        return size > 0;
    }

    Descriptor socket_;
    bool connected_ = false;
    bool ended_ = false;
    std::string received_;
};

inline Descriptor file_of(std::string_view octets) {
    Descriptor file(::memfd_create("test", MFD_CLOEXEC));
    EXPECT_EQ(::write(file.get(), octets.data(), octets.size()),
              static_cast<ssize_t>(octets.size()));
    return file;
}

inline std::string ask(RunningScand& scand, const std::string& octets) {
    Client client(scand.unix_path());
    EXPECT_TRUE(client.send(octets));
    return client.reply();
}

inline std::string z(const std::string& command) {
    return "z" + command + '\0';
}

inline std::string scan_stream(RunningScand& scand, const std::string& octets) {
    return ask(scand, z("INSTREAM") + stream_of(octets));
}

}  // namespace postern::engine::service
