// SPDX-License-Identifier: Apache-2.0
// Decoder: one compression method, turned by hand, so that what came out before an error is kept.
//
// One file of this folder knows each library (inflate.cpp, bunzip2.cpp, unlzma.cpp); whoever has a stream
// or a zip member to unpack makes the decoder and lets run() turn it.
#pragma once

#include "engine/expand/production.h"

#include <memory>

namespace postern::engine::expand {

class Decoder {
public:
    enum class State : std::uint8_t {
        more,        // wants input or room
        end,         // the stream ended as it should
        damaged,     // cannot go on
        dictionary,  // its window is larger than the Budget allows
    };
    struct Turn {
        std::size_t consumed = 0, produced = 0;
        State state = State::more;
    };

    virtual ~Decoder() = default;
    // REQUIRES: the last turn said `more`.
    virtual Turn turn(Octets input, std::span<std::byte> room) = 0;
};

enum class Framing : std::uint8_t { raw, zlib, gzip };

std::unique_ptr<Decoder> make_inflater(Framing framing);
std::unique_ptr<Decoder> make_bunzip2();
// xz, .lzma and lzip streams, told apart by their first octets.
std::unique_ptr<Decoder> make_unlzma(const Limits& limits);

struct Run {
    std::size_t consumed = 0;
    Decoder::State state = Decoder::State::more;  // `more`: the input ended before the stream did
};

// Turns the decoder over the input until it ends, fails, or the Budget says stop (see out.refused()).
Run run(Decoder& decoder, Octets input, Production& out);

}  // namespace postern::engine::expand
