// SPDX-License-Identifier: Apache-2.0
// Match: a signature and where it stands in a content.
#pragma once

#include <cstdint>
#include <string_view>

namespace postern::signatures {

struct Match {
    std::string_view name;     // lives as long as the set
    std::uint64_t offset = 0;  // of the first octet matched
    std::uint64_t length = 0;
};

}  // namespace postern::signatures
