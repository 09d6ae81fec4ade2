// SPDX-License-Identifier: Apache-2.0
#include "app/telemetry/service_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace postern::app::telemetry {

namespace {

std::string taken_from_environment(const char* name) {
    const char* value = std::getenv(name);
    const std::string text = value == nullptr ? "" : value;
    ::unsetenv(name);
    return text;
}

std::optional<std::uint64_t> number(const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string one_line(std::string_view text) {
    std::string line(text);
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
}

// systemd orders a reload by this clock.
std::uint64_t monotonic_microseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

}  // namespace

ServiceNotify::ServiceNotify() : socket_(taken_from_environment("NOTIFY_SOCKET")) {
    const auto interval = number(taken_from_environment("WATCHDOG_USEC"));
    const std::string process = taken_from_environment("WATCHDOG_PID");
    const bool is_for_us =
        process.empty() || number(process) == static_cast<std::uint64_t>(::getpid());
    if (interval && *interval > 0 && is_for_us) watchdog_ = std::chrono::microseconds(*interval);
    if (!socket_.empty()) descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

ServiceNotify::~ServiceNotify() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void ServiceNotify::ready(std::string_view status) const {
    send("READY=1\nSTATUS=" + one_line(status));
}

void ServiceNotify::status(std::string_view status) const {
    send("STATUS=" + one_line(status));
}

void ServiceNotify::reloading() const {
    send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_microseconds()));
}

void ServiceNotify::stopping() const {
    send("STOPPING=1");
}

void ServiceNotify::alive() const {
    send("WATCHDOG=1");
}

// A manager that does not listen is no reason not to serve.
void ServiceNotify::send(const std::string& lines) const {
    sockaddr_un address{};
    if (descriptor_ < 0 || socket_.size() >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    (void)::sendto(descriptor_, lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                   reinterpret_cast<const sockaddr*>(&address), length);
}

}  // namespace postern::app::telemetry
