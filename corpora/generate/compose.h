// SPDX-License-Identifier: Apache-2.0
// Composing: entities as text, from the leaves up, as a mail program writes them: CRLF, 76 columns.
//
// An entity is its header fields, an empty line and its body, in one string.
#pragma once

#include "corpora/generate/look_alikes.h"

#include <string>
#include <string_view>
#include <vector>

namespace postern::corpora {

using Entity = std::string;

enum class Encoding : std::uint8_t { seven_bit, eight_bit, base64, quoted_printable };

// A text part without a name. "text/plain", UTF-8.
Entity text_entity(std::string_view media_type, std::string_view text, Encoding encoding);

Entity attachment_entity(const Attachment& attachment, Encoding encoding,
                         NameTrap trap = NameTrap::none);
// A picture that HTML shows by its Content-ID.
Entity inline_picture_entity(std::string_view content_id, std::string_view picture);
Entity forward_entity(std::string_view message);

// "mixed", "alternative", "related". Boundaries are drawn, and cannot occur in base64 or text.
Entity multipart(Random& random, std::string_view subtype, const std::vector<Entity>& parts);

// The entity with the fields of a message before it. `number` dates it.
std::string message_of(Random& random, std::size_t number, const Entity& entity);

// What people write: plain, with an HTML alternative, or with the quoted mail that it answers;
// about `size` octets.
Entity letter(Random& random, std::size_t size);

}  // namespace postern::corpora
