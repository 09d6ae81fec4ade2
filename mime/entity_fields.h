// SPDX-License-Identifier: Apache-2.0
// What the header of an entity says about it: its media type, transfer encodings and names.
#pragma once

#include "mime/entity.h"

#include <string_view>

namespace postern::mime {

// Fills media_type, encodings and filenames of the entity from its header fields, and notes
// defects. `type_if_none` is the media type of an entity without a usable Content-Type.
void read_content_fields(Entity& entity, std::string_view type_if_none);

}  // namespace postern::mime
