// SPDX-License-Identifier: Apache-2.0
// Text kinds: what a content without a magic number is, told from its first lines.
#pragma once

#include "engine/file_types.h"
#include "engine/octets.h"

namespace postern::engine {

// True when the first kilobyte has only octets that stand in text of some 8-bit character set or UTF-8,
// by the same reckoning as file(1) and ClamAV.
bool looks_like_text(Octets content);

// A script by its first octets ("#!", "@echo off", a registry file's header); FileType::data if none.
FileType script_kind(Octets content);

// Mail, mailbox, HTML, script or plain text; FileType::data when it is no text at all.
FileType text_kind(Octets content);

}  // namespace postern::engine
