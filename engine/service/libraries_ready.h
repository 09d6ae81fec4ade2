// SPDX-License-Identifier: Apache-2.0
// What libraries load when it is first needed, loaded now: later there are no files.
#pragma once

#include <cstddef>

namespace postern::engine::service {

// Every converter of the C library (iconv), kept until the process ends. Gives their number.
std::size_t load_all_converters();

}  // namespace postern::engine::service
