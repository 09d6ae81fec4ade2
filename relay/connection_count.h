// SPDX-License-Identifier: Apache-2.0
// ConnectionCount: how many connections there are: in all, by listener, by client. Thread-safe.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace postern::relay {

class ConnectionCount {
public:
    enum class Verdict : std::uint8_t { room, full, client_full };
    struct Limits {
        std::size_t all = 0;
        std::size_t listener = 0;
        std::size_t client = 0;
    };

    // Counts it when there is room; then leave() must follow.
    Verdict enter(const std::string& listener, const std::string& client, const Limits& limits);
    void leave(const std::string& listener, const std::string& client);
    std::size_t all() const;

private:
    using Counts = std::unordered_map<std::string, std::size_t>;
    static void take(Counts& counts, const std::string& key);

    mutable std::mutex mutex_;
    std::size_t all_ = 0;
    Counts listeners_;
    Counts clients_;
};

}  // namespace postern::relay
