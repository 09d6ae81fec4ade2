// SPDX-License-Identifier: Apache-2.0
#include "relay/stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <algorithm>
#include <cerrno>
#include <limits>

namespace postern::relay {

namespace {

SSL* ssl(void* tls) {
    return static_cast<SSL*>(tls);
}

int length_of(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

Stream::Result plain_outcome(ssize_t result, Stream::Wait wait) {
    if (result > 0) return {static_cast<std::size_t>(result), Stream::Wait::none};
    const bool again = result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    return {0, again ? wait : Stream::Wait::over};
}

}  // namespace

Stream::~Stream() {
    SSL_free(ssl(tls_));
}

Stream::Result Stream::outcome(int result) const {
    if (result > 0) return {static_cast<std::size_t>(result), Wait::none};
    const int error = SSL_get_error(ssl(tls_), result);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ) return {0, Wait::readable};
    return {0, error == SSL_ERROR_WANT_WRITE ? Wait::writable : Wait::over};
}

Stream::Result Stream::read(std::span<char> buffer) {
    if (tls_ == nullptr)
        return plain_outcome(::recv(socket_, buffer.data(), buffer.size(), 0), Wait::readable);
    std::size_t taken = 0;
    Result result;
    // A record holds 16 KiB; several are taken at once.
    while (taken < buffer.size()) {
        ERR_clear_error();
        result =
            outcome(SSL_read(ssl(tls_), buffer.data() + taken, length_of(buffer.size() - taken)));
        if (result.octets == 0) break;
        taken += result.octets;
    }
    return taken != 0 ? Result{taken, Wait::none} : result;
}

Stream::Result Stream::write(std::string_view octets) {
    if (tls_ == nullptr)
        return plain_outcome(::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL),
                             Wait::writable);
    ERR_clear_error();
    return outcome(SSL_write(ssl(tls_), octets.data(), length_of(octets.size())));
}

void Stream::drop_readable() {
    char buffer[4096];
    while (::recv(socket_, buffer, sizeof buffer, 0) > 0) {
    }
}

void Stream::begin_tls(const std::shared_ptr<const TlsContext>& context) {
    context_ = context;
    tls_ = SSL_new(static_cast<SSL_CTX*>(context->native()));
    SSL_set_fd(ssl(tls_), socket_);
    SSL_set_accept_state(ssl(tls_));
}

Stream::Result Stream::handshake() {
    ERR_clear_error();
    return outcome(SSL_do_handshake(ssl(tls_)));
}

std::string Stream::tls() const {
    if (tls_ == nullptr) return {};
    return std::string(SSL_get_version(ssl(tls_))) + " with cipher " +
           SSL_get_cipher_name(ssl(tls_)) + " (" +
           std::to_string(SSL_get_cipher_bits(ssl(tls_), nullptr)) + " bits)";
}

void Stream::close_tls() {
    if (tls_ == nullptr) return;
    SSL_shutdown(ssl(tls_));
    ERR_clear_error();
}

}  // namespace postern::relay
