// SPDX-License-Identifier: Apache-2.0
// Any octets as a container: behind a header whose sum is right, since no fuzzer finds an MD5.
#include "signatures/hasher.h"
#include "signatures/matcher.h"

using namespace postern::signatures;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    DigestKinds kinds;
    kinds.add(DigestKind::md5);
    std::string header = "ClamAV-VDB:22 Nov 2026 10-00 +0000:1:1:1:";
    for (const std::uint8_t octet : Hasher().digest(std::as_bytes(std::span(body)), kinds).md5) {
        header += "0123456789abcdef"[octet >> 4];
        header += "0123456789abcdef"[octet & 15];
    }
    header += ":X:fuzz:1";
    header.resize(512, ' ');
    SetBuilder builder({.unverified = Unverified::accept});
    builder.add_keys("keys", body);
    builder.add_text("x.cvd", header + std::string(body));
    builder.add_text("y.cvd", body);
    builder.build(1);
    return 0;
}
