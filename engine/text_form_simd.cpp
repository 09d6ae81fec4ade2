// SPDX-License-Identifier: Apache-2.0
// Compiled by Highway's foreach_target once for every instruction set.
//
// A block of which nothing goes is stored whole. Else each run that stays is stored as a whole block,
// the next one over what it wrote too much: no octet is looked at alone.
#include "engine/text_form_simd.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/text_form_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace postern::engine {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Octets = hn::CappedTag<std::uint8_t, text_form_slack>;

struct Block {
    hn::Vec<Octets> form;
    std::uint64_t blanks;
    std::uint64_t dropped;
};

HWY_INLINE std::uint64_t bits_of(Octets d, hn::Mask<Octets> mask) {
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(d, mask, bytes);
    std::uint64_t bits = 0;
    std::memcpy(&bits, bytes, sizeof bits);
    return bits;
}

HWY_INLINE Block read(Octets d, const std::uint8_t* text) {
    const auto blank = hn::Set(d, 0x20);
    const auto octets = hn::LoadU(d, text);
    const auto white = hn::Or(hn::Eq(octets, blank), hn::Lt(hn::Sub(octets, hn::Set(d, 0x09)), hn::Set(d, 5)));
    const auto kept = hn::Lt(hn::Sub(octets, blank), hn::Set(d, 0x60));
    const auto upper = hn::Lt(hn::Sub(octets, hn::Set(d, 'A')), hn::Set(d, 26));
    const auto lower = hn::Or(octets, hn::IfThenElseZero(upper, blank));
    return {hn::IfThenElse(white, blank, lower), bits_of(d, white),
            bits_of(d, hn::Not(hn::Or(kept, white)))};
}

// A bit where the octet before, of those that are not dropped, is a blank. A blank's bit is added to
// the run of dropped octets behind it, and so carried to the end of the run.
HWY_INLINE std::uint64_t behind_blanks(const Block& block, std::uint64_t before) {
    const std::uint64_t next = block.blanks << 1 | before;
    return next | (((next & block.dropped) + block.dropped) ^ block.dropped);
}

TextFormProgress form_blocks(std::span<const std::uint8_t> text, std::uint8_t* to,
                             AfterBlank after_blank) {
    const Octets d;
    const std::size_t lanes = hn::Lanes(d);
    const std::uint64_t all = lanes == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << lanes) - 1;
    std::uint8_t* const begin = to;
    std::uint64_t before = after_blank == AfterBlank::yes ? 1 : 0;
    std::uint8_t form[2 * text_form_slack] = {};
    std::size_t at = 0;
    for (; at + lanes <= text.size(); at += lanes) {
        const Block block = read(d, text.data() + at);
        const std::uint64_t behind = behind_blanks(block, before);
        std::uint64_t kept = all & ~(block.dropped | (block.blanks & behind));
        before = (block.blanks | (block.dropped & behind)) >> (lanes - 1) & 1;
        if (kept == all) {
            hn::StoreU(block.form, d, to);
            to += lanes;
            continue;
        }
        hn::StoreU(block.form, d, form);
        while (kept != 0) {
            const auto from = static_cast<std::size_t>(__builtin_ctzll(kept));
            const std::uint64_t rest = ~(kept >> from);
            const std::size_t run = rest == 0 ? 64 : static_cast<std::size_t>(__builtin_ctzll(rest));
            hn::StoreU(hn::LoadU(d, form + from), d, to);
            to += run;
            kept = from + run >= 64 ? 0 : kept >> (from + run) << (from + run);
        }
    }
    return {at, static_cast<std::size_t>(to - begin), before != 0 ? AfterBlank::yes : AfterBlank::no};
}

}  // namespace HWY_NAMESPACE
}  // namespace postern::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace postern::engine {

HWY_EXPORT(form_blocks);

TextFormProgress form_text_blocks(std::span<const std::uint8_t> text, std::uint8_t* to,
                                  AfterBlank after_blank) {
    return HWY_DYNAMIC_DISPATCH(form_blocks)(text, to, after_blank);
}

}  // namespace postern::engine
#endif
