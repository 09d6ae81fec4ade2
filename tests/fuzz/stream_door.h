// SPDX-License-Identifier: Apache-2.0
// The door of a document that holds streams: any octets, taken for one, under a small budget.
#pragma once

#include "engine/expand/expander.h"
#include "engine/file_types.h"

#include <cstdlib>

namespace postern::fuzz {

class Swallow : public engine::expand::Sink {
    void member(engine::expand::Member) override {}
    void remark(engine::expand::Remark) override {}
};

inline int open_streams(const std::uint8_t* data, std::size_t size, engine::FileType type) {
    engine::Limits limits;
    limits.produced_bytes = limits.member_bytes = 4'000'000;
    limits.entries = 1000;
    engine::Budget budget(limits, size);
    engine::Content content;
    content.bytes = {reinterpret_cast<const std::byte*>(data), size};
    Swallow sink;
    engine::expand::expand_streams(content, type, budget, sink);
    if (budget.produced() > limits.produced_bytes) std::abort();
    return 0;
}

}  // namespace postern::fuzz
