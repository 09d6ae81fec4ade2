// SPDX-License-Identifier: Apache-2.0
// ParsedLine: one line of a source, read by itself, as the value that it means.
//
// The readers of whole files are used, so a line is taken here exactly when a set takes it.
#pragma once

#include "signatures/clamav/ignore.h"
#include "signatures/digest.h"
#include "signatures/logical_signature.h"
#include "signatures/member_signature.h"
#include "signatures/signature.h"
#include "signatures/source_report.h"
#include "signatures/sources.h"

#include <optional>
#include <string>
#include <variant>

namespace postern::signatures {

struct DigestSignature {
    DigestKind algorithm = DigestKind::md5;
    std::string hash;           // lower-case hex
    std::uint32_t size = 0;     // any_size (0): whatever it is
    std::string name;
};

using Parsed = std::variant<BodySignature, LogicalSignature, MemberSignature, DigestSignature>;

// Nothing: the line holds no signature that loads; `told` says why, under `file` and the line 1.
// REQUIRES: holds_signatures(format), and it is not yara.
std::optional<Parsed> parse_line(Format format, std::string_view line, std::string_view file,
                                 Diagnostics& told);

std::string_view name_of(const Parsed& parsed);

// True when a name in an ignore list takes the signature out.
bool is_ignored(const clamav::IgnoredNames& ignored, const Parsed& parsed, Format format);

// Which format a line has that somebody wrote by itself. Nothing: none fits. What stands in files of
// one format only by their name (.imp, .fp, .zmd) is taken for its commoner twin.
std::optional<Format> format_of_line(std::string_view line);

}  // namespace postern::signatures
