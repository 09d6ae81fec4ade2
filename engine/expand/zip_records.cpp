// SPDX-License-Identifier: Apache-2.0
// Offsets are as the format gives them (APPNOTE.TXT, 4.3); everything is read through octets.h, so that a
// record at the end of the octets needs no case of its own.
#include "engine/expand/zip_records.h"

#include <algorithm>
#include <cstring>

namespace postern::engine::expand {
namespace {

using namespace std::string_view_literals;

// Sizes of the fixed parts; names, extra fields and comments follow them.
constexpr std::size_t local_size = 30, central_size = 46, end_size = 22, locator_size = 20;
constexpr std::size_t longest_comment = 65535;
constexpr std::uint32_t in_zip64 = 0xffffffff;

constexpr std::uint16_t zip64_field = 0x0001, unicode_path_field = 0x7075;

// The 64-bit values stand in the order of the fields that have no room for theirs.
struct Zip64 {
    Octets field;
    std::size_t at = 0;

    void replace(std::uint64_t& value) {
        if (value != in_zip64 || at + 8 > field.size()) return;
        value = le64(field, at);
        at += 8;
    }
};

struct Extras {
    Zip64 zip64;
    std::string_view unicode_name;
};

// Fields that overlap or reach too far are cut, as the readers that go on after them do.
Extras extras_of(Octets extra) {
    Extras extras;
    while (extra.size() >= 4) {
        const std::size_t size = std::min<std::size_t>(le16(extra, 2), extra.size() - 4);
        const Octets field = extra.subspan(4, size);
        if (le16(extra, 0) == zip64_field) extras.zip64.field = field;
        if (le16(extra, 0) == unicode_path_field) extras.unicode_name = text_of(field, 5);
        extra = extra.subspan(4 + size);
    }
    return extras;
}

// The fields stand in the same order in both headers, from flags to the uncompressed size.
void read_common(Octets bytes, std::size_t at, MemberFields& fields) {
    fields.flags = le16(bytes, at);
    fields.method = le16(bytes, at + 2);
    fields.crc = le32(bytes, at + 8);
    fields.packed = le32(bytes, at + 12);
    fields.size = le32(bytes, at + 16);
}

// The directory entry at `at`, or nothing to point at in an archive said to be empty.
bool is_directory(Octets bytes, std::uint64_t at) {
    return at < bytes.size() && has_at(bytes, static_cast<std::size_t>(at), "PK\1\2");
}

// What the end record says of the directory, in 64 bits if there is such a record.
struct Stored {
    std::uint64_t directory_size = 0, directory = 0;
    std::size_t limit = 0;  // the directory ends here
};

// The 64-bit end record, if the locator before `at` leads to one.
Stored stored_at(Octets bytes, EndRecord& end) {
    Stored stored{le32(bytes, end.at + 12), le32(bytes, end.at + 16), end.at};
    end.entries = le16(bytes, end.at + 10);
    if (end.at < locator_size || !has_at(bytes, end.at - locator_size, "PK\6\7")) return stored;
    std::uint64_t record = le64(bytes, end.at - locator_size + 8);
    // With something before the archive the offset is short; the usual record stands right there.
    if (!has_at(bytes, static_cast<std::size_t>(std::min<std::uint64_t>(record, bytes.size())), "PK\6\6"))
        record = end.at >= locator_size + 56 ? end.at - locator_size - 56 : bytes.size();
    const auto at = static_cast<std::size_t>(std::min<std::uint64_t>(record, bytes.size()));
    if (!has_at(bytes, at, "PK\6\6")) return stored;
    end.zip64 = true;
    end.entries = le64(bytes, at + 32);
    return {le64(bytes, at + 40), le64(bytes, at + 48), at};
}

}  // namespace

std::optional<LocalHeader> local_header_at(Octets bytes, std::size_t at) {
    if (!has_at(bytes, at, "PK\3\4") || bytes.size() - at < local_size) return std::nullopt;
    LocalHeader header;
    header.at = at;
    read_common(bytes, at + 6, header);
    const std::size_t name = le16(bytes, at + 26), extra = le16(bytes, at + 28);
    header.name = text_of(bytes, at + local_size, name);
    header.data = at + local_size + name + extra;
    if (header.data > bytes.size()) return std::nullopt;
    Extras extras = extras_of(bytes.subspan(at + local_size + name, extra));
    extras.zip64.replace(header.size);
    extras.zip64.replace(header.packed);
    header.unicode_name = extras.unicode_name;
    return header;
}

std::optional<CentralEntry> central_entry_at(Octets bytes, std::size_t at) {
    if (!has_at(bytes, at, "PK\1\2") || bytes.size() - at < central_size) return std::nullopt;
    CentralEntry entry;
    read_common(bytes, at + 8, entry);
    const std::size_t name = le16(bytes, at + 28), extra = le16(bytes, at + 30);
    entry.name = text_of(bytes, at + central_size, name);
    entry.local_header = le32(bytes, at + 42);
    Extras extras = extras_of(cut(bytes, at + central_size + name, extra));
    extras.zip64.replace(entry.size);
    extras.zip64.replace(entry.packed);
    extras.zip64.replace(entry.local_header);
    entry.unicode_name = extras.unicode_name;
    entry.next = at + central_size + name + extra + le16(bytes, at + 32);
    return entry;
}

std::optional<EndRecord> end_record_at(Octets bytes, std::size_t at) {
    if (!has_at(bytes, at, "PK\5\6") || bytes.size() - at < end_size) return std::nullopt;
    EndRecord end;
    end.at = at;
    end.end = std::min<std::size_t>(at + end_size + le16(bytes, at + 20), bytes.size());
    const Stored stored = stored_at(bytes, end);
    const std::uint64_t before =
        stored.directory_size <= stored.limit ? stored.limit - stored.directory_size : bytes.size();
    // Directly before the end record is where it is in an archive with something in front of it.
    if (is_directory(bytes, before)) {
        end.directory = static_cast<std::size_t>(before);
        end.prefix = before >= stored.directory ? before - stored.directory : 0;
        if (before != stored.directory && is_directory(bytes, stored.directory))
            end.second_directory = static_cast<std::size_t>(stored.directory);
    } else if (is_directory(bytes, stored.directory)) {
        end.directory = static_cast<std::size_t>(stored.directory);
    } else if (end.entries != 0 || stored.directory_size != 0) {
        return std::nullopt;
    } else {
        end.directory = at;
    }
    return end;
}

std::optional<EndRecord> last_end_record(Octets bytes) {
    if (bytes.size() < end_size) return std::nullopt;
    const std::size_t window = std::min(bytes.size(), end_size + longest_comment);
    // Asked of every content, and 6 is the rarest of the signature's octets in what people send.
    const std::byte* const tail = bytes.data() + (bytes.size() - window);
    for (std::size_t left = window; left >= 4;) {
        const auto* last = static_cast<const std::byte*>(memrchr(tail + 3, 6, left - 3));
        if (last == nullptr) break;
        const std::size_t at = static_cast<std::size_t>(last - bytes.data()) - 3;
        if (auto end = end_record_at(bytes, at)) return end;
        left = static_cast<std::size_t>(last - tail);
    }
    return std::nullopt;
}

}  // namespace postern::engine::expand
