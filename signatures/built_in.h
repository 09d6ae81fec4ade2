// SPDX-License-Identifier: Apache-2.0
// The signatures that every set holds.
#pragma once

#include <string>

namespace postern::signatures {

// The EICAR test file's 68 octets. Put together when asked for, so that no scanner takes this
// program, or its source, for the file itself.
std::string eicar_test_file();

// An .ndb source.
std::string built_in_source();

}  // namespace postern::signatures
