// SPDX-License-Identifier: Apache-2.0
// What libraries load when it is first needed, loaded now: later there are no files.
#pragma once

#include <memory>

namespace postern::engine::service {

// Every converter of the C library (iconv), ready as long as this lives, in this process and those forked from it.
class Converters {
public:
    Converters();
    ~Converters();
    Converters(const Converters&) = delete;
    Converters& operator=(const Converters&) = delete;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::engine::service
