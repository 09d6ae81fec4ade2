// SPDX-License-Identifier: Apache-2.0
#include "tests/support/places.h"

namespace postern::tests {

std::string source_path(std::string_view relative) { return POSTERN_SOURCE_DIR "/" + std::string(relative); }

std::string built_path(std::string_view relative) { return POSTERN_BINARY_DIR "/" + std::string(relative); }

}  // namespace postern::tests
