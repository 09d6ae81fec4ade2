// SPDX-License-Identifier: Apache-2.0
// The tables of a set: everything that matching reads, in flat arrays.
//
// For this folder alone. Signatures, buckets and watches are numbered; a literal's number in a
// database is the number of its bucket.
//
// Invariants
//  (1) Every signature stands in exactly one lane of its target: behind anchors (watches), among
//      those looked at in one place, or among the slow ones. A logical one stands there by its legs,
//      or among the slow ones of its kind.
//  (2) The watches of a bucket stand in three groups: with a check behind the anchor, with one
//  before it,
//      with none. Within a group with checks they are sorted by check.
#pragma once

#include "signatures/alphabet.h"
#include "signatures/anchor.h"
#include "signatures/array.h"
#include "signatures/digest_table.h"
#include "signatures/hyperscan.h"
#include "signatures/logic_tables.h"
#include "signatures/member_table.h"
#include "signatures/offset.h"
#include "signatures/program.h"
#include "signatures/sampled_texts.h"
#include "signatures/signature_set.h"
#include "signatures/yara/compiled_rules.h"

#include <array>

namespace postern::signatures {

inline constexpr std::uint32_t no_logic = 0xffffffffu;

// A body signature, or a leg of a logical one: a body by which that is found.
struct SignatureRow {
    std::uint32_t name = 0;  // in the arena
    BodyRow body;
    std::uint32_t logic = no_logic;  // the logical signature
    Offset offset;

    bool is_leg() const { return logic != no_logic; }
};

inline constexpr std::uint32_t no_delta = 0xffffffffu;
inline constexpr std::size_t check_length = 4;

// One signature that waits behind an anchor.
struct Watch {
    std::uint32_t signature = 0;
    std::uint32_t part = 0;          // row of the part that holds the anchor
    std::uint32_t delta = no_delta;  // octets from the start of the part to the anchor
    std::uint32_t check = 0;         // octets next to the anchor, as they lie in memory
};

struct Bucket {
    std::uint32_t first = 0;  // watch
    std::uint32_t after = 0;  // how many of each group
    std::uint32_t before = 0;
    std::uint32_t plain = 0;
    std::uint32_t length = 0;  // of the anchor
};

// The anchors that one pass looks for. Short ones are a pass of their own: in the main database
// they would slow all others down.
struct Prefilter {
    LiteralDatabase anchors;
    LiteralDatabase short_anchors;

    bool empty() const { return anchors.empty() && short_anchors.empty(); }
    void scan(std::span<const std::byte> octets, const Scratch& scratch, HitSink& sink) const {
        anchors.scan(octets, scratch, sink);
        short_anchors.scan(octets, scratch, sink);
    }
};

struct TargetTables {
    // By Alphabet: all anchors, then those that stand in it, where these are far fewer.
    std::array<Prefilter, alphabet_count> prefilters;
    std::array<bool, alphabet_count> has_own{true, false, false};
    // Of all anchors, those whose part can stand in base64 text: an anchor is in one of these.
    SampledTexts sampled;
    LiteralDatabase encoded;
    Array<std::uint32_t> placed;  // signatures to look at in one place
    Array<std::uint32_t> slow;    // signatures without any literal
    Array<std::uint32_t> slow_logic;  // logical ones without a cover

    const Prefilter& prefilter(Alphabet alphabet) const {
        std::size_t number = static_cast<std::size_t>(alphabet);
        while (!has_own[number]) --number;
        return prefilters[number];
    }
    bool empty() const {
        return prefilters[0].empty() && placed.empty() && slow.empty() && slow_logic.empty();
    }
};

struct SignatureSet::Tables {
    NameArena names;
    Array<SignatureRow> signatures;
    Programs programs;
    LogicTables logic;
    Array<Bucket> buckets;
    Array<Watch> watches;
    std::array<TargetTables, target_count> targets;
    // So far into base64 text, a border of it is searched for all anchors.
    std::size_t encoded_border = anchor_length - 1;
    DigestTables digests;
    DigestTables allowed;
    yara::RuleTables rules;
    std::shared_ptr<const yara::CompiledRules> compiled_rules;  // loaded from them; null: none
    DigestTables sections;  // of PE files
    DigestTables imports;   // of PE files
    MemberTable members;
    std::unique_ptr<const Scratch> scratch;  // the pattern for every matcher's own
    SetStatistics statistics;
    Array<std::byte> lines;  // what the signatures were written as (catalog/source_lines.h); may be empty
    std::string generation;
    std::shared_ptr<const std::byte> mapping;  // what the arrays view; null: they have their own

    // The names of digests one after the other as their rows are: they came as the sources did.
    void rename_digests();
    // Makes what can neither be written nor mapped: the scratch, the rules as libyara runs them.
    // Throws std::bad_alloc; std::runtime_error when the rules are not what was compiled.
    void make_ready();
};

}  // namespace postern::signatures
