// SPDX-License-Identifier: Apache-2.0
// HeaderFilter: what the relay reads and removes while a message streams by: it counts the Received fields (RFC 5321
// 6.3) and drops the fields that only we may write. Everything else passes as it is, and the body is not looked at.
//
// Invariants
//  (1) How the octets were cut into pieces makes no difference.
//  (2) Of a line at most 80 octets are held back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace postern::relay {

// The field in which the relay tells of its scan, and which it therefore removes where others wrote it.
inline constexpr std::string_view scan_field = "X-Postern-Scan";

class HeaderFilter {
public:
    // `hostname`: ours, to tell the Received fields that we wrote.
    explicit HeaderFilter(std::string hostname);

    // Appends what remains of `input` to `out`.
    void feed(std::string_view input, std::string& out);
    // The message is over: what was held back.
    void finish(std::string& out);

    std::size_t received() const { return received_; }
    std::size_t received_here() const { return received_here_; }

private:
    enum class State : std::uint8_t { line_start, keep, drop, body };

    void line_start(std::string_view& input, std::string& out);
    void decide(std::string& out);
    void rest_of_line(std::string_view& input, std::string& out);
    void end_of_field();
    void watch(std::string_view octets);

    std::string hostname_;
    State state_ = State::line_start;
    bool dropping_ = false;     // the field whose lines these are
    std::string held_;          // the beginning of a line, not decided on yet
    bool cr_before_ = false;    // the last octet of the line so far was a CR
    bool watching_ = false;     // the field is a Received
    std::string watched_;       // the beginning of its value
    std::size_t received_ = 0;
    std::size_t received_here_ = 0;
};

}  // namespace postern::relay
