// SPDX-License-Identifier: Apache-2.0
// Packets between our own processes: octets and descriptors together, over a pair of SOCK_SEQPACKET
// sockets.
//
// A packet comes whole or not at all; several threads may receive from one socket, each packet goes
// to one of them. Whoever receives from a worker believes nothing: Unpacker never reads beyond its
// octets.
#pragma once

#include "engine/service/descriptor.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postern::engine::service {

inline constexpr std::size_t most_packet_octets = 64 * 1024;
inline constexpr std::size_t most_packet_descriptors = 4;

struct Packet {
    std::string octets;
    std::vector<Descriptor> descriptors;
};

enum class Received : std::uint8_t { packet, nothing, closed };
enum class Waiting : std::uint8_t { yes, no };

// False: the other side is gone, or its queue is full (which errno tells apart).
bool send_packet(int socket, std::string_view octets, std::span<const int> descriptors = {},
                 Waiting waiting = Waiting::yes);
Received receive_packet(int socket, Packet& packet, Waiting waiting);

// Two ends that are connected with each other, closed on exec. Throws std::system_error.
std::pair<Descriptor, Descriptor> packet_pair();

// Numbers and texts one after the other.
class Packer {
public:
    Packer& number(std::uint64_t value);
    Packer& text(std::string_view value);
    Packer& texts(const std::vector<std::string>& values);
    std::string take() { return std::move(octets_); }

private:
    std::string octets_;
};

// Reads what Packer wrote. What is not there reads as zero or empty, and good() says so.
class Unpacker {
public:
    explicit Unpacker(std::string_view octets) : left_(octets) {}
    std::uint64_t number();
    std::string text();
    std::vector<std::string> texts();
    std::string_view rest() const { return left_; }
    bool good() const { return good_; }

private:
    std::string_view left_;
    bool good_ = true;
};

}  // namespace postern::engine::service
