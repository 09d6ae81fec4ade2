// SPDX-License-Identifier: Apache-2.0
#include "app/relay_options.h"

#include "relay/mail_hosts.h"

#include <cstdlib>
#include <filesystem>

namespace postern::app {

std::string own_scand_socket(const relay::RelayConfig& config) {
    return config.state_directory + "/scand.sock";
}

std::string other_scand_socket(const relay::RelayConfig& config, const std::string& socket) {
    const std::string first = own_scand_socket(config);
    return socket == first ? config.state_directory + "/scand-2.sock" : first;
}

std::vector<std::string> own_scand_command(const relay::RelayConfig& config, const std::string& socket) {
    constexpr std::string_view store = "store:";
    std::vector<std::string> words{std::filesystem::read_symlink("/proc/self/exe").string(),
                                   "scand", "--socket", socket};
    for (const std::string& set : config.scan.sets) {
        const bool is_store = set.starts_with(store);
        words.insert(words.end(), {is_store ? "--store" : "--signatures",
                                   is_store ? set.substr(store.size()) : set});
    }
    if (!config.scan.policy.empty()) words.insert(words.end(), {"--policy", config.scan.policy});
    return words;
}

relay::ServerOptions server_options(const relay::RelayConfig& config, const std::string& own_scand_socket) {
    relay::ServerOptions options = config.server;
    options.scan_services = config.scan.services;
    if (options.scan_services.empty()) options.scan_services = {"unix:" + own_scand_socket};
    options.scan_time = config.scan.time;
    return options;
}

relay::QueueOptions queue_options(const relay::RelayConfig& config) {
    relay::QueueOptions options;
    options.folder = config.state_directory;
    options.delay_warning = config.delivery.delay_warning;
    options.lifetime = config.delivery.expire;
    return options;
}

relay::DnsOptions dns_options(const relay::RelayConfig& config) {
    relay::DnsOptions options;
    options.servers = config.dns.servers;
    options.trust_anchor = config.dns.trust_anchor;
    return options;
}

namespace {

relay::TlsPolicy tls_policy(std::string_view word) {
    using relay::TlsPolicy;
    return word == "none"      ? TlsPolicy::none
           : word == "encrypt" ? TlsPolicy::encrypt
           : word == "verify"  ? TlsPolicy::verify
                               : TlsPolicy::may;
}

// "192.0.2.1:25", "[2001:db8::1]:25", "mail.example.org"
relay::Route route_to(const std::string& domain, const std::string& place) {
    relay::Route route;
    route.domain = domain;
    const std::size_t colon =
        place.find(']') == std::string::npos ? place.find(':') : place.find(':', place.find(']'));
    route.host = place.substr(0, colon);
    if (route.host.starts_with('[') && route.host.ends_with(']'))
        route.host = route.host.substr(1, route.host.size() - 2);
    if (colon != std::string::npos)
        route.port = static_cast<std::uint16_t>(std::atoi(place.c_str() + colon + 1));
    return route;
}

}  // namespace

relay::DeliveryOptions delivery_options(const relay::RelayConfig& config) {
    const relay::DeliveryConfig& delivery = config.delivery;
    relay::DeliveryOptions options;
    options.hostname = config.server.hostname;
    for (const relay::RouteConfig& route : delivery.routes) {
        options.routes.push_back(route_to(route.domain, route.host));
        if (!route.tls.empty()) options.routes.back().tls = tls_policy(route.tls);
    }
    if (!delivery.smarthost.empty()) options.routes.push_back(route_to("*", delivery.smarthost));
    options.port = delivery.port;
    options.tls = tls_policy(delivery.tls);
    options.trusted_certificates = delivery.trusted_certificates;
    options.retry = delivery.retry;
    options.source_addresses = delivery.source_addresses;
    options.limits.per_destination = delivery.concurrency;
    options.limits.connections = delivery.connections;
    if (!delivery.private_networks.empty()) {
        options.may_use = [allowed = delivery.private_networks](const std::string& text) {
            const auto address = relay::IpAddress::parse(text);
            const bool is_allowed = address && relay::contains(allowed, *address);
            return is_allowed || (relay::is_public_address(text) && !relay::is_own_address(text));
        };
    }
    return options;
}

telemetry::LogOptions log_options(const relay::RelayConfig& config) {
    telemetry::LogOptions options;
    options.target = config.log.target;
    options.program = "postern-relay";
    if (config.log.format == "json") options.format = telemetry::LogFormat::json;
    if (config.log.level == "warning") options.least = telemetry::Severity::warning;
    if (config.log.level == "error") options.least = telemetry::Severity::error;
    return options;
}

}  // namespace postern::app
