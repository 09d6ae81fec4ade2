// SPDX-License-Identifier: Apache-2.0
#include "app/relay_keys.h"

#include "app/relay_key_kinds.h"
#include "engine/service/client/server_address.h"

#include <algorithm>

namespace postern::app {

namespace {

using relay::ListenerKind;
using relay::ListenerOptions;
using relay::RelayConfig;
using relay::TlsVersion;

#define POSTERN_AT(member)         \
    [](RelayConfig & c) -> auto& { \
        return c.member;           \
    }
#define POSTERN_LISTENER(member)       \
    [](ListenerOptions & c) -> auto& { \
        return c.member;               \
    }

void read_version(const TomlValue& value, RelayConfig& config) {
    const std::string text = value.text();
    if (text != "1.2" && text != "1.3") value.fail("must be \"1.2\" or \"1.3\"");
    config.server.tls.min_version = text == "1.3" ? TlsVersion::tls_1_3 : TlsVersion::tls_1_2;
}

void read_retry(const TomlValue& value, RelayConfig& config) {
    config.delivery.retry.clear();
    for (const TomlValue& item : value.list()) {
        config.delivery.retry.push_back(
            std::chrono::duration_cast<std::chrono::seconds>(item.duration()));
    }
    if (config.delivery.retry.empty())
        value.fail("must have at least one time, such as [\"5m\", \"15m\", \"1h\"]");
}

std::string write_retry(const RelayConfig& config) {
    std::string text = "[";
    for (const auto time : config.delivery.retry)
        text += (text.size() > 1 ? ", " : "") + written_time(time);
    return text + "]";
}

// "must be "a", "b" or "c""
std::string one_of(const TomlValue& value, std::initializer_list<std::string_view> words) {
    std::string text = value.text();
    if (std::find(words.begin(), words.end(), text) != words.end()) return text;
    std::string list;
    for (const auto* word = words.begin(); word != words.end(); ++word) {
        list += (word == words.begin() ? "" : word + 1 == words.end() ? " or " : ", ") + quoted(*word);
    }
    value.fail("must be " + list);
}

std::string tls_policy_of(const TomlValue& value) {
    return one_of(value, {"none", "may", "encrypt", "verify"});
}

void read_services(const TomlValue& value, RelayConfig& config) {
    config.scan.services.clear();
    for (const TomlValue& item : value.list()) {
        try {
            engine::service::client::parse_server_address(item.text());
        } catch (const engine::service::client::AddressError& error) {
            item.fail("cannot be used: " + std::string(error.what()));
        }
        config.scan.services.push_back(item.text());
    }
}

// A host and a port, if anything.
void read_smarthost(const TomlValue& value, RelayConfig& config) {
    const std::string text = value.text();
    const std::size_t colon = text.rfind(':');
    const bool good = colon != std::string::npos && colon > 0 && colon + 1 < text.size() &&
                      text.find_first_not_of("0123456789", colon + 1) == std::string::npos;
    if (!text.empty() && !good)
        value.fail(
            "must be written \"ADDRESS:PORT\", such as \"192.0.2.1:25\" or \"[2001:db8::1]:25\"");
    config.delivery.smarthost = text;
}

constexpr std::string_view kind_names[] = {"smarthost", "submission", "submissions"};

void read_kind(const TomlValue& value, ListenerOptions& listener) {
    const auto* const name = std::find(std::begin(kind_names), std::end(kind_names), value.text());
    if (name == std::end(kind_names))
        value.fail("must be \"smarthost\", \"submission\" or \"submissions\"");
    listener.kind = static_cast<ListenerKind>(name - std::begin(kind_names));
}

using Rel = RelayConfig;

const ConfigKey<RelayConfig> keys[] = {
    text_key<Rel, POSTERN_AT(server.hostname)>(
        "relay", "hostname",
        "The name in the greeting, in EHLO and in Received; \"\": this machine's."),
    text_key<Rel, POSTERN_AT(state_directory)>(
        "relay", "state_directory",
        "Where the queue lies. On a disk that keeps what it says it keeps."),
    text_key<Rel, POSTERN_AT(server.postmaster)>(
        "relay", "postmaster",
        "Where mail to <postmaster> without a domain goes; \"\": postmaster at the hostname's "
        "domain."),
    {"relay", "threads", "Threads that receive; 0: one for each core.",
     [](const TomlValue& v, Rel& c) {
         c.threads = static_cast<unsigned>(std::min<std::uint64_t>(v.size_or_zero(), 1024));
     },
     [](const Rel& c) { return std::to_string(c.threads); }},

    size_key<Rel, POSTERN_AT(server.limits.message_size)>(
        "limits", "message_size", "Octets of a message as sent, after encoding (RFC 1870)."),
    number_key<Rel, POSTERN_AT(server.limits.recipients)>(
        "limits", "recipients", "Recipients of a message; more get 452 4.5.3."),
    number_key<Rel, POSTERN_AT(server.limits.errors)>(
        "limits", "errors", "Refused commands of a session; more end it with 421 4.7.0."),
    number_key<Rel, POSTERN_AT(server.limits.unknown_commands)>(
        "limits", "unknown_commands", "Unknown commands of a session; more end it."),
    number_key<Rel, POSTERN_AT(server.limits.received)>(
        "limits", "received", "So many Received fields are a loop (554 5.4.6)."),
    number_key<Rel, POSTERN_AT(server.limits.received_here)>(
        "limits", "received_here", "So many Received fields of this relay are a loop."),
    number_key<Rel, POSTERN_AT(server.limits.connections)>(
        "limits", "connections", "Connections at once, over all listeners."),
    number_key<Rel, POSTERN_AT(server.limits.connections_per_client)>(
        "limits", "connections_per_client", "Connections at once from one address."),
    time_key<Rel, POSTERN_AT(server.limits.greeting_pause)>(
        "limits", "greeting_pause", "Who speaks within this time before the greeting is refused."),
    time_key<Rel, POSTERN_AT(server.limits.command_time)>(
        "limits", "command_time", "For one whole command (RFC 5321 4.5.3.2.7 asks for 5 minutes)."),
    time_key<Rel, POSTERN_AT(server.limits.read_time)>("limits", "read_time",
                                                       "Between two pieces of a message."),
    time_key<Rel, POSTERN_AT(server.limits.message_time)>("limits", "message_time",
                                                          "For a whole message."),
    time_key<Rel, POSTERN_AT(server.limits.session_time)>(
        "limits", "session_time", "After this a session begins no new message."),
    time_key<Rel, POSTERN_AT(server.limits.write_time)>("limits", "write_time",
                                                        "For a reply to be taken by the client."),
    time_key<Rel, POSTERN_AT(server.limits.stop_time)>(
        "limits", "stop_time", "For what is under way when the service stops."),

    text_key<Rel, POSTERN_AT(server.tls.certificate)>(
        "tls", "certificate",
        "PEM, the chain behind it; \"\": TLS is not offered. Read again at SIGHUP."),
    text_key<Rel, POSTERN_AT(server.tls.key)>("tls", "key",
                                              "PEM; \"\": it stands in the certificate's file."),
    {"tls", "min_version", "The oldest TLS that is spoken: \"1.2\" or \"1.3\".", read_version,
     [](const Rel& c) {
         return quoted(c.server.tls.min_version == TlsVersion::tls_1_3 ? "1.3" : "1.2");
     }},

    list_key<Rel, POSTERN_AT(scan.sets)>(
        "scan", "sets",
        "Signature sources, or one set that `postern signatures build` made; [\"store:FOLDER\"] "
        "follows a store. []: the built-in set."),
    text_key<Rel, POSTERN_AT(scan.policy)>(
        "scan", "policy", "Site rules in TOML; \"\": the default policy (`postern policy show`)."),
    {"scan", "services",
     "scand's to ask: \"unix:PATH\" or \"HOST:PORT\". []: the relay starts one of its own.", read_services,
     [](const Rel& c) { return quoted_list(c.scan.services); }},
    time_key<Rel, POSTERN_AT(scan.time)>("scan", "time",
                                         "For one message, over all services; then 451 4.3.0."),

    {"delivery", "smarthost", "\"ADDRESS:PORT\" that gets everything; \"\": by MX.", read_smarthost,
     [](const Rel& c) { return quoted(c.delivery.smarthost); }},
    number_key<Rel, POSTERN_AT(delivery.port)>("delivery", "port", "The port of next hops."),
    {"delivery", "retry", "The times between attempts; the last one repeats.", read_retry,
     write_retry},
    time_key<Rel, POSTERN_AT(delivery.expire)>("delivery", "expire",
                                               "After this a message goes back to its sender."),
    time_key<Rel, POSTERN_AT(delivery.delay_warning)>(
        "delivery", "delay_warning", "After this its sender is told that it waits."),
    list_key<Rel, POSTERN_AT(delivery.source_addresses)>(
        "delivery", "source_addresses",
        "Addresses of this machine to deliver from; []: as the system chooses."),
    {"delivery", "tls",
     "\"none\"; \"may\": where it is offered; \"encrypt\": or not at all; \"verify\": with a "
     "trusted certificate.",
     [](const TomlValue& v, Rel& c) { c.delivery.tls = tls_policy_of(v); },
     [](const Rel& c) { return quoted(c.delivery.tls); }},
    text_key<Rel, POSTERN_AT(delivery.trusted_certificates)>(
        "delivery", "trusted_certificates", "PEM, for \"verify\"; \"\": the system's."),
    networks_key<Rel, POSTERN_AT(delivery.private_networks)>(
        "delivery", "private_networks",
        "An MX may point there, though they are no part of the internet."),
    number_key<Rel, POSTERN_AT(delivery.concurrency)>("delivery", "concurrency",
                                                      "Connections at once to one destination."),
    number_key<Rel, POSTERN_AT(delivery.connections)>("delivery", "connections",
                                                      "Connections at once to all destinations."),

    list_key<Rel, POSTERN_AT(dns.servers)>("dns", "servers",
                                           "\"ADDRESS:PORT\"; []: as the system has it."),
    text_key<Rel, POSTERN_AT(dns.trust_anchor)>(
        "dns", "trust_anchor",
        "A file with the root's key, to validate by DNSSEC; \"\": not validated."),

    text_key<Rel, POSTERN_AT(log.target)>(
        "log", "target", "\"stderr\", \"journal\", \"syslog\", or a file by its whole path."),
    {"log", "format", "\"text\" or \"json\".",
     [](const TomlValue& v, Rel& c) { c.log.format = one_of(v, {"text", "json"}); },
     [](const Rel& c) { return quoted(c.log.format); }},
    {"log", "level", "\"information\", \"warning\" or \"error\".",
     [](const TomlValue& v, Rel& c) { c.log.level = one_of(v, {"information", "warning", "error"}); },
     [](const Rel& c) { return quoted(c.log.level); }},

    text_key<Rel, POSTERN_AT(metrics_address)>(
        "metrics", "address", "\"ADDRESS:PORT\" for /metrics, /healthz and /readyz; \"\": none."),
};

const ConfigKey<ListenerOptions> of_listeners[] = {
    {"listener", "kind",
     "\"smarthost\" (25), \"submission\" (587, STARTTLS) or \"submissions\" (465, TLS from the "
     "first octet).",
     read_kind,
     [](const ListenerOptions& l) { return quoted(kind_names[static_cast<std::size_t>(l.kind)]); }},
    text_key<ListenerOptions, POSTERN_LISTENER(address)>(
        "listener", "address",
        "\"ADDRESS:PORT\"; \"0.0.0.0:25\" and \"[::]:25\" are two listeners."),
    networks_key<ListenerOptions, POSTERN_LISTENER(networks)>(
        "listener", "networks", "Whose mail is taken; others get 554 5.7.1."),
    {"listener", "tls_required",
     "Whether nothing is taken without TLS; by default on submission listeners.",
     [](const TomlValue& v, ListenerOptions& l) { l.tls_required = v.boolean(); },
     [](const ListenerOptions& l) { return std::string(l.requires_tls() ? "true" : "false"); }},
    networks_key<ListenerOptions, POSTERN_LISTENER(proxy_protocol_from)>(
        "listener", "proxy_protocol_from",
        "Proxies that begin with a PROXY header (versions 1 and 2), and must."),
    networks_key<ListenerOptions, POSTERN_LISTENER(old_devices)>(
        "listener", "old_devices", "Devices whose bare CR and LF are mended instead of refused."),
    number_key<ListenerOptions, POSTERN_LISTENER(max_connections)>("listener", "max_connections",
                                                                   "Connections at once."),
};

const ConfigKey<relay::RouteConfig> of_routes[] = {
    {"route", "domain", "\"example.net\"; \".example.net\": all below it.",
     [](const TomlValue& v, relay::RouteConfig& r) { r.domain = v.text(); },
     [](const relay::RouteConfig& r) { return quoted(r.domain); }},
    {"route", "host", "\"ADDRESS:PORT\" or \"NAME:PORT\"; \"\": by MX.",
     [](const TomlValue& v, relay::RouteConfig& r) { r.host = v.text(); },
     [](const relay::RouteConfig& r) { return quoted(r.host); }},
    {"route", "tls", "As in [delivery]; \"\": as there.",
     [](const TomlValue& v, relay::RouteConfig& r) {
         r.tls = v.text().empty() ? "" : tls_policy_of(v);
     },
     [](const relay::RouteConfig& r) { return quoted(r.tls); }},
};

#undef POSTERN_AT
#undef POSTERN_LISTENER

}  // namespace

std::span<const ConfigKey<RelayConfig>> relay_keys() {
    return keys;
}
std::span<const ConfigKey<ListenerOptions>> listener_keys() {
    return of_listeners;
}
std::span<const ConfigKey<relay::RouteConfig>> route_keys() {
    return of_routes;
}

}  // namespace postern::app
