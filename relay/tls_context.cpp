// SPDX-License-Identifier: Apache-2.0
#include "relay/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace postern::relay {

namespace {

std::string why() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "OpenSSL does not say why" : reason;
}

void use_certificate(SSL_CTX* context, const TlsOptions& options) {
    const std::string& key = options.key.empty() ? options.certificate : options.key;
    if (SSL_CTX_use_certificate_chain_file(context, options.certificate.c_str()) != 1) {
        throw TlsError(
            options.certificate + ": cannot be used as certificate (" + why() +
            "); it must be a readable PEM file with the certificate first and its chain behind it");
    }
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        throw TlsError(key + ": cannot be used as key (" + why() +
                       "); it must be a readable PEM file without a password, and belong to " +
                       options.certificate);
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        throw TlsError(key + ": does not belong to the certificate in " + options.certificate);
    }
}

}  // namespace

TlsContext::TlsContext(const TlsOptions& options) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    if (context == nullptr) throw TlsError("TLS cannot be set up: " + why());
    context_ = context;
    try {
        use_certificate(context, options);
    } catch (...) {
        SSL_CTX_free(context);
        throw;
    }
    SSL_CTX_set_min_proto_version(
        context, options.min_version == TlsVersion::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
    // An idle session holds no buffers; a session is not renegotiated, and not compressed.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
}

TlsContext::~TlsContext() {
    SSL_CTX_free(static_cast<SSL_CTX*>(context_));
}

}  // namespace postern::relay
