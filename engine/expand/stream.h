// SPDX-License-Identifier: Apache-2.0
// Bare compressed streams: gzip, bzip2, xz, .lzma, lzip, zstd, lz4, compress. One member each, and where a
// file has several streams behind each other, their octets behind each other, as their tools give them.
#pragma once

#include "engine/expand/expansion.h"
#include "engine/file_types.h"

namespace postern::engine::expand {

void expand_stream(Octets stream, FileType type, Expansion& expansion);

}  // namespace postern::engine::expand
