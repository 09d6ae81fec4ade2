// SPDX-License-Identifier: Apache-2.0
// Archives that libarchive opens (all but zip, whose many truths are read in zip.h), and what it alone
// decompresses.
#pragma once

#include "engine/expand/expansion.h"
#include "engine/file_types.h"

namespace postern::engine::expand {

// Every member of a tar, 7z, rar, cab, iso, lha, cpio, ar or xar.
void expand_archive(Octets archive, FileType type, Expansion& expansion);

// A bare zstd, lz4 or compress stream. Empty when it ended well, else what is wrong with it.
std::string unfilter(Octets stream, Production& out);

// The data of one zip member whose method is `method`, by way of a zip made around them for libarchive.
// Empty when all `size` octets came out, else what went wrong.
struct ZipData {
    Octets packed;
    std::uint16_t method;
    std::uint64_t size;
    std::uint32_t crc;
};
std::string unzip_rare(const ZipData& data, Production& out);

}  // namespace postern::engine::expand
