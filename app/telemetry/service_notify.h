// SPDX-License-Identifier: Apache-2.0
// ServiceNotify: what a service tells the manager that started it, as sd_notify(3) defines it:
// lines in a datagram to the socket that $NOTIFY_SOCKET names. Without that variable nothing is
// told.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace postern::app::telemetry {

class ServiceNotify {
public:
    // Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID, and takes them from the environment,
    // so that a child cannot speak for the service.
    ServiceNotify();
    ~ServiceNotify();
    ServiceNotify(const ServiceNotify&) = delete;
    ServiceNotify& operator=(const ServiceNotify&) = delete;

    void ready(std::string_view status) const;
    void status(std::string_view status) const;
    void reloading() const;
    void stopping() const;
    // To be told more often than watchdog() says.
    void alive() const;

    // How long the manager waits for alive(); nothing: it does not.
    std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

private:
    void send(const std::string& lines) const;

    std::string socket_;  // its path; of an abstract one with "@" in front
    int descriptor_ = -1;
    std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace postern::app::telemetry
