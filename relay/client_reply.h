// SPDX-License-Identifier: Apache-2.0
// Replies as the client reads them (RFC 5321 4.2): octets in, whole replies out, nothing believed.
//
// The server is a stranger. Its lines end in CRLF and have at most 2,048 octets, a reply has at most 100
// of them, all with one code between 200 and 599. What breaks this ends the session; what it said may be
// quoted in logs and reports, and therefore is made visible text first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::relay {

struct ClientReply {
    int code = 0;                    // 200 to 599
    std::vector<std::string> lines;  // the text behind the code, made visible; at least one

    int severity() const { return code / 100; }
    // "5.1.1" when the text begins with one that fits the code (RFC 2034 4); else "5.0.0" by the code.
    std::string enhanced() const;
    // "550 5.1.1 no such user; really not", cut at 1,000 octets.
    std::string one_line() const;
};

class ReplyParser {
public:
    enum class Result { more, reply, broken };

    // Takes octets from `input` (and removes them) up to the end of one reply.
    Result feed(std::string_view& input);
    // REQUIRES: feed() gave `reply`.
    ClientReply take();
    // What broke, as a sentence. REQUIRES: feed() gave `broken`, as it does from then on.
    const std::string& trouble() const { return trouble_; }

private:
    Result broken(std::string trouble);
    Result finish_line();

    std::string line_;
    ClientReply reply_;
    std::string trouble_;
};

// Octets of strangers as text for logs and reports: controls become '?', and so does what is no UTF-8.
std::string visible(std::string_view octets);

}  // namespace postern::relay
