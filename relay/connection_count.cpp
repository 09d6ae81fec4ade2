// SPDX-License-Identifier: Apache-2.0
#include "relay/connection_count.h"

namespace postern::relay {

ConnectionCount::Verdict ConnectionCount::enter(const std::string& listener, const std::string& client, const Limits& limits) {
    const std::lock_guard lock(mutex_);
    const auto of = [](const Counts& counts, const std::string& key) {
        const auto found = counts.find(key);
        return found == counts.end() ? 0 : found->second;
    };
    if (all_ >= limits.all || of(listeners_, listener) >= limits.listener) return Verdict::full;
    if (of(clients_, client) >= limits.client) return Verdict::client_full;
    ++all_;
    ++listeners_[listener];
    ++clients_[client];
    return Verdict::room;
}

void ConnectionCount::take(Counts& counts, const std::string& key) {
    const auto found = counts.find(key);
    if (found != counts.end() && --found->second == 0) counts.erase(found);
}

void ConnectionCount::leave(const std::string& listener, const std::string& client) {
    const std::lock_guard lock(mutex_);
    --all_;
    take(listeners_, listener);
    take(clients_, client);
}

std::size_t ConnectionCount::all() const {
    const std::lock_guard lock(mutex_);
    return all_;
}

}  // namespace postern::relay
