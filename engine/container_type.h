// SPDX-License-Identifier: Apache-2.0
// What signatures call a container: they may ask what a content lies in.
#pragma once

#include "engine/file_type.h"
#include "signatures/content_type.h"

#include <cstddef>
#include <span>

namespace postern::engine {

// Of Office documents, the octets say which application's they are.
signatures::ContentType container_type_of(FileType type, std::span<const std::byte> bytes);

}  // namespace postern::engine
