// SPDX-License-Identifier: Apache-2.0
// Container signatures: .cdb lines
//   Name:ContainerType|*:ContainerSize:NamePattern|*:PackedSize:Size:Encrypted:Position:Res1:Res2
//   [:min[:max]]
// and the older .zmd (zip) and .rmd (rar) lines
//   Name:Encrypted:NamePattern|*:Size:PackedSize:CRC:Method:Position:Depth
// Sizes and positions are *, n or a-b; in a-b, 0 is an open end. Encrypted is 0, 1 or *.
// Res1, Res2, Method and Depth are not asked for, by ClamAV neither.
#pragma once

#include "signatures/member_signature.h"
#include "signatures/source_report.h"

#include <vector>

namespace postern::signatures::clamav {

void read_cdb(std::string_view text, SourceReport& report, std::vector<MemberSignature>& out);
// REQUIRES: `container` is zip or rar.
void read_member_lines(std::string_view text, ContentType container, SourceReport& report,
                       std::vector<MemberSignature>& out);

}  // namespace postern::signatures::clamav
