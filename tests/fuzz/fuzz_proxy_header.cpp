// SPDX-License-Identifier: Apache-2.0
// PROXY headers are any octets: never more than there is, and more octets change nothing about a whole one.
#include "relay/proxy_protocol.h"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace postern::relay;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const ProxyHeader header = parse_proxy_header(text);
    const bool whole = header.kind == ProxyHeader::Kind::proxied || header.kind == ProxyHeader::Kind::local;
    if (whole && (header.size > size || parse_proxy_header(text + "EHLO x\r\n").size != header.size)) std::abort();
    return 0;
}
