// SPDX-License-Identifier: Apache-2.0
// What a container is called in ClamAV's signatures, which ask what a content lies in.
#pragma once

#include "engine/file_type.h"
#include "signatures/content_type.h"

namespace postern::engine {

// ContentType::any where those signatures have no name for it.
signatures::ContentType container_type_of(FileType type);

}  // namespace postern::engine
