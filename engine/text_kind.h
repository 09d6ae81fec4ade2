// SPDX-License-Identifier: Apache-2.0
// Text kinds: what a content without a magic number is, told from its first lines.
#pragma once

#include "engine/file_types.h"
#include "engine/octets.h"

namespace postern::engine {

// True when the first kilobyte has only octets that stand in text of some 8-bit character set or UTF-8,
// by the same reckoning as file(1) and ClamAV.
bool looks_like_text(Octets content);

// True when the first kilobyte, read as UTF-16 in big-endian order, has no control character. That is how
// ClamAV tells UTF-16 without a byte order mark, and with it much else: text in UTF-16 of either order,
// text with stray control characters, and a third of all short random data. It matches all of it in the
// normal form of text as well, up to 20 MiB; false for what is larger.
bool reads_as_utf16(Octets content);

// True when a tag stands anywhere by which ClamAV takes a text for a page.
bool has_page_tag(Octets content);

// A script by its first octets ("#!", "@echo off", a registry file's header); FileType::data if none.
FileType script_kind(Octets content);

// Mail, mailbox, HTML, script or plain text; FileType::data when it is no text at all.
FileType text_kind(Octets content);

}  // namespace postern::engine
