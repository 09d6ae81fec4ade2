// SPDX-License-Identifier: Apache-2.0
// Where the tree and the built program are. Compiled in once, so that the tests themselves compile to the
// same octets in every clone, and a compiler cache serves all of them.
#pragma once

#include <string>
#include <string_view>

namespace postern::tests {

// "corpora/samples" → its path in the tree.
std::string source_path(std::string_view relative);
// The same below the folder of this build; "postern" is the program.
std::string built_path(std::string_view relative);

}  // namespace postern::tests
