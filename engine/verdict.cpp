// SPDX-License-Identifier: Apache-2.0
#include "engine/verdict.h"

namespace postern::engine {

std::string_view name_of(FindingKind kind) {
    static constexpr std::string_view names[] = {"signature", "file-type", "size",
                                                 "encrypted", "limit",     "defect"};
    return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Wrapping wrapping) {
    static constexpr std::string_view names[] = {"none", "zip", "archive", "document"};
    return names[static_cast<std::size_t>(wrapping)];
}

}  // namespace postern::engine
