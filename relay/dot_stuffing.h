// SPDX-License-Identifier: Apache-2.0
// Transparency (RFC 5321 4.5.2), the receiving half: where a message ends, and what of it was only stuffing. The
// sending half is content_writer.h.
//
// The end is CR LF . CR LF and nothing else. Whoever takes something else for the end lets one message carry another
// past him (SMTP smuggling); so what other servers might take for it (bare LF, bare CR, NUL) is a fault of the
// message, told at its true end.
#pragma once

#include "relay/line_reader.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace postern::relay {

enum class ContentFault : std::uint8_t { none, bare_lf, bare_cr, nul };

// Takes the stuffing away. Invariant: how the octets were cut into pieces makes no difference.
class DotUnstuffer {
public:
    // With LineEnds::mended a bare LF or CR becomes CR LF and is no fault; a dot alone between such ends is text.
    explicit DotUnstuffer(LineEnds ends = LineEnds::strict) : ends_(ends) {}

    // Takes octets off the front of `input` and appends the message's own to `content`. True: the end was reached, and
    // `input` begins behind it. False: all were taken.
    bool feed(std::string_view& input, std::string& content);

    // The first that was met.
    ContentFault fault() const { return fault_; }

private:
    enum class State : std::uint8_t { line_start, mended_start, in_line, after_cr, dot, mended_dot, dot_cr };

    void in_line(std::string_view& input, std::string& content);
    void after_cr(std::string_view& input, std::string& content);
    void bare(ContentFault fault, std::string& content);
    void mark(ContentFault fault);

    LineEnds ends_;
    State state_ = State::line_start;
    ContentFault fault_ = ContentFault::none;
};

}  // namespace postern::relay
