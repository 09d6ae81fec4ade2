// SPDX-License-Identifier: Apache-2.0
// Limits: all the numbers that say stop for one message, and their defaults.
#pragma once

#include <chrono>
#include <cstdint>

namespace postern::engine {

struct Limits {
    std::uint64_t message_bytes = 104857600;     // of the message as sent (RFC 1870)
    std::uint64_t produced_bytes = 400'000'000;  // decoded and expanded, all contents together
    std::uint64_t member_bytes = 200'000'000;    // one member of a container
    std::uint64_t ratio = 1000;                  // produced to message, looked at above ratio_from_bytes
    std::uint64_t ratio_from_bytes = 100'000'000;
    std::uint64_t entries = 10'000;              // members of containers, all together
    std::uint64_t entities = 10'000;             // entities of the MIME tree, nested messages included
    unsigned depth = 16;                         // containers inside each other
    std::uint64_t dictionary_bytes = 268435456;  // a decoder's window
    std::chrono::milliseconds time{8000};
    std::chrono::milliseconds rule_time{4000};  // of the YARA rules, for one content
};

}  // namespace postern::engine
