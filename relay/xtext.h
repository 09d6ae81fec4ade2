// SPDX-License-Identifier: Apache-2.0
// xtext: how RFC 3461 4 carries any ASCII text in an ESMTP parameter.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postern::relay {

// Nothing when it is not xtext: '+' wants two hexadecimal digits in capitals; '=' and what is not visible is refused.
std::optional<std::string> decode_xtext(std::string_view text);
std::string encode_xtext(std::string_view text);

}  // namespace postern::relay
