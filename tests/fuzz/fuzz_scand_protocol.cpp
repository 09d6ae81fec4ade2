// SPDX-License-Identifier: Apache-2.0
// clamd's language, in packets: the first octet of the input says how long they are, and 0x01
// carries a descriptor.
#include "engine/service/protocol.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <variant>

#include <unistd.h>

using namespace postern::engine::service;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t packet = 1 + data[0];
    std::span<const std::byte> left = std::as_bytes(std::span(data + 1, size - 1));
    Protocol protocol(4096);
    bool in_stream = false;
    for (bool closed = false; !left.empty() && !closed;) {
        std::span<const std::byte> input = left.first(std::min(packet, left.size()));
        left = left.subspan(input.size());
        if (input.front() == std::byte{1}) protocol.give(Descriptor(::dup(0)));
        for (;;) {
            const std::size_t before = input.size();
            const Step step = protocol.next(input);
            if (std::holds_alternative<step::NeedInput>(step)) break;
            closed = std::holds_alternative<step::Close>(step);
            if (closed) break;
            if (std::holds_alternative<step::StreamBegin>(step)) in_stream = true;
            if (std::holds_alternative<step::StreamOctets>(step) &&
                (!in_stream || input.size() == before))
                std::abort();
            if (std::holds_alternative<step::StreamEnd>(step)) in_stream = false;
        }
    }
    static_cast<void>(protocol.end_of_input());
    return 0;
}
