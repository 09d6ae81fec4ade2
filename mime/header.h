// SPDX-License-Identifier: Apache-2.0
// Structured header fields: the values of Content-Type, Content-Disposition,
// Content-Transfer-Encoding.
//
// A tolerant reading that gives every value some reader would take: an unquoted value up to the ';'
// and up to the blank, a quoted one with its quoted pairs resolved and kept, an unclosed one to the
// end and to the ';', RFC 2231 pieces joined by number and in order of appearance, and each piece
// taken literally.
#pragma once

#include "mime/defect.h"

#include <string>
#include <string_view>
#include <vector>

namespace postern::mime {

struct Parameter {
    std::string name;                       // lower case, as written: "filename*0*"
    std::string value;                      // what most readers take
    std::vector<std::string> alternatives;  // what others take
};

struct StructuredValue {
    std::string
        token;  // what stands before the first ';', lower case, without comments: "text/plain"
    std::vector<Parameter> parameters;
    bool broken = false;  // some part is not written as the standard has it
};

// Linear in the length of the value. Parameters beyond the first 1000 are dropped.
StructuredValue parse_structured(std::string_view value);

// One value of a parameter, put together from its pieces.
struct ParameterValue {
    std::string value;  // UTF-8 where the charset was known
    enum class Kind : std::uint8_t { plain, extended, encoded_word, raw } kind;
};

struct ParameterValues {
    std::vector<ParameterValue> values;  // the likeliest first, each once
    bool pieces_missing = false;
    bool encoded_words = false;
    bool several = false;  // given more than once, with different values
};

// Every value of the parameter `name` ("filename"), from its plain, extended and continued forms.
ParameterValues values_of(const StructuredValue& field, std::string_view name);

// Tokens of a Content-Transfer-Encoding value, after comments, quotes and separators are taken
// away.
std::vector<std::string> encoding_tokens(std::string_view value);

// "a/b" in lower case; empty when the token names no media type.
std::string media_type_of(std::string_view token);

}  // namespace postern::mime
