// SPDX-License-Identifier: Apache-2.0
// The built program as a service, for end-to-end tests: started with words, known by what it says
// on standard error, ended with the test.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace postern::tests {

class ServiceProcess {
public:
    // Standard error goes to `log`, a file.
    ServiceProcess(const std::vector<std::string>& words, std::string log);
    // Ends it by SIGTERM, and by SIGKILL when it does not end within a minute.
    ~ServiceProcess();
    ServiceProcess(const ServiceProcess&) = delete;

    void signal(int number) const;
    // Its exit status, 128 + signal when a signal ended it; waits.
    int wait();
    int process() const { return process_; }
    // What stands behind `text` in the log, up to the line's end; waits for it. Empty: it did not
    // come.
    std::string said(const std::string& text,
                     std::chrono::seconds time = std::chrono::seconds(120)) const;
    std::string log() const;

private:
    int process_ = -1;
    int status_ = -1;
    std::string log_;
};

// A self-signed certificate and its key for relay.example.org, in one PEM file.
void write_certificate(const std::string& path);

// A TCP connection to "127.0.0.1:PORT" or "[::1]:PORT", with TLS on demand; reads have a time-out of a minute.
class SmtpConnection {
public:
    explicit SmtpConnection(const std::string& address);
    ~SmtpConnection();
    SmtpConnection(const SmtpConnection&) = delete;

    void send(const std::string& octets);
    // A line of a reply without CR LF; false: closed, or nothing came.
    bool line(std::string& text);
    bool start_tls();
    // Everything until the server closes.
    std::string rest();

private:
    bool fill();

    int socket_ = -1;
    void* tls_ = nullptr;
    void* context_ = nullptr;
    std::string received_;
};

}  // namespace postern::tests
