// SPDX-License-Identifier: Apache-2.0
// Search: in which signatures a text stands, as their name, as what they look for, or as written.
#pragma once

#include "signatures/catalog/entry.h"
#include "signatures/target.h"

#include <optional>
#include <string>
#include <vector>

namespace postern::signatures {

enum class FoundAs : std::uint8_t {
    name,     // in the name, in any case
    octets,   // its octets stand among what is looked for, plain or wide, in any of three cases
    hex,      // it is hex, which stands there
    written,  // in the text of the signature: an expression, a rule, a digest, a pattern
};
// "name", "octets", "hex", "written".
std::string_view name_of(FoundAs as);

class SearchText {
public:
    explicit SearchText(std::string_view text);
    // The first in the order above; nothing: it does not stand there.
    std::optional<FoundAs> in(const Entry& entry) const;

private:
    std::string text_;
    std::string lower_;
    std::string hex_;                    // the text, where it is hex of two octets or more
    std::vector<std::string> encoded_;   // its octets in hex, in several spellings
};

// Of a body or logical signature; nothing: the kind has none.
std::optional<Target> target_of(const Entry& entry);

}  // namespace postern::signatures
