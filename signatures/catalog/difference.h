// SPDX-License-Identifier: Apache-2.0
// Difference: what stands in one catalog of signatures and not in another.
//
// Signatures are told apart by kind and name. A name may be that of many (a family's digests): of
// each name what both sides have is taken away, and what is left was changed as far as both sides
// have something left, else added or removed.
#pragma once

#include "signatures/catalog/entry.h"

#include <string>
#include <vector>

namespace postern::signatures {

// Names and digests of contents, nothing else: ten million signatures are half a gigabyte.
class CatalogSide {
public:
    void add(const Entry& entry);

private:
    friend struct DifferenceMaker;
    struct Row {
        std::uint64_t name = 0;     // in names_
        std::uint64_t meaning = 0;  // its XXH3
        SignatureKind kind = SignatureKind::body;
    };
    std::string_view name_of(const Row& row) const { return {names_.data() + row.name}; }
    void sort();

    std::vector<Row> rows_;
    std::string names_;  // each ends in NUL
};

enum class Change : std::uint8_t { added, removed, changed };
inline constexpr std::size_t change_kinds = 3;

struct ChangedName {
    SignatureKind kind = SignatureKind::body;
    Change change = Change::added;
    std::string name;
    std::size_t count = 0;  // signatures of this name
};

// Sorted by kind, name and change.
std::vector<ChangedName> difference(CatalogSide before, CatalogSide now);

}  // namespace postern::signatures
