// SPDX-License-Identifier: Apache-2.0
// Any octets, taken as an mbox and as the beginning of a message: ranges stay inside and go
// forwards.
#include "corpora/loader.h"
#include "corpora/mbox.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    postern::corpora::looks_like_message(std::as_bytes(std::span(data, size)));
    if (!postern::corpora::begins_like_mbox(text)) return 0;
    postern::corpora::MboxSplitter splitter(text);
    std::size_t end = 0;
    std::size_t messages = 0;
    while (const auto range = splitter.next()) {
        if (range->begin < end || range->end < range->begin || range->end > size) std::abort();
        end = range->end;
        ++messages;
    }
    if ((messages > 1) != postern::corpora::has_two_messages(text)) std::abort();
    return 0;
}
