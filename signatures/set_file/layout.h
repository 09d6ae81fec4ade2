// SPDX-License-Identifier: Apache-2.0
// The layout of a set file: the fixed octets, and the one walk over everything a set consists of.
//
// Writer and reader both make the walk, so there is one list of what stands in a file and nothing
// can be written that is not read. For this folder alone.
//
// A Visitor has:
//   array(name, Array<T>&)   rows, as they lie in memory
//   value(name, T&)          one row
//   text(name, std::string&) octets
//   database(name, LiteralDatabase&)
//   within(name)             a name before the names that follow, until it returned goes
#pragma once

#include "signatures/tables.h"

#include <array>
#include <cstdint>
#include <string>

namespace postern::signatures::set_file {

inline constexpr std::array<char, 8> magic{'p', 'o', 's', 't', 's', 'e', 't', '\n'};
inline constexpr std::uint32_t version = 3;
inline constexpr std::uint32_t byte_order = 0x01020304;
inline constexpr std::uint64_t alignment = 64;

// Where the file begins. Everything else lies behind it.
struct Header {
    std::array<char, 8> magic{};
    std::uint32_t version = 0;
    std::uint32_t byte_order = 0;
    std::uint64_t octets = 0;  // of the file
    std::uint64_t table = 0;   // where the rows of sections begin
    std::uint32_t sections = 0;
    std::uint32_t is_signed = 0;
    std::array<std::uint8_t, 64> signature{};  // over the SHA-256 of the section table; Ed25519
    std::uint64_t table_sum = 0;               // XXH3 of the section table
    std::uint64_t sum = 0;                     // XXH3 of the header up to here
};
static_assert(sizeof(Header) == 120);

struct Section {
    std::array<char, 48> name{};  // ends in NUL
    std::uint64_t begin = 0;      // a multiple of `alignment`
    std::uint64_t octets = 0;
    std::uint64_t row = 0;  // octets of a row; the reader's must be the same
    std::uint64_t sum = 0;  // XXH3 of the XXH3s of its blocks (sums.h)
    std::array<std::uint8_t, 32> digest{};  // the same with SHA-256
};
static_assert(sizeof(Section) == 112);

template <typename Visitor>
void visit_digests(Visitor& v, const char* name, DigestTables& tables) {
    const auto in = v.within(name);
    tables.md5.visit(v, "md5");
    tables.sha1.visit(v, "sha1");
    tables.sha256.visit(v, "sha256");
}

template <typename Visitor>
void visit_target(Visitor& v, TargetTables& target) {
    for (std::size_t a = 0; a < alphabet_count; ++a) {
        const auto in = v.within("alphabet-" + std::to_string(a));
        v.database("anchors", target.prefilters[a].anchors);
        v.database("short", target.prefilters[a].short_anchors);
    }
    v.value("has-own", target.has_own);
    target.sampled.visit(v, "sampled");
    v.database("encoded", target.encoded);
    v.array("placed", target.placed);
    v.array("slow", target.slow);
    v.array("slow-logic", target.slow_logic);
}

template <typename Visitor>
void visit_logic(Visitor& v, LogicTables& logic) {
    const auto in = v.within("logic");
    v.array("rows", logic.rows);
    v.array("nodes", logic.nodes);
    v.array("subsignatures", logic.subsignatures);
    v.array("patterns", logic.patterns);
    v.array("bodies", logic.bodies);
    v.array("regexes", logic.regexes);
    v.array("compares", logic.compares);
    v.array("types", logic.types);
    v.array("texts", logic.texts);
}

template <typename Visitor>
void visit_tables(Visitor& v, SignatureSet::Tables& tables) {
    v.text("generation", tables.generation);
    v.value("statistics", tables.statistics);
    tables.names.visit(v, "names");
    v.array("signatures", tables.signatures);
    v.array("parts", tables.programs.parts);
    v.array("code", tables.programs.code);
    v.array("buckets", tables.buckets);
    v.array("watches", tables.watches);
    visit_logic(v, tables.logic);
    v.value("encoded-border", tables.encoded_border);
    for (std::size_t t = 0; t < target_count; ++t) {
        const auto in = v.within("target-" + std::to_string(t));
        visit_target(v, tables.targets[t]);
    }
    visit_digests(v, "digests", tables.digests);
    visit_digests(v, "allowed", tables.allowed);
    visit_digests(v, "pe-sections", tables.sections);
    visit_digests(v, "pe-imports", tables.imports);
    tables.members.visit(v, "members");
    v.array("lines", tables.lines);
    const auto in = v.within("yara");
    v.array("rules", tables.rules.octets);
    v.value("check", tables.rules.check);
    v.text("source", tables.rules.source_digest);
    v.value("reported", tables.rules.reported);
    v.value("by-name", tables.rules.by_name);
}

// "target-3." before the names of a visitor, as long as it lives.
class Within {
public:
    Within(std::string& prefix, const std::string& name) : prefix_(prefix), before_(prefix.size()) {
        prefix_ += name + '.';
    }
    ~Within() { prefix_.resize(before_); }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

private:
    std::string& prefix_;
    std::size_t before_;
};

}  // namespace postern::signatures::set_file
