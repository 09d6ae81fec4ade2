// SPDX-License-Identifier: Apache-2.0
// Compiled by Highway's foreach_target once for every instruction set.
//
// A block without two blanks in a row is stored whole. Else each run between the blanks too many is
// stored as a whole block, the next one over what it wrote too much: no octet is looked at alone.
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
    bool clean;  // nothing of it is dropped
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
    return {hn::IfThenElse(white, blank, lower), bits_of(d, white), hn::AllTrue(d, hn::Or(kept, white))};
}

TextFormProgress form_blocks(std::span<const std::uint8_t> text, std::uint8_t* to,
                             AfterBlank after_blank) {
    const Octets d;
    const std::size_t lanes = hn::Lanes(d);
    std::uint8_t* const begin = to;
    std::uint64_t before = after_blank == AfterBlank::yes ? 1 : 0;
    std::uint8_t form[2 * text_form_slack] = {};
    std::size_t at = 0;
    for (; at + lanes <= text.size(); at += lanes) {
        const Block block = read(d, text.data() + at);
        if (!block.clean) break;
        std::uint64_t extra = block.blanks & (block.blanks << 1 | before);
        before = block.blanks >> (lanes - 1) & 1;
        if (extra == 0) {
            hn::StoreU(block.form, d, to);
            to += lanes;
            continue;
        }
        hn::StoreU(block.form, d, form);
        std::size_t from = 0;
        for (; extra != 0; extra &= extra - 1) {
            const auto end = static_cast<std::size_t>(__builtin_ctzll(extra));
            hn::StoreU(hn::LoadU(d, form + from), d, to);
            to += end - from;
            from = end + 1;
        }
        hn::StoreU(hn::LoadU(d, form + from), d, to);
        to += lanes - from;
    }
    return {at, static_cast<std::size_t>(to - begin)};
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
