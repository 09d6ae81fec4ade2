// SPDX-License-Identifier: Apache-2.0
// Digest signatures and allow-lists: "Hash:Size|*:Name[:min[:max]]", in .hdb .hsb .fp .sfp alike.
//
// The length of the hash says which digest it is; the name of the file does not.
#pragma once

#include "signatures/digest_table.h"
#include "signatures/source_report.h"

namespace postern::signatures::clamav {

void read_hash_db(std::string_view text, SourceReport& report, NameArena& names, DigestTables& out);

}  // namespace postern::signatures::clamav
