// SPDX-License-Identifier: Apache-2.0
#include "app/relay_check.h"

#include "app/policy_file.h"
#include "app/relay_options.h"
#include "relay/queue.h"
#include "relay/server.h"

#include <filesystem>
#include <fstream>

namespace postern::app {

namespace {

void must_be_readable(const std::string& file) {
    if (file.empty() || std::ifstream(file).is_open()) return;
    throw UsageError(file +
                     " cannot be read; name a file in PEM, readable by the user who runs postern");
}

void must_be_addresses(const std::vector<std::string>& addresses) {
    for (const std::string& address : addresses) {
        if (!relay::IpAddress::parse(address)) {
            throw UsageError(
                "\"" + address +
                "\" is no IP address; write one of this machine, such as \"192.0.2.7\"");
        }
    }
}

}  // namespace

void told_by_parts(const std::function<void()>& work) {
    try {
        work();
    } catch (const relay::ServerError& error) {
        throw UsageError(error.what());
    } catch (const relay::TlsError& error) {
        throw UsageError(error.what());
    } catch (const relay::QueueError& error) {
        throw UsageError(error.what());
    } catch (const relay::ResolverError& error) {
        throw UsageError(error.what());
    }
}

void told_by_parts(const ConfigPlaces& places, const std::string& key,
                   const std::function<void()>& work) {
    try {
        told_by_parts(work);
    } catch (const UsageError& error) {
        const auto place = places.find(key);
        if (place == places.end()) throw;
        throw UsageError(place->second + ": `" + key.substr(key.rfind('.') + 1) +
                         "`: " + error.what());
    }
}

CheckedConfig load_and_check(const std::string& path) {
    CheckedConfig checked;
    checked.config = load_relay_config(path, checked.places);
    const relay::RelayConfig& config = checked.config;
    const auto look = [&](const char* key, const std::function<void()>& work) {
        told_by_parts(checked.places, key, work);
    };
    if (!config.server.tls.certificate.empty()) {
        look("tls.certificate", [&] { relay::TlsContext(config.server.tls); });
    }
    if (!config.scan.policy.empty()) look("scan.policy", [&] { load_policy(config.scan.policy); });
    look("delivery.trusted_certificates",
         [&] { must_be_readable(config.delivery.trusted_certificates); });
    look("delivery.source_addresses", [&] { must_be_addresses(config.delivery.source_addresses); });
    look(config.dns.trust_anchor.empty() ? "dns.servers" : "dns.trust_anchor",
         [&] { relay::Resolver(dns_options(config)); });
    return checked;
}

}  // namespace postern::app
