// SPDX-License-Identifier: Apache-2.0
// Every base64 kernel must agree with the walk, in one piece and cut in two.
#include "mime/base64.h"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace postern::mime;

Buffer decoded(std::span<const std::byte> octets, std::size_t cut, Base64Padding padding, Base64Kernel kernel) {
    Base64Decoder decoder(padding, kernel);
    Buffer out;
    decoder.decode(octets.first(cut), out);
    decoder.decode(octets.subspan(cut), out);
    decoder.finish(out);
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto octets = std::as_bytes(std::span(data, size));
    for (const auto padding : {Base64Padding::new_quantum, Base64Padding::stop, Base64Padding::ignore}) {
        const Buffer walked = decoded(octets, 0, padding, nullptr);
        for (const NamedBase64Kernel& row : base64_kernels()) {
            for (const std::size_t cut : {std::size_t{0}, size / 2}) {
                if (!std::ranges::equal(decoded(octets, cut, padding, row.kernel).bytes(), walked.bytes())) std::abort();
            }
        }
    }
    return 0;
}
