// SPDX-License-Identifier: Apache-2.0
// RuleClock: which rules of a set cost the most time over a content.
//
// libyara searches for all strings of all rules together and was built without its own clock, so a
// rule's share is found by leaving others out: the rules are halved, the dearer half again, until
// single rules are left. For tests of a set before it is used; mail is not scanned with it.
#pragma once

#include "signatures/yara/rule_tables.h"

#include <span>
#include <string>
#include <vector>

namespace postern::signatures::yara {

struct RuleCost {
    std::string name;    // "YARA.name"
    double seconds = 0;  // more than the search alone, over the octets that were looked at
};

struct ClockBounds {
    std::size_t most = 10;                           // so many rules
    std::size_t octets = std::size_t{64} << 10;      // of the content, from its beginning
    double share = 0.02;                             // of the whole time: less is not told
};

// The dearest first; none when no rule stands out. Empty as well when the octets are not those
// that were compiled. Throws std::bad_alloc.
std::vector<RuleCost> dearest_rules(const RuleTables& tables, std::span<const std::byte> content,
                                    const ClockBounds& bounds);

}  // namespace postern::signatures::yara
