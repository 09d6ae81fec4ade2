// SPDX-License-Identifier: Apache-2.0
// SourceLines: what the signatures of a set were written as, packed to stand in the set itself.
//
// A built set is searched, explained and compared with another years after its sources have moved.
// Only what cannot be told from the tables is kept: bodies, logical and member signatures, YARA
// rules. A digest is its own source. Nothing of this is read while mail is scanned.
//
//   packed  = octets unpacked:8  zlib stream (RFC 1950)
//   stream  = *( kind  text  NUL )     kind: b ndb, d db, l ldb, m cdb, z zmd, r rmd, y one YARA rule
//
// Invariants
//  (1) The same signatures give the same octets, in whatever order they were added to the builder.
#pragma once

#include "signatures/array.h"
#include "signatures/lanes.h"
#include "signatures/sources.h"
#include "signatures/yara/rule_unit.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace postern::signatures {

class SourceLines {
public:
    // REQUIRES: they are in their final order.
    void add(const Signatures& signatures);
    void add(const std::vector<yara::RuleUnit>& units);
    Array<std::byte> pack() const;

private:
    void add(char kind, std::string_view text);
    std::string text_;
};

// Borrowed for the call.
struct SourceLine {
    Format format = Format::ndb;
    std::string_view text;
};

// False: it is not what pack() makes; some lines may have been visited. Throws std::bad_alloc.
bool visit_lines(std::span<const std::byte> packed, const std::function<void(const SourceLine&)>& visit);

}  // namespace postern::signatures
