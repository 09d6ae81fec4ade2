// SPDX-License-Identifier: Apache-2.0
// Content: octets to be judged, where they came from, and the names they go by.
#pragma once

#include "mime/buffer.h"
#include "signatures/content_type.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace postern::engine {

// What a content was wrapped in when it was found. Anything inside a zip file is zip-wrapped, however deep;
// else the innermost container that is not MIME counts. A document is a container that people do not open
// as one: Office files, EPUB.
enum class Wrapping : std::uint8_t { none, zip, archive, document };

struct Content {
    std::span<const std::byte> bytes;
    std::shared_ptr<const mime::Buffer> owner;  // keeps `bytes`; empty where they are the message's own
    std::string path;                           // "2/report.zip/q3/setup.exe"
    std::vector<std::string> names;             // every name a reader could show; may be empty
    std::string declared_type;                  // the media type, lower case; empty in archives
    unsigned depth = 0;                         // containers and messages around it
    Wrapping wrapping = Wrapping::none;
    std::vector<signatures::ContentType> containers;  // what it lies in, the immediate parent first
};

}  // namespace postern::engine
