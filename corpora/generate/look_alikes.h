// SPDX-License-Identifier: Apache-2.0
// Look-alikes: files that the default policy refuses, and that do nothing.
//
// Each has the first octets by which its type is told, and random ones behind them: no system would
// run it. Others are plain text under a refused name. EICAR's test file is put together at run
// time, so that neither source nor program contains it.
#pragma once

#include "corpora/generate/documents.h"

#include <span>

namespace postern::corpora {

// The 68 octets of the EICAR test file.
std::string eicar();

// How the part states its name: each is one of the traps by which names hide.
enum class NameTrap : std::uint8_t { none, split, right_to_left };

struct LookAlike {
    std::string_view kind;  // "pe"; what the manifest says
    std::string_view name;
    std::string_view media_type;
    std::string (*make)(Random&);
    NameTrap trap = NameTrap::none;
};

std::span<const LookAlike> look_alikes();

}  // namespace postern::corpora
