// SPDX-License-Identifier: Apache-2.0
#include "engine/service/packet.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <sys/socket.h>

namespace postern::engine::service {

namespace {

constexpr std::size_t control_size = CMSG_SPACE(most_packet_descriptors * sizeof(int));

void take_descriptors(msghdr& header, std::vector<Descriptor>& into) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
         part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(part) + i * sizeof(int), sizeof number);
            into.emplace_back(number);
        }
    }
}

}  // namespace

bool send_packet(int socket, std::string_view octets, std::span<const int> descriptors,
                 Waiting waiting) {
    iovec vector{const_cast<char*>(octets.data()), octets.size()};
    msghdr header{};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    alignas(cmsghdr) std::array<char, control_size> control{};
    if (!descriptors.empty()) {
        header.msg_control = control.data();
        header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* part = CMSG_FIRSTHDR(&header);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(part), descriptors.data(), descriptors.size_bytes());
    }
    const int flags = MSG_NOSIGNAL | (waiting == Waiting::no ? MSG_DONTWAIT : 0);
    ssize_t sent = -1;
    do {
        sent = ::sendmsg(socket, &header, flags);
    } while (sent < 0 && errno == EINTR);
    return sent == static_cast<ssize_t>(octets.size());
}

Received receive_packet(int socket, Packet& packet, Waiting waiting) {
    packet.octets.resize(most_packet_octets);
    packet.descriptors.clear();
    iovec vector{packet.octets.data(), packet.octets.size()};
    alignas(cmsghdr) std::array<char, control_size> control{};
    msghdr header{};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    ssize_t size = -1;
    do {
        size = ::recvmsg(socket, &header,
                         MSG_CMSG_CLOEXEC | (waiting == Waiting::no ? MSG_DONTWAIT : 0));
    } while (size < 0 && errno == EINTR);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Received::nothing;
    if (size <= 0) return Received::closed;
    packet.octets.resize(static_cast<std::size_t>(size));
    take_descriptors(header, packet.descriptors);
    return Received::packet;
}

std::pair<Descriptor, Descriptor> packet_pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        throw std::system_error(errno, std::generic_category(), "a pair of sockets cannot be made");
    }
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Packer& Packer::number(std::uint64_t value) {
    octets_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
}

Packer& Packer::text(std::string_view value) {
    number(value.size());
    octets_ += value;
    return *this;
}

Packer& Packer::texts(const std::vector<std::string>& values) {
    number(values.size());
    for (const std::string& value : values) text(value);
    return *this;
}

std::uint64_t Unpacker::number() {
    std::uint64_t value = 0;
    if (left_.size() < sizeof value) {
        good_ = false;
        left_ = {};
        return 0;
    }
    std::memcpy(&value, left_.data(), sizeof value);
    left_.remove_prefix(sizeof value);
    return value;
}

std::string Unpacker::text() {
    const std::uint64_t size = number();
    if (size > left_.size()) {
        good_ = false;
        left_ = {};
        return {};
    }
    std::string value(left_.substr(0, size));
    left_.remove_prefix(size);
    return value;
}

std::vector<std::string> Unpacker::texts() {
    std::vector<std::string> values;
    for (std::uint64_t left = number(); left > 0 && good_; --left) values.push_back(text());
    return values;
}

}  // namespace postern::engine::service
