// SPDX-License-Identifier: Apache-2.0
#include "relay/envelope.h"

namespace postern::relay {

std::string domain_of(const std::string& mailbox) {
    const std::size_t at = mailbox.rfind('@');
    std::string domain = at == std::string::npos ? std::string() : mailbox.substr(at + 1);
    for (char& c : domain) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return domain;
}

}  // namespace postern::relay
