// SPDX-License-Identifier: Apache-2.0
// The records of a zip, each read at one place. None is believed: they say what some reader would believe.
//
// Words of the format (APPNOTE.TXT): local header, before the data of a member; central directory, one
// entry a member, at the end; end record, which says where the directory is.
#pragma once

#include "engine/octets.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::engine::expand {

// What a local header and a directory entry both say. `packed` and `size` are the 64-bit values if given.
struct MemberFields {
    std::uint16_t flags = 0;
    std::uint16_t method = 0;  // the true one behind an AES header (99) stands in aes_method
    std::uint32_t crc = 0;
    std::uint64_t packed = 0;
    std::uint64_t size = 0;
    std::string_view name;          // borrows the archive
    std::string_view unicode_name;  // of the Info-ZIP Unicode path field

    bool encrypted() const { return (flags & 1) != 0; }
    bool strongly_encrypted() const { return (flags & 0x40) != 0; }
    bool sizes_follow() const { return (flags & 8) != 0; }  // in a descriptor behind the data
};

struct LocalHeader : MemberFields {
    std::size_t at = 0;
    std::size_t data = 0;  // where the member's data begin
};

struct CentralEntry : MemberFields {
    std::uint64_t local_header = 0;  // as stored, counted from the archive's start
    std::size_t next = 0;            // where the next entry would begin
};

struct EndRecord {
    std::size_t at = 0;
    std::size_t directory = 0;      // where the directory was found
    std::size_t end = 0;            // behind the record and its comment
    std::uint64_t entries = 0;      // as stored
    std::optional<std::size_t> second_directory;  // at the stored offset, where that is another place
    std::uint64_t prefix = 0;       // to be added to stored offsets: what stands before the archive
    bool zip64 = false;
};

std::optional<LocalHeader> local_header_at(Octets bytes, std::size_t at);
std::optional<CentralEntry> central_entry_at(Octets bytes, std::size_t at);
// Also finds the directory: directly before the record, or where the record says it is. Nothing when
// neither place has one and the record does not say that the archive is empty.
std::optional<EndRecord> end_record_at(Octets bytes, std::size_t at);
// The last one that is usable, as far from the end as a comment can be long.
std::optional<EndRecord> last_end_record(Octets bytes);

}  // namespace postern::engine::expand
