// SPDX-License-Identifier: Apache-2.0
// Compiled by Highway's foreach_target once for every instruction set. Four vectors of starts are asked
// together whether one of them fits; which one it is, is looked up only then.
#include "signatures/probe_search.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "signatures/probe_search.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace postern::signatures {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Octets = hn::ScalableTag<std::uint8_t>;
using Vector = hn::Vec<Octets>;

struct Wanted {
    Vector mask;
    Vector value;
    const std::uint8_t* at;

    Wanted(Octets d, const Probe& probe, const std::uint8_t* content)
        : mask(hn::Set(d, probe.mask)), value(hn::Set(d, probe.value)), at(content + probe.offset) {}

    // Zero where the probe fits.
    HWY_INLINE Vector wrong(Octets d, std::size_t start) const {
        return hn::Xor(hn::And(hn::LoadU(d, at + start), mask), value);
    }
};

std::size_t search(const Probes& probes, const std::uint8_t* content, std::size_t count) {
    const Octets d;
    const std::size_t lanes = hn::Lanes(d);
    const Vector zero = hn::Zero(d);
    const Wanted a(d, probes[0], content);
    const Wanted b(d, probes[1], content);
    const auto wrong = [&](std::size_t start) { return hn::Or(a.wrong(d, start), b.wrong(d, start)); };
    std::size_t start = 0;
    for (; start + 4 * lanes <= count; start += 4 * lanes) {
        const Vector least = hn::Min(hn::Min(wrong(start), wrong(start + lanes)),
                                     hn::Min(wrong(start + 2 * lanes), wrong(start + 3 * lanes)));
        if (!hn::AllFalse(d, hn::Eq(least, zero))) break;
    }
    for (; start + lanes <= count; start += lanes) {
        const auto first = hn::FindFirstTrue(d, hn::Eq(wrong(start), zero));
        if (first >= 0) return start + static_cast<std::size_t>(first);
    }
    const auto fits = [&](const Probe& probe) {
        return (content[start + probe.offset] & probe.mask) == probe.value;
    };
    while (start < count && !(fits(probes[0]) && fits(probes[1]))) ++start;
    return start;
}

}  // namespace HWY_NAMESPACE
}  // namespace postern::signatures
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace postern::signatures {

HWY_EXPORT(search);

std::size_t next_probed(const Probes& probes, std::span<const std::byte> content, std::size_t count) {
    return HWY_DYNAMIC_DISPATCH(search)(probes, reinterpret_cast<const std::uint8_t*>(content.data()), count);
}

}  // namespace postern::signatures

#endif
