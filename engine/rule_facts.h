// SPDX-License-Identifier: Apache-2.0
// Rule facts: what YARA rules may ask about a content beside its octets.
//
// Public rules were written for scanners of disks: `filetype` is a short word of theirs ("EXE"),
// `filepath` the folder that a file stands in, here that of the content within its message.
#pragma once

#include "engine/content.h"
#include "engine/file_type.h"
#include "signatures/yara/rule_scanner.h"

namespace postern::engine {

// REQUIRES: `content` outlives the facts.
signatures::yara::RuleFacts rule_facts_of(const Content& content, FileType type);

// "application/pdf"; "application/octet-stream" where the type has no better name.
std::string_view media_type_of(FileType type);

}  // namespace postern::engine
