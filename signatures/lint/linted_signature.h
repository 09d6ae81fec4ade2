// SPDX-License-Identifier: Apache-2.0
// LintedSignature: one body or logical signature with its place in its source, and by what literals
// a set would look for it. For this folder alone.
#pragma once

#include "signatures/anchor.h"
#include "signatures/clamav/ignore.h"
#include "signatures/offset.h"
#include "signatures/sources.h"

#include <optional>

namespace postern::signatures {

// How a set would find it; lanes.cpp decides by the same rules.
enum class Lane : std::uint8_t {
    anchored,  // behind literals
    placed,    // in one place
    tried,     // a logical one: on the few contents that lie in what its description names
    slow,      // everywhere, without a literal
};

struct LintedSignature {
    std::string name;
    std::size_t file = 0;  // number of the source
    std::size_t line = 0;  // from 1
    std::string meaning;   // the line but for its name: equal ones find the same
    Target target = Target::any;
    Offset offset;
    clamav::Body body;  // of a body signature; without parts: a logical one
    Lane lane = Lane::anchored;
    std::vector<Anchor> anchors;
    std::size_t elements = 0;  // to be compared behind a hit, at most
    bool ignored = false;      // a name in an ignore list takes it out
};

// Nothing: the line holds no signature that loads. `format` is db, ndb or ldb.
std::optional<LintedSignature> linted(Format format, std::string_view line,
                                      const clamav::IgnoredNames& ignored);

}  // namespace postern::signatures
