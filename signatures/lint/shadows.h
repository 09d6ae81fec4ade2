// SPDX-License-Identifier: Apache-2.0
// Shadows: signatures that add nothing, since another of the same target matches wherever they do.
//
// A general signature is one literal, anywhere. Whatever matches a body holds the body's literals;
// so a body with a literal that holds a general one is shadowed by it. Sufficient and not
// necessary: what shadows by wildcards or logic is not seen. For this folder alone.
#pragma once

#include "signatures/lint/linted_signature.h"

namespace postern::signatures {

// Longer literals shadow nothing here, so that hostile sources cannot make comparing dear.
inline constexpr std::size_t longest_shadow = 256;

inline constexpr std::size_t no_shadow = static_cast<std::size_t>(-1);

// For each signature the number of one that shadows it, or no_shadow. Those that are ignored shadow
// nothing; of two with the same literal neither shadows the other.
std::vector<std::size_t> find_shadows(const std::vector<LintedSignature>& signatures);

}  // namespace postern::signatures
