// SPDX-License-Identifier: Apache-2.0
// Resolver: DNS by libunbound, with its own cache, and validating where a trust anchor is given.
//
// Whether a name is not there, has no such record, or could not be asked for are three things, and a fourth is
// that no answer came in time. Only the first two are said by the DNS; the others are never "no".
//
// Thread-safe. Handlers run on the resolver's thread, once each, and must not block.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace postern::relay {

struct DnsOptions {
    std::vector<std::string> servers;  // "192.0.2.53:53", "[2001:db8::53]:53"; empty: those of /etc/resolv.conf
    std::string trust_anchor;          // a file of DS or DNSKEY records; empty: nothing is validated
    std::chrono::milliseconds time{30'000};  // for one question, with all that it needs
};

// A server or trust anchor that cannot be used: a sentence.
class ResolverError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

enum class DnsType : std::uint16_t { a = 1, mx = 15, txt = 16, aaaa = 28, tlsa = 52 };

struct DnsAnswer {
    enum class Status : std::uint8_t { found, no_data, no_such_domain, failed, timed_out };
    Status status = Status::failed;
    std::vector<std::string> records;  // rdata, as on the wire; not empty when found
    bool secure = false;               // validated
    std::string why;                   // it failed, in words

    // Found, or surely not there.
    bool is_certain() const { return status < Status::failed; }
};

class Resolver {
public:
    // Throws ResolverError.
    explicit Resolver(DnsOptions options);
    // Questions that are still open are answered `failed`.
    ~Resolver();

    // `name` may be in UTF-8 (RFC 6531); what is no name of a host has no_such_domain.
    void ask(const std::string& name, DnsType type, std::function<void(DnsAnswer)> handler);

    // From now on each answers by the options and the cache of the other. Questions that are open stay where they were
    // asked: whoever changes options keeps the other one until they are answered.
    void swap(Resolver& other);

private:
    struct Impl;
    std::shared_ptr<Impl> impl() const;

    mutable std::mutex mutex_;  // of impl_
    std::shared_ptr<Impl> impl_;
};

}  // namespace postern::relay
