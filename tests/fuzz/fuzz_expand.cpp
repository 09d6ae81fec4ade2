// SPDX-License-Identifier: Apache-2.0
// Any octets, opened as what they are taken for, under a small budget.
#include "engine/expand/expander.h"
#include "engine/identify.h"

namespace {

class Swallow : public postern::engine::expand::Sink {
    void member(postern::engine::expand::Member) override {}
    void remark(postern::engine::expand::Remark) override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace postern::engine;
    static Identifier identifier;
    Limits limits;
    limits.produced_bytes = limits.member_bytes = 4'000'000;
    limits.dictionary_bytes = 8'000'000;
    limits.entries = 1000;
    Budget budget(limits, size);
    Content content;
    content.bytes = {reinterpret_cast<const std::byte*>(data), size};
    Swallow sink;
    expand::expand(content, identifier.identify(content.bytes), budget, sink);
    return budget.produced() > limits.produced_bytes ? __builtin_trap(), 1 : 0;
}
