// SPDX-License-Identifier: Apache-2.0
#include "engine/verdict.h"

namespace postern::engine {

std::string_view name_of(FindingKind kind) {
    static constexpr std::string_view names[] = {"signature", "file-type", "size",
                                                 "encrypted", "limit",     "defect"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace postern::engine
