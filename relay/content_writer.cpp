// SPDX-License-Identifier: Apache-2.0
#include "relay/content_writer.h"

#include <algorithm>
#include <cstring>

namespace postern::relay {

namespace {

// The first CR, LF or NUL at or after `at`; the end if there is none. Lines are long enough for memchr by LF to pay,
// and what lies before it is looked through for the others, which are nearly always at its end.
std::size_t next_special(std::string_view octets, std::size_t at) {
    const std::size_t line = std::min(octets.find('\n', at), octets.size());
    const std::size_t cr = std::min(octets.substr(0, line).find('\r', at), line);
    return std::min(octets.substr(0, cr).find('\0', at), cr);
}

}  // namespace

void ContentWriter::end_line(std::string& out) {
    out += "\r\n";
    line_start_ = true;
    after_cr_ = false;
}

void ContentWriter::write(std::string_view octets, std::string& out) {
    std::size_t at = 0;
    while (at < octets.size()) {
        const char c = octets[at];
        if (after_cr_) {
            end_line(out);
            if (c == '\n') ++at;
            continue;
        }
        if (c == '\r' || c == '\n' || c == '\0') {
            ++at;
            if (c == '\r') after_cr_ = true;
            if (c == '\n') end_line(out);
            continue;
        }
        if (line_start_ && c == '.') out += '.';
        const std::size_t end = next_special(octets, at);
        out.append(octets, at, end - at);
        line_start_ = false;
        at = end;
    }
}

void ContentWriter::finish(std::string& out) {
    if (after_cr_ || !line_start_) end_line(out);
    out += ".\r\n";
    line_start_ = true;
}

}  // namespace postern::relay
