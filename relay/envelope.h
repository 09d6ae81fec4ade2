// SPDX-License-Identifier: Apache-2.0
// Envelope: what SMTP says about a message besides the message (RFC 5321 2.3.1), as values.
//
// The session fills it and the queue keeps it. Text stands here as the command carried it and was found
// valid; nothing is decoded, so that the next hop can be told the very same (RFC 3461 5.2.1).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace postern::relay {

// RFC 3461 4.1. None of the four: the parameter was absent, which means failure (and delay, if we like).
struct Notify {
    bool never = false;
    bool success = false;
    bool failure = false;
    bool delay = false;

    bool given() const { return never || success || failure || delay; }
    bool of_failure() const { return failure || !given(); }
    bool of_delay() const { return delay || !given(); }
    bool operator==(const Notify&) const = default;
};

struct ForwardPath {
    std::string mailbox;             // "local-part@domain", without angle brackets and source route
    Notify notify;
    std::string original_recipient;  // ORCPT as given, "rfc822;xtext"; empty: absent

    bool operator==(const ForwardPath&) const = default;
};

// The part behind the last '@', in lower case.
std::string domain_of(const std::string& mailbox);

enum class Body : std::uint8_t { unspecified = 0, seven_bit = 1, eight_bit_mime = 2 };
enum class Return : std::uint8_t { unspecified = 0, full = 1, headers = 2 };  // RFC 3461 4.3

// Who handed the message in.
struct Client {
    std::string address;   // "192.0.2.1" or "2001:db8::1"; the one the PROXY header names, where there is one
    std::uint16_t port = 0;
    std::string helo;      // the argument of EHLO or HELO
    std::string protocol;  // SMTP, ESMTP, ESMTPS, ESMTPSA, UTF8SMTP ... (RFC 3848, RFC 6531 4.3)
    std::string tls;       // "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty: none
    std::string user;      // authenticated as; empty: not at all
    std::string listener;  // the listener's name or address

    bool operator==(const Client&) const = default;
};

struct Envelope {
    std::string reverse_path;  // empty: <>
    std::vector<ForwardPath> forward_paths;
    Body body = Body::unspecified;
    bool smtputf8 = false;
    Return ret = Return::unspecified;
    std::string envelope_id;   // ENVID as given, in xtext; empty: absent
    Client client;

    bool operator==(const Envelope&) const = default;
};

}  // namespace postern::relay
