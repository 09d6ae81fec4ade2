// SPDX-License-Identifier: Apache-2.0
// The SIMD kernels of base64: one for each instruction set that this build and this processor have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace postern::mime {

struct Base64Progress {
    std::size_t consumed;
    std::size_t written;
};

// Decodes whole quanta from `in`, stepping over CR and LF that stand between quanta, and stops at
// the first thing it does not take: another octet, a line end inside a quantum, the last octets of
// the input. REQUIRES: `out` has room for 3/4 of the input and base64_kernel_slack octets more.
using Base64Kernel = Base64Progress (*)(std::span<const std::uint8_t> in, std::uint8_t* out);

inline constexpr std::size_t base64_kernel_slack = 64;

struct NamedBase64Kernel {
    const char* name;  // "AVX2"
    Base64Kernel kernel;
};

// Those that this processor can run, the best first; empty where there is none.
std::span<const NamedBase64Kernel> base64_kernels();
// nullptr where there is none.
Base64Kernel best_base64_kernel();

}  // namespace postern::mime
