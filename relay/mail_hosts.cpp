// SPDX-License-Identifier: Apache-2.0
#include "relay/mail_hosts.h"

#include <algorithm>
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <memory>
#include <mutex>
#include <random>

namespace postern::relay {

namespace {

using Status = DnsAnswer::Status;
constexpr std::size_t most_hosts = 20;  // looked at for one domain
constexpr unsigned nobody = 0x10000;    // above every preference

struct Exchanger {
    unsigned preference = 0;
    std::string name;
    std::uint32_t lot = 0;  // random among equals
};

// A name on the wire, uncompressed, as libunbound gives it; empty: the root, or malformed.
std::string name_of(std::string_view wire) {
    std::string name;
    while (!wire.empty() && wire[0] != 0) {
        const auto length = static_cast<unsigned char>(wire[0]);
        if (length > 63 || wire.size() < 1u + length) return {};
        if (!name.empty()) name += '.';
        name.append(wire.substr(1, length));
        wire.remove_prefix(1u + length);
    }
    for (char& c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return name;
}

std::string address_of(const std::string& record) {
    char text[INET6_ADDRSTRLEN] = "";
    if (record.size() == 4) inet_ntop(AF_INET, record.data(), text, sizeof text);
    if (record.size() == 16) inet_ntop(AF_INET6, record.data(), text, sizeof text);
    return text;
}

std::vector<Exchanger> exchangers_of(const DnsAnswer& answer) {
    static thread_local std::mt19937 random{std::random_device{}()};
    std::vector<Exchanger> exchangers;
    for (const std::string& record : answer.records) {
        if (record.size() < 3) continue;
        const unsigned preference = static_cast<unsigned char>(record[0]) * 256u + static_cast<unsigned char>(record[1]);
        exchangers.push_back({preference, name_of(std::string_view(record).substr(2)), static_cast<std::uint32_t>(random())});
    }
    std::ranges::sort(exchangers, [](const Exchanger& a, const Exchanger& b) {
        return std::tie(a.preference, a.lot) < std::tie(b.preference, b.lot);
    });
    return exchangers;
}

MailHosts not_found(MailHosts::Status status, std::string code, std::string why) {
    return {status, {}, std::move(code), std::move(why)};
}

// One question about a domain, kept alive by the questions it has asked in turn. All on the resolver's thread,
// but for the first step.
class Search : public std::enable_shared_from_this<Search> {
public:
    Search(Resolver& resolver, std::string domain, MailHostRules rules, std::function<void(MailHosts)> handler)
        : resolver_(resolver), domain_(std::move(domain)), rules_(std::move(rules)), handler_(std::move(handler)) {}

    void begin() {
        resolver_.ask(domain_, DnsType::mx, [self = shared_from_this()](DnsAnswer answer) { self->on_mx(answer); });
    }

    void ask_addresses(std::vector<Exchanger> exchangers) {
        exchangers_ = std::move(exchangers);
        if (exchangers_.size() > most_hosts) exchangers_.resize(most_hosts);
        found_.resize(exchangers_.size());
        {
            const std::lock_guard lock(mutex_);
            open_ = 2 * exchangers_.size();
        }
        for (std::size_t i = 0; i < exchangers_.size(); ++i) {
            for (const DnsType type : {DnsType::aaaa, DnsType::a}) {
                resolver_.ask(exchangers_[i].name, type, [self = shared_from_this(), i, type](DnsAnswer answer) {
                    self->on_address(i, type, answer);
                });
            }
        }
    }

private:
    void on_mx(const DnsAnswer& answer) {
        if (answer.status == Status::no_such_domain) {
            return handler_(not_found(MailHosts::Status::never, "5.1.2", "there is no domain " + domain_ + " in the DNS"));
        }
        if (!answer.is_certain()) {
            return handler_(not_found(MailHosts::Status::later, "4.4.3",
                                      "the mail servers of " + domain_ + " could not be looked up: " + answer.why));
        }
        if (answer.status == Status::no_data) return ask_addresses({{0, domain_}});
        std::vector<Exchanger> exchangers = exchangers_of(answer);
        std::erase_if(exchangers, [](const Exchanger& exchanger) { return exchanger.name.empty(); });
        if (exchangers.empty()) {  // RFC 7505
            return handler_(not_found(MailHosts::Status::never, "5.1.10", "the domain " + domain_ + " takes no mail (null MX)"));
        }
        const auto us = std::ranges::find(exchangers, rules_.hostname, &Exchanger::name);
        if (us != exchangers.end()) cut_from(exchangers, us->preference);
        if (exchangers.empty()) return handler_(loop());
        ask_addresses(std::move(exchangers));
    }

    // RFC 5321 5.1: who is a mail server of the domain himself gives mail only to those that are preferred to him.
    static void cut_from(std::vector<Exchanger>& exchangers, unsigned preference) {
        std::erase_if(exchangers, [&](const Exchanger& exchanger) { return exchanger.preference >= preference; });
    }

    MailHosts loop() const {
        return not_found(MailHosts::Status::never, "5.4.6",
                         "the mail servers of " + domain_ + " are this relay itself: mail for it would loop");
    }

    void on_address(std::size_t i, DnsType type, const DnsAnswer& answer) {
        {
            const std::lock_guard lock(mutex_);
            if (!answer.is_certain()) uncertain_ = exchangers_[i].name + ": " + answer.why;
            for (const std::string& record : answer.records) take(i, type, address_of(record));
            if (--open_ > 0) return;
        }
        finish();
    }

    void take(std::size_t i, DnsType type, const std::string& address) {
        if (!rules_.may_use || rules_.may_use(address)) {
            std::vector<std::string>& addresses = found_[i];
            addresses.insert(type == DnsType::aaaa ? addresses.begin() : addresses.end(), address);
        } else if (is_own_address(address)) {
            ours_ = std::min(ours_, exchangers_[i].preference);
        } else {
            forbidden_ = address;
        }
    }

    void finish() {
        MailHosts result{MailHosts::Status::found, {}, {}, {}};
        for (std::size_t i = 0; i < exchangers_.size() && exchangers_[i].preference < ours_; ++i) {
            if (!found_[i].empty()) result.hosts.push_back({exchangers_[i].name, std::move(found_[i])});
        }
        if (!result.hosts.empty()) return handler_(std::move(result));
        if (!uncertain_.empty()) {
            return handler_(not_found(MailHosts::Status::later, "4.4.3", "a mail server of " + domain_ + " could not be looked up: " + uncertain_));
        }
        if (ours_ != nobody) return handler_(loop());
        if (!forbidden_.empty()) {
            return handler_(not_found(MailHosts::Status::never, "5.4.4", "the mail server of " + domain_ + " has the address " + forbidden_ +
                                                               ", which is not one of the internet's"));
        }
        handler_(not_found(MailHosts::Status::never, "5.1.2", "the domain " + domain_ + " has no mail server with an address"));
    }

    Resolver& resolver_;
    const std::string domain_;
    const MailHostRules rules_;
    const std::function<void(MailHosts)> handler_;
    std::vector<Exchanger> exchangers_;
    std::mutex mutex_;
    std::vector<std::vector<std::string>> found_;
    std::string uncertain_;
    std::string forbidden_;
    unsigned ours_ = nobody;  // the preference from which on the servers are ourselves
    std::size_t open_ = 0;
};

bool is_public_v4(std::uint32_t address) {
    struct Range {
        std::uint32_t base;
        unsigned prefix;
    };
    constexpr Range closed[] = {{0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16},
                                {0xac100000, 12}, {0xc0000000, 24}, {0xc0a80000, 16}, {0xc6120000, 15}, {0xe0000000, 3}};
    return std::ranges::none_of(closed, [&](const Range& range) { return (address ^ range.base) >> (32 - range.prefix) == 0; });
}

}  // namespace

void find_mail_hosts(Resolver& resolver, const std::string& domain, const MailHostRules& rules,
                     std::function<void(MailHosts)> handler) {
    std::make_shared<Search>(resolver, domain, rules, std::move(handler))->begin();
}

void find_addresses(Resolver& resolver, const std::string& host, std::function<void(MailHosts)> handler) {
    const auto recoverable = [handler = std::move(handler), host](MailHosts found) {
        if (found.status == MailHosts::Status::never) {
            found = not_found(MailHosts::Status::later, "4.4.4", "the next hop " + host + ", as it is configured, has no address");
        }
        handler(std::move(found));
    };
    const auto search = std::make_shared<Search>(resolver, host, MailHostRules{}, recoverable);
    search->ask_addresses({{0, host}});
}

bool is_public_address(const std::string& address) {
    in_addr v4{};
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return is_public_v4(ntohl(v4.s_addr));
    in6_addr v6{};
    if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return false;
    const std::uint8_t* octets = v6.s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        return is_public_v4(static_cast<std::uint32_t>(octets[12]) << 24 | octets[13] << 16 | octets[14] << 8 | octets[15]);
    }
    return (octets[0] & 0xe0) == 0x20;  // 2000::/3 is what is given out
}

bool is_own_address(const std::string& address) {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return false;
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, freeifaddrs);
    for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr) continue;
        char text[INET6_ADDRSTRLEN] = "";
        if (each->ifa_addr->sa_family == AF_INET) {
            inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr, text, sizeof text);
        } else if (each->ifa_addr->sa_family == AF_INET6) {
            inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(each->ifa_addr)->sin6_addr, text, sizeof text);
        }
        if (address == text) return true;
    }
    return false;
}

}  // namespace postern::relay
