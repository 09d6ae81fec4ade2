// SPDX-License-Identifier: Apache-2.0
#include "engine/expand/decoder.h"

#include <algorithm>

namespace postern::engine::expand {
namespace {

// Input is given in pieces too: a stream may swallow megabytes and produce nothing, and the clock is
// looked at between turns.
constexpr std::size_t input_chunk = 262144;

}  // namespace

Run run(Decoder& decoder, Octets input, Production& out) {
    Run run;
    while (run.state == Decoder::State::more) {
        const Octets piece = cut(input, run.consumed, input_chunk);
        const Decoder::Turn turn = decoder.turn(piece, out.room());
        run.consumed += turn.consumed;
        run.state = turn.state;
        if (turn.state == Decoder::State::dictionary) out.refuse(Limit::dictionary);
        if (!out.commit(turn.produced)) break;
        const bool stuck = turn.consumed == 0 && turn.produced == 0;
        if (stuck && run.state == Decoder::State::more) {
            if (!piece.empty()) run.state = Decoder::State::damaged;
            break;
        }
    }
    return run;
}

}  // namespace postern::engine::expand
