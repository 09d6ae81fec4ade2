// SPDX-License-Identifier: Apache-2.0
#include "tests/support/relay_process.h"

#include "tests/support/command.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <thread>

namespace postern::tests {

namespace {

using Clock = std::chrono::steady_clock;

SSL* ssl(void* tls) {
    return static_cast<SSL*>(tls);
}

}  // namespace

ServiceProcess::ServiceProcess(const std::vector<std::string>& words, std::string log)
    : log_(std::move(log)) {
    std::vector<char*> pointers;
    for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    process_ = fork();
    if (process_ == 0) {
        const int file = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(file, STDERR_FILENO);
        ::dup2(file, STDOUT_FILENO);
        execv(pointers.front(), pointers.data());
        _exit(127);
    }
}

ServiceProcess::~ServiceProcess() {
    if (process_ < 0 || status_ >= 0) return;
    signal(SIGTERM);
    for (const auto end = Clock::now() + std::chrono::minutes(1); Clock::now() < end;) {
        if (waitpid(process_, nullptr, WNOHANG) != 0) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    signal(SIGKILL);
    waitpid(process_, nullptr, 0);
}

void ServiceProcess::signal(int number) const {
    kill(process_, number);
}

int ServiceProcess::wait() {
    int status = 0;
    waitpid(process_, &status, 0);
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return status_;
}

std::string ServiceProcess::log() const {
    return read_file(log_);
}

std::string ServiceProcess::said(const std::string& text, std::chrono::seconds time) const {
    for (const auto end = Clock::now() + time; Clock::now() < end;) {
        const std::string all = std::filesystem::exists(log_) ? log() : std::string();
        const std::size_t at = all.find(text);
        const std::size_t line_end = at == std::string::npos ? at : all.find('\n', at);
        if (line_end != std::string::npos)
            return all.substr(at + text.size(), line_end - at - text.size());
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return {};
}

void write_certificate(const std::string& path) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("relay.example.org"), -1, -1,
                               0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    std::FILE* file = std::fopen(path.c_str(), "w");
    PEM_write_X509(file, certificate);
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

SmtpConnection::SmtpConnection(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    const auto port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    sockaddr_in v4{AF_INET, port, {}, {}};
    sockaddr_in6 v6{AF_INET6, port, 0, {}, 0};
    const bool is_v6 = address.front() == '[';
    inet_pton(AF_INET, address.substr(0, colon).c_str(), &v4.sin_addr);
    if (is_v6) inet_pton(AF_INET6, address.substr(1, colon - 2).c_str(), &v6.sin6_addr);
    socket_ = ::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{60, 0};
    const int on = 1;
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto* const there = is_v6 ? reinterpret_cast<sockaddr*>(&v6) : reinterpret_cast<sockaddr*>(&v4);
    if (::connect(socket_, there, is_v6 ? sizeof v6 : sizeof v4) != 0) {
        ::close(socket_);
        socket_ = -1;
    }
}

SmtpConnection::~SmtpConnection() {
    SSL_free(ssl(tls_));
    SSL_CTX_free(static_cast<SSL_CTX*>(context_));
    if (socket_ >= 0) ::close(socket_);
}

void SmtpConnection::send(const std::string& octets) {
    for (std::size_t sent = 0; sent < octets.size();) {
        const auto rest = octets.size() - sent;
        const auto done = tls_ != nullptr
                              ? SSL_write(ssl(tls_), octets.data() + sent, static_cast<int>(rest))
                              : ::send(socket_, octets.data() + sent, rest, MSG_NOSIGNAL);
        if (done <= 0) return;
        sent += static_cast<std::size_t>(done);
    }
}

bool SmtpConnection::fill() {
    char buffer[16384];
    const auto got = tls_ != nullptr ? SSL_read(ssl(tls_), buffer, sizeof buffer)
                                     : ::recv(socket_, buffer, sizeof buffer, 0);
    if (got > 0) received_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
}

bool SmtpConnection::line(std::string& text) {
    for (;;) {
        const std::size_t end = received_.find("\r\n");
        if (end != std::string::npos) {
            text = received_.substr(0, end);
            received_.erase(0, end + 2);
            return true;
        }
        if (!fill()) return false;
    }
}

std::string SmtpConnection::rest() {
    while (fill()) {
    }
    return std::move(received_);
}

bool SmtpConnection::start_tls() {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    context_ = context;
    SSL* connection = SSL_new(context);
    SSL_set_fd(connection, socket_);
    const bool good = received_.empty() && SSL_connect(connection) == 1;
    tls_ = connection;
    return good;
}

}  // namespace postern::tests
