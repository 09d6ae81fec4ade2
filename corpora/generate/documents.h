// SPDX-License-Identifier: Apache-2.0
// Documents: what people attach. Each is well formed as far as its header, its compression and its
// byte statistics go, and can be made of any size: what text cannot fill, pictures do, as in real
// documents.
#pragma once

#include "corpora/generate/text.h"

#include <string>

namespace postern::corpora {

struct Attachment {
    std::string name;  // UTF-8
    std::string media_type;
    std::string bytes;
};

enum class DocumentKind : std::uint8_t {
    pdf,
    docx,
    xlsx,
    odt,
    jpeg,
    png,
    gif,
    rtf,
    csv,
    txt,
    ics,
    zip,
    sources_zip,
    tarball
};

// A kind as often as offices send it; no kind of pure text when it is to be large.
DocumentKind pick_kind(Random& random, std::size_t size);

// About `size` octets, a few hundred at least; ics stays small.
Attachment make_document(Random& random, DocumentKind kind, std::size_t size);

// A photograph's octets: those of an office document's inside, and of signatures in HTML mail.
std::string jpeg_picture(Random& random, std::size_t size);
std::string png_picture(Random& random, std::size_t size);
std::string gif_picture(Random& random, std::size_t size);

}  // namespace postern::corpora
