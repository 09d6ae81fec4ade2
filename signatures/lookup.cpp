// SPDX-License-Identifier: Apache-2.0
// Several names for one digest are one signature's many names: the first is told. One that is for
// any size is another signature.
#include "signatures/lookup.h"

namespace postern::signatures {

namespace {

template <std::size_t Length>
void look_up(const DigestTable<Length>& table, std::span<const std::uint8_t> digest,
             std::uint64_t size, std::vector<std::uint32_t>& out) {
    for (const std::uint64_t one : {std::uint64_t{any_size}, size}) {
        if (const auto* row = table.find(digest, one)) out.push_back(row->name);
        if (size == any_size) return;
    }
}

}  // namespace

std::vector<std::uint32_t> names_of(const DigestTables& tables, const Digests& digests,
                                    std::uint64_t size) {
    std::vector<std::uint32_t> names;
    if (digests.kinds.has(DigestKind::md5)) look_up(tables.md5, digests.md5, size, names);
    if (digests.kinds.has(DigestKind::sha1)) look_up(tables.sha1, digests.sha1, size, names);
    if (digests.kinds.has(DigestKind::sha256)) look_up(tables.sha256, digests.sha256, size, names);
    return names;
}

}  // namespace postern::signatures
