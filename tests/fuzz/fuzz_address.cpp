// SPDX-License-Identifier: Apache-2.0
// Paths and parameters are any octets; a mailbox that is accepted holds no line end and reads as itself.
#include "relay/address.h"
#include "relay/parameters.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace postern::relay;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const PathKind kind : {PathKind::reverse, PathKind::forward}) {
        const Path path = parse_path(text, kind);
        if (path.fault != AddressFault::none || path.mailbox.empty()) continue;
        if (path.size > size || path.mailbox.find_first_of("\r\n") != std::string::npos) std::abort();
        if (parse_path("<" + path.mailbox + ">", kind).mailbox != path.mailbox) std::abort();
        parse_parameters(text.substr(path.size), ParametersOf::mail);
        parse_parameters(text.substr(path.size), ParametersOf::rcpt);
    }
    is_address_literal(text);
    return 0;
}
