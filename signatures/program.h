// SPDX-License-Identifier: Apache-2.0
// Programs: bodies as flat octets that the verifier walks, without a pointer in them.
//
// All bodies of a set lie in two arrays: a row a part, and the code of the parts. Everything is a
// number relative to the arrays, so they can be written to a file and mapped as they are.
//
// Code of a sequence: operations, one after the other, the last one `end`:
//   literal      length:4 octets
//   masked       length:4 octets masks
//   skip         count:4
//   set          32 octets, a bit for each value: one octet of these
//   same_length  negated:1 count:4 length:4 strings: one of these, or none of these
//   choices      count:4, then for each  length:4 sequence: one of these, of different lengths
//   look_behind, look_ahead, consume     class:1 negated:1
//   near_before, near_after  low:4 high:4 octet:1 mask:1: the octet, so far before or behind here
#pragma once

#include "signatures/array.h"
#include "signatures/clamav/body.h"
#include "signatures/probe_search.h"

#include <cstddef>
#include <span>
#include <vector>

namespace postern::signatures {

enum class Op : std::uint8_t {
    end,
    literal,
    masked,
    skip,
    set,
    same_length,
    choices,
    look_behind,
    look_ahead,
    consume,
    near_before,
    near_after,
};

struct PartRow {
    std::uint32_t code = 0;  // where its sequence begins
    std::uint32_t min_length = 0;
    std::uint32_t max_length = 0;
    std::uint32_t gap_min = 0;  // to the part before
    std::uint32_t gap_max = 0;
    // The two rarest octets at fixed distances from the start: what to search a content for.
    Probes probes;

    bool fixed() const { return min_length == max_length; }
};

// A body in a set: its parts stand next to each other.
struct BodyRow {
    std::uint32_t first_part = 0;
    std::uint32_t part_count = 0;
};

struct Programs {
    Array<PartRow> parts;
    Array<std::uint8_t> code;

    // Throws std::length_error when the code of all bodies outgrows 4 GiB.
    BodyRow add(const clamav::Body& body);
    std::span<const PartRow> parts_of(BodyRow body) const {
        return parts.subspan(body.first_part, body.part_count);
    }
};

// The same body with the fixed distances between parts made part of them: fewer parts to put
// together.
clamav::Body joined(clamav::Body body);

}  // namespace postern::signatures
