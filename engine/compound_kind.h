// SPDX-License-Identifier: Apache-2.0
// Compound kinds: what a content is whose magic number says only how it is packed (OLE2, zip).
#pragma once

#include "engine/file_types.h"
#include "engine/octets.h"

namespace postern::engine {

// The Windows Installer's packages, patches and transforms carry its class in their root storage; every
// other compound file is FileType::ole2. Reads the header and one directory entry, nothing more.
FileType ole2_kind(Octets content);

// A zip that is a document or a program by the members it names, else FileType::zip. What runs wins over
// what is shown: a document that is a Java archive too is a Java archive.
FileType zip_kind(Octets content);

}  // namespace postern::engine
