// SPDX-License-Identifier: Apache-2.0
// Where in one content an Offset lets a match begin.
#pragma once

#include "signatures/executable.h"
#include "signatures/offset.h"
#include "signatures/sweep.h"

#include <optional>

namespace postern::signatures {

// One content's answers. The layout of a program is read when it is first asked for.
class StartRanges {
public:
    // REQUIRES: the content stays where it is.
    explicit StartRanges(Octets content) : content_(content) {}

    // Nothing: the signature cannot match here. The answer borrows from this.
    std::optional<StartRange> of(const Offset& offset);

    const ExecutableLayout& layout();
    std::optional<StartRange> at_version_strings();

private:

    Octets content_;
    std::optional<ExecutableLayout> layout_;
};

// True where the range is so small that looking there is cheaper than searching for the signature.
bool is_one_place(const Offset& offset);

}  // namespace postern::signatures
