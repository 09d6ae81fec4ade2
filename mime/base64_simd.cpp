// SPDX-License-Identifier: Apache-2.0
// The kernel, compiled by Highway's foreach_target once for every instruction set.
//
// The one trick: a block that has an octet outside the alphabet is decoded all the same, and only
// its clean quanta are kept: both pointers advance by less than a block. A line end thus costs a
// partial block and nothing else, whatever the line length, and no search for line ends is made.
//
// An octet is classified by its two halves: the upper half selects a bit, the lower half the set of
// upper halves for which it is *not* in the alphabet; the two meet in no bit where the octet is
// good.
#include "mime/base64_simd.h"

#include "mime/base64_alphabet.h"

#define HWY_WANT_SSSE3 1
#define HWY_WANT_SSE4 1
#define HWY_WANT_AVX3_DL 1
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mime/base64_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef POSTERN_MIME_BASE64_TABLES
#define POSTERN_MIME_BASE64_TABLES
namespace postern::mime::base64 {

using Table = std::array<std::uint8_t, 16>;

// Upper halves 2 to 7 have a bit each; all others share one that no lower half forgives.
consteval std::uint8_t bit_of(unsigned upper) {
    return static_cast<std::uint8_t>(upper >= 2 && upper <= 7 ? 1U << (upper - 2) : 0x40U);
}

consteval Table make_upper_bits() {
    Table table{};
    for (unsigned upper = 0; upper < 16; ++upper) table[upper] = bit_of(upper);
    return table;
}

consteval Table make_bad_uppers() {
    Table table{};
    table.fill(0x40);
    for (unsigned octet = 0x20; octet < 0x80; ++octet) {
        if (values[octet] >= 64) table[octet & 15] |= bit_of(octet >> 4);
    }
    return table;
}

// What to add to an octet to get its sextet, by upper half; '/' alone needs another than its row
// and takes the place of row 1, which is not in the alphabet.
consteval Table make_offsets() {
    Table table{};
    constexpr std::uint8_t samples[] = {'+', '0', 'A', 'P', 'a', 'p'};
    for (const std::uint8_t sample : samples) {
        table[sample >> 4] = static_cast<std::uint8_t>(values[sample] - sample);
    }
    table[1] = static_cast<std::uint8_t>(values['/'] - '/');
    return table;
}

alignas(16) inline constexpr Table upper_bits = make_upper_bits();
alignas(16) inline constexpr Table bad_uppers = make_bad_uppers();
alignas(16) inline constexpr Table offsets = make_offsets();
// The three good octets of each 32-bit lane, most significant first, moved together.
alignas(16) inline constexpr Table gather = {2, 1,  0,  6,  5,    4,    10,   9,
                                             8, 14, 13, 12, 0x80, 0x80, 0x80, 0x80};

}  // namespace postern::mime::base64
#endif

HWY_BEFORE_NAMESPACE();
namespace postern::mime {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128 && HWY_TARGET != HWY_SSE2

// Four sextets in each 32-bit lane become 24 bits, then the lanes are moved together.
template <class D, class V>
HWY_INLINE void store_packed(D d, V sextets, std::uint8_t* out) {
    const hn::Repartition<std::uint16_t, D> d16;
    const hn::Repartition<std::uint32_t, D> d32;
    const auto pairs = hn::BitCast(d16, sextets);
    const auto twelve =
        hn::Or(hn::ShiftLeft<6>(hn::And(pairs, hn::Set(d16, 0x3F))), hn::ShiftRight<8>(pairs));
    const auto quads = hn::BitCast(d32, twelve);
    const auto all =
        hn::Or(hn::ShiftLeft<12>(hn::And(quads, hn::Set(d32, 0xFFF))), hn::ShiftRight<16>(quads));
    const auto blocks =
        hn::TableLookupBytesOr0(hn::BitCast(d, all), hn::LoadDup128(d, base64::gather.data()));
    alignas(64) static constexpr std::int32_t lanes[16] = {0,  1,  2,  4,  5, 6, 8,  9,
                                                           10, 12, 13, 14, 3, 7, 11, 15};
    alignas(64) static constexpr std::int32_t lanes_of_8[8] = {0, 1, 2, 4, 5, 6, 3, 7};
    if constexpr (hn::MaxLanes(d32) == 16) {
        const auto packed =
            hn::TableLookupLanes(hn::BitCast(d32, blocks), hn::SetTableIndices(d32, lanes));
        hn::StoreU(hn::BitCast(d, packed), d, out);
    } else if constexpr (hn::MaxLanes(d32) == 8) {
        const auto packed =
            hn::TableLookupLanes(hn::BitCast(d32, blocks), hn::SetTableIndices(d32, lanes_of_8));
        hn::StoreU(hn::BitCast(d, packed), d, out);
    } else {
        hn::StoreU(blocks, d, out);
    }
}

Base64Progress decode_blocks(std::span<const std::uint8_t> in, std::uint8_t* out) {
    const hn::CappedTag<std::uint8_t, 64> d;
    const std::size_t width = hn::Lanes(d);
    const auto upper_bits = hn::LoadDup128(d, base64::upper_bits.data());
    const auto bad_uppers = hn::LoadDup128(d, base64::bad_uppers.data());
    const auto offsets = hn::LoadDup128(d, base64::offsets.data());
    std::size_t at = 0;
    std::size_t written = 0;
    std::intptr_t expected = 0;  // where the last line end stood in its block
    while (in.size() - at >= width) {
        const auto octets = hn::LoadU(d, in.data() + at);
        const auto upper = hn::ShiftRight<4>(octets);
        const auto lower = hn::And(octets, hn::Set(d, 0x0F));
        const auto bad = hn::Ne(hn::And(hn::TableLookupBytes(upper_bits, upper),
                                        hn::TableLookupBytes(bad_uppers, lower)),
                                hn::Zero(d));
        const auto slash = hn::VecFromMask(d, hn::Eq(octets, hn::Set(d, '/')));
        const auto sextets = hn::Add(octets, hn::TableLookupBytes(offsets, hn::Add(upper, slash)));
        store_packed(d, sextets, out + written);
        const std::intptr_t clean = hn::FindFirstTrue(d, bad);
        if (clean < 0) {
            at += width;
            written += width / 4 * 3;
            continue;
        }
        // The next load must not wait for this count: lines are alike, so it is guessed to be the
        // last one, and the guess is checked by a branch. The asm keeps the compiler from undoing
        // that.
        if (clean != expected) {
            expected = clean;
            asm volatile("" : "+r"(expected));
        }
        at += static_cast<std::size_t>(expected) & ~std::size_t{3};
        written += static_cast<std::size_t>(expected) / 4 * 3;
        if (expected % 4 != 0) break;
        if (in[at] == '\r') {
            ++at;
            if (at < in.size() && in[at] == '\n') ++at;
        } else if (in[at] == '\n') {
            ++at;
        } else {
            break;
        }
    }
    return {at, written};
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace postern::mime
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace postern::mime {

namespace {

struct Candidate {
    std::int64_t target;
    NamedBase64Kernel named;
};

// Every kernel of this build, the best first.
constexpr Candidate candidates[] = {
#if HWY_TARGETS & HWY_AVX3_DL
    {HWY_AVX3_DL, {"AVX3_DL", &N_AVX3_DL::decode_blocks}},
#endif
#if HWY_TARGETS & HWY_AVX3
    {HWY_AVX3, {"AVX3", &N_AVX3::decode_blocks}},
#endif
#if HWY_TARGETS & HWY_AVX2
    {HWY_AVX2, {"AVX2", &N_AVX2::decode_blocks}},
#endif
#if HWY_TARGETS & HWY_SSE4
    {HWY_SSE4, {"SSE4", &N_SSE4::decode_blocks}},
#endif
#if HWY_TARGETS & HWY_SSSE3
    {HWY_SSSE3, {"SSSE3", &N_SSSE3::decode_blocks}},
#endif
#if HWY_TARGETS & HWY_NEON
    {HWY_NEON, {"NEON", &N_NEON::decode_blocks}},
#endif
    {0, {"none", nullptr}},
};

struct Kernels {
    std::array<NamedBase64Kernel, std::size(candidates)> rows{};
    std::size_t count = 0;
};

Kernels supported_kernels() {
    Kernels kernels;
    const std::int64_t supported = hwy::SupportedTargets();
    for (const Candidate& candidate : candidates) {
        if ((candidate.target & supported) != 0) kernels.rows[kernels.count++] = candidate.named;
    }
    return kernels;
}

}  // namespace

std::span<const NamedBase64Kernel> base64_kernels() {
    static const Kernels kernels = supported_kernels();
    return {kernels.rows.data(), kernels.count};
}

Base64Kernel best_base64_kernel() {
    const auto kernels = base64_kernels();
    return kernels.empty() ? nullptr : kernels.front().kernel;
}

}  // namespace postern::mime
#endif
