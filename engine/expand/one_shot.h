// SPDX-License-Identifier: Apache-2.0
// One shot: deflate by libdeflate into room of the declared size, twice as fast as by pieces.
//
// Taken when the declared size is believable and not so large that nobody could stop it (32 MiB), which is
// nearly always; when it turns out a lie, or the data are damaged, nothing was lost but the attempt, and the caller goes on by pieces (decoder.h).
#pragma once

#include "engine/expand/production.h"

#include <memory>

namespace postern::engine::expand {

// For one thread at a time.
class OneShot {
public:
    OneShot();
    ~OneShot();

    // True when the stream ended with the input and within `size` octets; they are in `out` then.
    bool inflate(Octets packed, std::uint64_t size, Production& out);
    // The same for a gzip file of one member and nothing behind it; its checksum was right.
    bool gunzip(Octets packed, Production& out);

private:
    struct State;
    std::unique_ptr<State> state_;
};

std::uint32_t crc32_of(Octets bytes);

}  // namespace postern::engine::expand
