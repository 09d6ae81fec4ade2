// SPDX-License-Identifier: Apache-2.0
// Clients of a service that speaks clamd's protocol: so many at once, each with one message after
// another, over a Unix socket and a connection for each message, as mail servers do.
//
//   scan_load SOCKET fildes|instream|verdict CLIENTS SECONDS FILE|FOLDER...
//
// SECONDS 0: every file once. Prints one JSON object: scans, bytes, seconds, latencies, and what
// was found by file. An answer that is neither OK nor FOUND ends the measurement: what is not
// scanned is not fast. Messages for streams lie in memory before the clock starts.
#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

enum class Way : std::uint8_t { fildes, instream, verdict };

struct Message {
    std::string path;
    std::uint64_t size = 0;
    std::string request;  // of a stream: all that is sent
};

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

std::string chunk_length(std::size_t size) {
    std::string octets;
    for (const int shift : {24, 16, 8, 0}) octets += static_cast<char>(size >> shift & 0xff);
    return octets;
}

std::string stream_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string octets{std::istreambuf_iterator<char>(file), {}};
    std::string request("zINSTREAM\0", 10);
    if (!octets.empty()) request += chunk_length(octets.size()) + octets;
    return request + chunk_length(0);
}

std::vector<Message> messages_of(const std::vector<std::string>& names, Way way) {
    std::vector<Message> messages;
    const auto add = [&](const std::string& path) {
        messages.push_back(
            {path, fs::file_size(path), way == Way::instream ? stream_of(path) : ""});
    };
    for (const std::string& name : names) {
        if (!fs::is_directory(name)) {
            add(name);
            continue;
        }
        for (const auto& entry : fs::directory_iterator(name)) add(entry.path());
    }
    std::sort(messages.begin(), messages.end(),
              [](const Message& a, const Message& b) { return a.path < b.path; });
    return messages;
}

// One socket, open as long as this lives.
class Connection {
public:
    explicit Connection(const std::string& path)
        : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        while (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
               0) {
            if (errno != EAGAIN && errno != EINTR) fail(path);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));  // its backlog is full
        }
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { ::close(socket_); }

    void send(std::string_view octets) {
        while (!octets.empty()) {
            const ssize_t sent = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
            if (sent < 0) fail("the service went away");
            octets.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    // A command and the octet that carries its descriptor, as clamd's clients send them.
    void send(std::string_view command, int file) {
        send(command);
        char nothing = 0;
        iovec vector{&nothing, 1};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
        msghdr header{};
        header.msg_iov = &vector;
        header.msg_iovlen = 1;
        header.msg_control = control.data();
        header.msg_controllen = control.size();
        cmsghdr* part = CMSG_FIRSTHDR(&header);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof file);
        std::memcpy(CMSG_DATA(part), &file, sizeof file);
        if (::sendmsg(socket_, &header, MSG_NOSIGNAL) != 1) fail("the service went away");
    }

    std::string reply() {
        std::string all;
        std::array<char, 65536> buffer;
        while (!all.ends_with('\0')) {
            const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
            if (size <= 0) fail("the service ended without an answer");
            all.append(buffer.data(), static_cast<std::size_t>(size));
        }
        all.pop_back();
        return all;
    }

private:
    int socket_;
};

std::string ask(const std::string& socket, Way way, const Message& message) {
    Connection connection(socket);
    if (way == Way::instream) {
        connection.send(message.request);
        return connection.reply();
    }
    const int file = ::open(message.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) fail(message.path);
    using namespace std::string_view_literals;
    connection.send(way == Way::fildes ? "zFILDES\0"sv : "zVERDICT FILDES\0"sv, file);
    ::close(file);
    return connection.reply();
}

// The name that was found; empty: nothing.
std::string found_in(const std::string& reply, Way way) {
    if (way == Way::verdict && reply.starts_with('{')) return {};
    if (reply.ends_with(": OK")) return {};
    const std::size_t end = reply.rfind(" FOUND");
    const std::size_t begin = reply.find(": ");
    if (end == reply.npos || begin == reply.npos) throw std::runtime_error("answered: " + reply);
    return reply.substr(begin + 2, end - begin - 2);
}

struct Load {
    std::string socket;
    Way way{};
    int clients = 1;
    double seconds = 0;  // 0: each message once
    std::vector<Message> messages;
};

struct Outcome {
    std::mutex mutex;
    std::vector<double> times;
    std::uint64_t bytes = 0;
    std::map<std::string, std::string> found;  // by the file's name
    std::string failure;
};

void be_client(const Load& load, std::atomic<std::size_t>& next, Outcome& outcome) try {
    std::vector<double> times;
    std::uint64_t bytes = 0;
    std::map<std::string, std::string> found;
    const auto end = Clock::now() + std::chrono::duration<double>(load.seconds);
    const bool once = load.seconds == 0;
    for (std::size_t at; (at = next++), once ? at < load.messages.size() : Clock::now() < end;) {
        const Message& message = load.messages[at % load.messages.size()];
        const auto begin = Clock::now();
        const std::string reply = ask(load.socket, load.way, message);
        times.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
        bytes += message.size;
        const std::string name = found_in(reply, load.way);
        if (!name.empty()) found[fs::path(message.path).filename()] = name;
    }
    const std::lock_guard lock(outcome.mutex);
    outcome.times.insert(outcome.times.end(), times.begin(), times.end());
    outcome.bytes += bytes;
    outcome.found.merge(found);
} catch (const std::exception& error) {
    const std::lock_guard lock(outcome.mutex);
    outcome.failure = error.what();
}

void print(Outcome& outcome, double seconds) {
    std::vector<double>& times = outcome.times;
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) {
        return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
    };
    std::printf(
        "{\"scans\": %zu, \"bytes\": %llu, \"seconds\": %.4f, \"p50\": %.6f, \"p99\": %.6f, "
        "\"longest\": %.6f, \"found\": {",
        times.size(), static_cast<unsigned long long>(outcome.bytes), seconds, at(0.5), at(0.99),
        times.back());
    const char* between = "";
    for (const auto& [file, name] : outcome.found) {
        std::printf("%s\"%s\": \"%s\"", between, file.c_str(), name.c_str());
        between = ", ";
    }
    std::printf("}}\n");
}

double number_from(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0)
        throw std::runtime_error("not a number: " + std::string(text));
    return value;
}

Way way_from(std::string_view text) {
    if (text == "fildes") return Way::fildes;
    if (text == "instream") return Way::instream;
    if (text == "verdict") return Way::verdict;
    throw std::runtime_error("no way to ask: " + std::string(text));
}

int run(const std::vector<std::string>& words) {
    if (words.size() < 5) {
        std::fprintf(stderr,
                     "scan_load SOCKET fildes|instream|verdict CLIENTS SECONDS FILE|FOLDER...\n");
        return 2;
    }
    Load load{words[0],
              way_from(words[1]),
              static_cast<int>(number_from(words[2])),
              number_from(words[3]),
              {}};
    load.messages = messages_of({words.begin() + 4, words.end()}, load.way);
    if (load.messages.empty()) throw std::runtime_error("there are no messages");
    Outcome outcome;
    std::atomic<std::size_t> next{0};
    const auto begin = Clock::now();
    std::vector<std::thread> clients;
    for (int i = 0; i < load.clients; ++i)
        clients.emplace_back([&] { be_client(load, next, outcome); });
    for (std::thread& one : clients) one.join();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    if (!outcome.failure.empty()) throw std::runtime_error(outcome.failure);
    if (outcome.times.empty()) throw std::runtime_error("nothing was answered in that time");
    print(outcome, seconds);
    return 0;
}

}  // namespace

int main(int argc, char** argv) try {
    return run({argv + 1, argv + argc});
} catch (const std::exception& error) {
    std::fprintf(stderr, "scan_load: %s\n", error.what());
    return 1;
}
