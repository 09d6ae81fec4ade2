// SPDX-License-Identifier: Apache-2.0
// The tables of logical signatures: flat rows that refer to each other by number.
//
// For this folder alone. What many signatures look for is one pattern, counted once per content.
//
// Invariants
//  (1) A pattern's `enough` is the most that any of its signatures asks for.
//  (2) Rows have no padding: they are written as they lie in memory.
//  (3) A trigger names only subsignatures before its own, so asking for counts ends.
#pragma once

#include "signatures/array.h"
#include "signatures/logical_signature.h"
#include "signatures/program.h"

namespace postern::signatures {

enum class PatternKind : std::uint32_t { body, regex, compare };

struct PatternRow {
    PatternKind kind = PatternKind::body;
    std::uint32_t first = 0;   // of bodies, regexes or compares
    std::uint32_t bodies = 0;  // one, or two whose matches add up
    std::uint32_t enough = 0;  // matches beyond so many change nothing
    Offset offset;
};

inline constexpr std::uint32_t no_pattern = 0xffffffffu;

struct RegexRow {
    std::uint32_t text = 0;  // in LogicTables::texts
    std::uint32_t length = 0;
    RegexFlags flags;
    std::uint32_t needs = no_pattern;  // the pattern of a literal that each of its matches holds
};

struct CompareRow {
    ByteCompare compare;
    std::uint32_t beside = 0;  // a pattern
    std::uint32_t unused = 0;
};

struct SubsignatureRow {
    std::uint32_t pattern = 0;
    std::uint32_t trigger = 0;  // nodes
    std::uint32_t trigger_length = 0;
};

struct DescriptionRow {
    NumberRange file_size;
    NumberRange entry_point;
    NumberRange sections;
    std::uint32_t intermediates = 0;  // in LogicTables::types, the innermost first
    std::uint32_t intermediate_count = 0;
    ContentType container = ContentType::any;
    std::uint8_t asks_container = 0;
    std::uint16_t unused = 0;
};

struct LogicRow {
    std::uint32_t name = 0;  // in the arena of the set
    std::uint32_t first_node = 0;
    std::uint32_t node_count = 0;
    std::uint32_t first_subsignature = 0;
    std::uint32_t subsignature_count = 0;
    DescriptionRow description;
};

struct LogicTables {
    Array<LogicRow> rows;
    Array<LogicNode> nodes;
    Array<SubsignatureRow> subsignatures;
    Array<PatternRow> patterns;
    Array<BodyRow> bodies;  // in the programs of the set
    Array<RegexRow> regexes;
    Array<CompareRow> compares;
    Array<ContentType> types;
    Array<char> texts;

    std::span<const LogicNode> expression_of(const LogicRow& row) const {
        return nodes.subspan(row.first_node, row.node_count);
    }
    std::string_view text_of(const RegexRow& row) const {
        return {texts.data() + row.text, row.length};
    }
};

}  // namespace postern::signatures
