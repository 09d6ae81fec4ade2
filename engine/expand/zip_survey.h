// SPDX-License-Identifier: Apache-2.0
// Survey of a zip: every member that some reader would find, before any of them is unpacked.
//
// Readers go by the central directory, or by the local headers in order, or carve; a hostile archive shows
// each of them something else. The survey starts from every directory and then looks for local headers
// only where no honest member lies: in an honest archive there is no such place, and it costs nothing.
//
// Invariants
//  (1) A member stands for one data offset; no two members have the same.
//  (2) Every pass is linear in the archive: a directory entry is read once, a gap is searched once.
#pragma once

#include "engine/expand/zip_records.h"

#include <vector>

namespace postern::engine::expand {

// What one header says of how to unpack the data.
struct Claim {
    std::uint16_t method = 0;
    std::uint64_t packed = 0;
    std::uint64_t size = 0;
    bool encrypted = false;

    bool operator==(const Claim&) const = default;
};

struct ZipMember {
    std::size_t data = 0;
    std::string_view name;                     // borrows the archive
    std::vector<std::string_view> other_names;  // that other headers give it
    std::uint32_t crc = 0;
    bool crc_known = false;
    bool packed_known = true;   // false: a local header alone, whose sizes stand behind the data
    bool strong = false;        // encrypted by certificate or PKWARE's own way
    std::vector<Claim> claims;  // one when all headers agree; the directory's first
};

// A defect of the archive or, with a name, of one member.
struct ZipDefect {
    std::string_view member;
    std::string_view text;
};

struct ZipSurvey {
    std::vector<ZipMember> members;
    std::vector<ZipDefect> defects;
    bool directory_encrypted = false;
    bool more = false;  // there are more members or directory entries than were asked for
};

// `most` members and as many directory entries are looked at: what the Budget would refuse anyway.
ZipSurvey survey_zip(Octets archive, std::size_t most);

}  // namespace postern::engine::expand
