// SPDX-License-Identifier: Apache-2.0
// ContentWriter: a message as it leaves in DATA (RFC 5321 4.5.2), made from the octets we keep.
//
// The sending half of SMTP smuggling ends here. Whatever lies in the spool, what leaves is lines that end in
// CRLF, with a dot doubled at the start of each, and exactly one end: a CR or LF alone becomes CRLF, NUL
// goes away. What came in by our own sessions has none of these, and passes unchanged.
#pragma once

#include <string>
#include <string_view>

namespace postern::relay {

class ContentWriter {
public:
    // Appends to `out` what the next octets of the message become.
    void write(std::string_view octets, std::string& out);
    // The end of the message: closes an open line and appends the end of data.
    void finish(std::string& out);

private:
    void end_line(std::string& out);

    bool line_start_ = true;
    bool after_cr_ = false;  // a CR was read, and is not written yet
};

}  // namespace postern::relay
