// SPDX-License-Identifier: Apache-2.0
// Any octets as a container: behind a header whose sum is right, since no fuzzer finds an MD5. They
// are also taken for keys, and for a detached signature.
#include "signatures/clamav/container.h"
#include "signatures/hasher.h"

using namespace postern::signatures;

namespace {

std::string with_header(std::string_view body) {
    DigestKinds kinds;
    kinds.add(DigestKind::md5);
    std::string header = "ClamAV-VDB:22 Nov 2026 10-00 +0000:1:1:1:";
    for (const std::uint8_t octet : Hasher().digest(std::as_bytes(std::span(body)), kinds).md5) {
        header += "0123456789abcdef"[octet >> 4];
        header += "0123456789abcdef"[octet & 15];
    }
    header += ":X:fuzz:1";
    header.resize(512, ' ');
    return header.append(body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    Diagnostics diagnostics;
    ContainerKeys keys;
    keys.add("keys", body, diagnostics);
    keys.verify_header({}, body);
    SourceReport report("x.cvd", diagnostics);
    for (const std::string& octets : {with_header(body), std::string(body)}) {
        clamav::read_container({octets, body}, {keys, Unverified::accept}, report,
                               [](std::string_view, std::string_view) {});
    }
    return 0;
}
