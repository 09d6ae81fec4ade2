// SPDX-License-Identifier: Apache-2.0
// Digest signatures and allow-lists: "Hash:Size|*:Name[:min[:max]]", in .hdb .hsb .fp .sfp and .imp
// alike; in .mdb and .msb the first two change places.
//
// The length of the hash says which digest it is; the name of the file does not.
#pragma once

#include "signatures/digest_table.h"
#include "signatures/source_report.h"

namespace postern::signatures::clamav {

// What the digests of a source are of.
enum class DigestOf {
    content,
    section,  // of a PE file: the size stands first
    imports,  // of a PE file: digests for any size need no functionality level
};

struct DigestSink {
    NameArena& names;
    DigestTables& tables;
};

void read_hash_db(std::string_view text, DigestOf what, SourceReport& report, DigestSink out);

}  // namespace postern::signatures::clamav
