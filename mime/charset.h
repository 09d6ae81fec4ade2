// SPDX-License-Identifier: Apache-2.0
// Charsets: names in whatever charset mail gives them, to UTF-8 where that can be done.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postern::mime {

// Nothing when the charset is unknown or the octets are not in it.
std::optional<std::string> to_utf8(std::string_view charset, std::string_view octets);

// The text with all its RFC 2047 encoded words decoded; nothing when it has none. Words of unknown
// charsets become their raw octets. Blanks between two words vanish.
std::optional<std::string> decode_encoded_words(std::string_view text);

// "%41" and its like; what is no escape stays.
std::string decode_percent(std::string_view text);

}  // namespace postern::mime
