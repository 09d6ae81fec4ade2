// SPDX-License-Identifier: Apache-2.0
// Any octets are a message, and any octets may be parts that no header declares: parse them, and hold the
// ranges to their invariants.
#include "mime/parser.h"
#include "mime/structure.h"
#include "mime/undeclared_parts.h"

#include <cstdlib>

namespace {

using namespace postern::mime;

void check(const Entity& entity, std::size_t size) {
    if (entity.header_range.end > size || entity.body_range.end > size) std::abort();
    if (entity.header_range.begin > entity.header_range.end) std::abort();
    for (const ByteRange gap : entity.uncovered) {
        if (gap.begin > gap.end || gap.end > size) std::abort();
    }
    for (const Entity& child : entity.children) {
        if (child.header_range.begin < entity.body_range.begin) std::abort();
        if (child.body_range.end > entity.body_range.end) std::abort();
        check(child, size);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::uint8_t> octets(data, size);
    check(parse(std::as_bytes(octets), {.depth = 20, .entities = 200}).root, size);
    std::vector<Reading> stretches;
    find_undeclared_parts({0, size}, std::as_bytes(octets), stretches);
    for (const Reading& parts : stretches) {
        const Entity root =
            parse_parts(std::as_bytes(octets), parts, {.depth = 20, .entities = 200}).root;
        if (root.body_range.begin != parts.range.begin || root.body_range.end > parts.range.end) std::abort();
        check(root, size);
    }
    find_structure_by_lines({reinterpret_cast<const char*>(data), size}, 0, {});
    return 0;
}
