// SPDX-License-Identifier: Apache-2.0
// The one exception of this folder: configuration or a command line that cannot be used, told in a
// sentence that says where and what to write instead. Only main() catches it.
#pragma once

#include <stdexcept>

namespace postern::app {

class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace postern::app
