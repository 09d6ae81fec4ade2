// SPDX-License-Identifier: Apache-2.0
// Enhanced status codes (RFC 3463, and IANA's registry of them) as a sentence for a person who sent a message.
#pragma once

#include <string_view>

namespace postern::relay {

// "5.1.1": "There is no such mailbox at that domain." Empty: the code says nothing a person could use.
std::string_view plain_words(std::string_view status);

}  // namespace postern::relay
