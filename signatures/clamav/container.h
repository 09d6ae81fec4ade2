// SPDX-License-Identifier: Apache-2.0
// Containers (.cvd .cld .cud): a header of 512 octets, and a tar behind it, gzipped or not.
//
//   ClamAV-VDB:build time:version:signatures:level:MD5:signature:builder:seconds, then blanks
//
// The MD5 is that of all octets behind the header; the signature is over the MD5. X stands for
// neither, as in a .cld. Among the members X.info repeats the header and names every other member
// with its size and SHA-256; a line "DSIG:signature" ends it.
//
// Containers are hostile until they are verified, and read twice: first every member is digested,
// then, if nothing speaks against the container, each is handed over. One member is held at a time;
// more than `most_unpacked` octets are never unpacked.
//
// Invariants
//  (1) No member is handed over before all of the container was checked.
//  (2) A sum or signature that is there and wrong refuses the container, whatever `unverified` says.
#pragma once

#include "signatures/container_keys.h"
#include "signatures/signature_set.h"
#include "signatures/source_report.h"

#include <functional>

namespace postern::signatures::clamav {

inline constexpr std::uint64_t most_unpacked = std::uint64_t{4} << 30;

struct ContainerSource {
    std::string_view octets;
    std::string_view detached;  // the .sign beside it; empty: there is none
};

struct ContainerTrust {
    const ContainerKeys& keys;
    Unverified unverified;
};

// Called with the name and the text of a member.
using MemberVisit = std::function<void(std::string_view name, std::string_view text)>;

void read_container(const ContainerSource& source, const ContainerTrust& trust,
                    SourceReport& report, const MemberVisit& visit);

}  // namespace postern::signatures::clamav
