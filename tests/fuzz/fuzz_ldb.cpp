// SPDX-License-Identifier: Apache-2.0
// Logical signatures: the first line break divides the source line from a content to match it on. Its
// anchors are left out, so that no database is compiled: fuzz_match does that.
#include "signatures/clamav/ldb.h"
#include "signatures/logic_builder.h"
#include "signatures/logic_matcher.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace postern::signatures;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(text.find('\n'), text.size());
    Diagnostics diagnostics;
    SourceReport report("x.ldb", diagnostics);
    std::vector<LogicalSignature> signatures;
    clamav::read_ldb(text.substr(0, end), report, signatures);
    SignatureSet::Tables tables;
    LogicBuilder builder(tables.logic, tables.programs);
    for (LogicalSignature& signature : signatures) {
        for (Subsignature& one : signature.subsignatures) {
            for (clamav::Body& body : one.bodies) body = joined(std::move(body));
        }
        builder.add(signature, 0);
    }
    LogicMatcher matcher(tables);
    matcher.begin({std::as_bytes(std::span(text.substr(end))), Target::pe});
    for (std::uint32_t i = 0; i < signatures.size(); ++i) matcher.match(i);
    return 0;
}
