// SPDX-License-Identifier: Apache-2.0
// Ignored signatures: .ign2 lines "Name[:md5 of the signature's whole line]"; .ign lines, which are
// older, "File:Line:Name".
#pragma once

#include "signatures/source_report.h"

#include <map>
#include <set>
#include <string>

namespace postern::signatures::clamav {

// By name: the digests of the lines that are meant, in lower-case hex; an empty one means every
// line.
using IgnoredNames = std::map<std::string, std::set<std::string>, std::less<>>;

// Returns how many lines were taken.
std::size_t read_ign2(std::string_view text, SourceReport& report, IgnoredNames& out);
std::size_t read_ign(std::string_view text, SourceReport& report, IgnoredNames& out);

}  // namespace postern::signatures::clamav
