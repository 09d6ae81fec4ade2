// SPDX-License-Identifier: Apache-2.0
// TlsContext: our certificate and what TLS we speak, for all sessions that begin while it is in force.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace postern::relay {

enum class TlsVersion : std::uint8_t { tls_1_2, tls_1_3 };

struct TlsOptions {
    std::string certificate;  // PEM, the chain behind it; empty: TLS is not offered
    std::string key;          // PEM; empty: in the certificate's file
    TlsVersion min_version = TlsVersion::tls_1_2;
    bool operator==(const TlsOptions&) const = default;
};

// A file that cannot be used: which, why, and what to do.
class TlsError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Immutable, shared by threads and sessions.
class TlsContext {
public:
    // Throws TlsError.
    explicit TlsContext(const TlsOptions& options);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;

    void* native() const { return context_; }  // the SSL_CTX, for stream.cpp

private:
    void* context_;
};

}  // namespace postern::relay
