// SPDX-License-Identifier: Apache-2.0
// Any text as a source about members, sections, imports or file types; as a member's name; and as a
// program whose sections and imports are digested.
#include "signatures/clamav/cdb.h"
#include "signatures/clamav/ftm.h"
#include "signatures/clamav/hash_db.h"
#include "signatures/matcher.h"

using namespace postern::signatures;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Matcher matcher([] {
        SetBuilder builder;
        builder.add_text("x.mdb", "*:00000000000000000000000000000000:S:73\n");
        builder.add_text("x.imp", "00000000000000000000000000000000:*:I\n");
        builder.add_text("x.cdb", "M:*:*:(?i)(a|b)+[^c]{2,9}$:*:*:*:*:*:*\n");
        builder.add_text("x.ndb", "V:1:VI:610062??63\nE:1:EP-9,99:6162\n");
        return builder.build(1);
    }());
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    Diagnostics diagnostics;
    NameArena names;
    DigestTables tables;
    std::vector<MemberSignature> members;
    SourceReport report("x", diagnostics);
    clamav::read_cdb(text, report, members);
    clamav::read_member_lines(text, ContentType::zip, report, members);
    clamav::read_hash_db(text, clamav::DigestOf::section, report, {names, tables});
    clamav::read_hash_db(text, clamav::DigestOf::imports, report, {names, tables});
    clamav::read_ftm(text, report);
    matcher.match_member({ContentType::zip, size, text, size, size, false, 1, 1});
    matcher.match({std::as_bytes(std::span(text)), Target::pe});
    return 0;
}
