// SPDX-License-Identifier: Apache-2.0
// Any text as YARA rules: diagnostics, never more. What loads is run over its own source.
#include "signatures/matcher.h"

using namespace postern::signatures;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    SetBuilder builder;
    builder.add_text("x.yar", text);
    Matcher matcher(builder.build(1));
    yara::RuleSubject subject;
    subject.bytes = std::as_bytes(std::span(text));
    subject.time = std::chrono::milliseconds(200);
    matcher.match_rules(subject);
    return 0;
}
