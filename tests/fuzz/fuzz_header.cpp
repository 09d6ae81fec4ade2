// SPDX-License-Identifier: Apache-2.0
// Header values are any octets: every parameter, every variant, every token.
#include "mime/charset.h"
#include "mime/header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace postern::mime;
    const std::string_view value(reinterpret_cast<const char*>(data), size);
    const StructuredValue parsed = parse_structured(value);
    for (const char* name : {"name", "filename", "boundary"}) values_of(parsed, name);
    encoding_tokens(value);
    media_type_of(parsed.token);
    decode_encoded_words(value);
    return 0;
}
