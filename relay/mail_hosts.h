// SPDX-License-Identifier: Apache-2.0
// Where mail for a domain goes (RFC 5321 5.1): its MX hosts in order, or else its addresses, or why not.
//
// An answer is final only when the DNS said so: what could not be asked is `later`, even when other hosts of the
// same domain are known to be unusable.
#pragma once

#include "relay/resolver.h"

#include <functional>
#include <string>
#include <vector>

namespace postern::relay {

struct MailHost {
    std::string name;                    // as in the MX record, without the final dot
    std::vector<std::string> addresses;  // IPv6 before IPv4; not empty
};

struct MailHosts {
    enum class Status : std::uint8_t { found, never, later };
    Status status = Status::later;
    std::vector<MailHost> hosts;  // in the order to be tried
    std::string code;             // RFC 3463, if not found: "5.1.2"
    std::string why;              // a sentence, if not found
};

struct MailHostRules {
    std::string hostname;  // ours: an MX that names us is the end of the list (RFC 5321 5.1)
    // Whether mail may be sent to this address by what the DNS says. One that may not and is an address of this machine
    // ends the list as our name does. Called on the resolver's thread.
    std::function<bool(const std::string& address)> may_use;
};

// Handler: on the resolver's thread. REQUIRES: the resolver outlives the question.
void find_mail_hosts(Resolver& resolver, const std::string& domain, const MailHostRules& rules,
                     std::function<void(MailHosts)> handler);
// The addresses of a host that is configured by name, without rules. One without addresses is `later`: a slip in the
// configuration is mended, and mail that was bounced is not.
void find_addresses(Resolver& resolver, const std::string& host, std::function<void(MailHosts)> handler);

// Loopback, link-local, private, multicast, unspecified or reserved: no place for mail from the internet's DNS.
bool is_public_address(const std::string& address);
// An address of one of this machine's interfaces.
bool is_own_address(const std::string& address);

}  // namespace postern::relay
