// SPDX-License-Identifier: Apache-2.0
// Both kinds are told from a few octets: a class in one directory entry, or the names of members. Nothing
// is unpacked, and what is not where it should be makes it the plain kind, which is scanned all the same.
#include "engine/compound_kind.h"

#include "engine/expand/zip_records.h"

#include <algorithm>

namespace postern::engine {
namespace {

// A directory of this many members is believed to have shown what it is.
constexpr std::size_t members_looked_at = 10'000;

// Which telling names were seen. A program is told by the one member that its loader cannot do without.
struct Hints {
    bool manifest = false, android = false, appx = false, ooxml = false, odf = false;
};

void note(std::string_view name, Hints& hints) {
    hints.manifest = hints.manifest || name == "META-INF/MANIFEST.MF";
    hints.android = hints.android || name == "AndroidManifest.xml";
    hints.appx = hints.appx || name == "AppxManifest.xml" || name == "AppxMetadata/AppxBundleManifest.xml";
    hints.ooxml = hints.ooxml || name == "[Content_Types].xml";
    hints.odf = hints.odf || name == "mimetype";
}

Hints hints_in_directory(Octets content, const expand::EndRecord& end) {
    Hints hints;
    std::size_t at = end.directory;
    for (std::size_t i = 0; i < members_looked_at; ++i) {
        const auto entry = expand::central_entry_at(content, at);
        if (!entry) break;
        note(entry->name, hints);
        at = entry->next;
    }
    return hints;
}

// Without a directory, the headers before the members, as far as they say their sizes.
Hints hints_in_headers(Octets content) {
    Hints hints;
    std::size_t at = 0;
    for (std::size_t i = 0; i < members_looked_at; ++i) {
        const auto header = expand::local_header_at(content, at);
        if (!header) break;
        note(header->name, hints);
        at = header->data + static_cast<std::size_t>(
                                std::min<std::uint64_t>(header->packed, content.size()));
    }
    return hints;
}

}  // namespace

FileType ole2_kind(Octets content) {
    const unsigned shift = le16(content, 30);
    if (shift < 7 || shift > 20) return FileType::ole2;
    const std::uint64_t root = (std::uint64_t{le32(content, 48)} + 1) << shift;
    const Octets entry = cut(content, root, 128);
    using namespace std::string_view_literals;
    // {000C10xx-0000-0000-C000-000000000046}: 82 a transform, 84 a package, 86 a patch.
    // The first field of the class is written in little-endian order.
    const auto low = octet_at(entry, 80);
    const bool installer = has_at(entry, 81, "\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"sv) &&
                           (low == 0x82 || low == 0x84 || low == 0x86);
    return installer ? FileType::msi : FileType::ole2;
}

FileType zip_kind(Octets content) {
    const auto end = expand::last_end_record(content);
    const Hints hints = end ? hints_in_directory(content, *end) : hints_in_headers(content);
    if (hints.android) return FileType::apk;
    if (hints.appx) return FileType::appx;
    if (hints.manifest) return FileType::jar;
    if (hints.ooxml) return FileType::ooxml;
    return hints.odf ? FileType::odf : FileType::zip;
}

}  // namespace postern::engine
