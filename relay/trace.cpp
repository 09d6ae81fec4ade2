// SPDX-License-Identifier: Apache-2.0
#include "relay/trace.h"

#include "relay/header_filter.h"
#include "relay/network.h"

#include <array>
#include <cstdio>

namespace postern::relay {

std::string date_time(std::time_t when) {
    static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm local{};
    localtime_r(&when, &local);
    const long offset = local.tm_gmtoff / 60;
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d %c%02ld%02ld",
                  days[local.tm_wday], local.tm_mday, months[local.tm_mon], local.tm_year + 1900,
                  local.tm_hour, local.tm_min, local.tm_sec, offset < 0 ? '-' : '+',
                  std::labs(offset) / 60, std::labs(offset) % 60);
    return text.data();
}

std::string received_field(const Envelope& envelope, std::string_view hostname, std::string_view id,
                           std::time_t when) {
    const Client& client = envelope.client;
    const auto address = IpAddress::parse(client.address);
    std::string field = "Received: from " + client.helo;
    if (address) field += " (" + address->literal() + ")";
    field += "\r\n\tby " + std::string(hostname) + " (postern) with " + client.protocol;
    if (!client.tls.empty()) field += "\r\n\t(" + client.tls + ")";
    field += " id " + std::string(id);
    if (envelope.forward_paths.size() == 1)
        field += "\r\n\tfor <" + envelope.forward_paths.front().mailbox + ">";
    return field + ";\r\n\t" + date_time(when) + "\r\n";
}

std::string scan_field_of(std::string_view id, std::string_view generation,
                          std::string_view coverage) {
    return std::string(scan_field) + ": id=" + std::string(id) +
           ";\r\n\tgeneration=" + std::string(generation) +
           ";\r\n\tcoverage=" + std::string(coverage) + "\r\n";
}

}  // namespace postern::relay
