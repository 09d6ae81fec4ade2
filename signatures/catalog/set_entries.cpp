// SPDX-License-Identifier: Apache-2.0
// Bodies, logical and member signatures and rules as they were written; a digest as its row says.
#include "signatures/catalog/catalog.h"
#include "signatures/catalog/source_lines.h"
#include "signatures/clamav/hex.h"
#include "signatures/tables.h"
#include "signatures/yara/rule_text.h"

namespace postern::signatures {

namespace {

std::string_view name_in(const SourceLine& line) {
    const std::string_view ends = line.format == Format::ldb ? ";" : line.format == Format::db ? "=" : ":";
    return line.text.substr(0, line.text.find_first_of(ends));
}

void visit_line(const SourceLine& line, const EntryVisit& visit) {
    if (line.format != Format::yara) {
        return visit({kind_of(line.format), line.format, name_in(line), line.text, {}, 0});
    }
    const auto statements = yara::statements_of(line.text);
    if (statements.empty()) return;
    const std::string name = "YARA." + std::string(statements.front().name);
    visit({SignatureKind::rule, line.format, name, line.text, {}, 0});
}

class Digests {
public:
    Digests(const NameArena& names, const EntryVisit& visit) : names_(names), visit_(visit) {}

    void all(Format format, const DigestTables& tables) {
        table(format, tables.md5);
        table(format, tables.sha1);
        table(format, tables.sha256);
    }

private:
    template <std::size_t Length>
    void table(Format format, const DigestTable<Length>& digests) {
        for (const DigestRow<Length>& row : digests.rows()) {
            const std::string_view name = names_.at(row.name);
            const std::string hash = clamav::to_hex({reinterpret_cast<const char*>(row.digest.data()), Length});
            const std::string size = row.size == any_size ? "*" : std::to_string(row.size);
            line_ = format == Format::sections ? size + ':' + hash : hash + ':' + size;
            line_.append(1, ':').append(name);
            if (row.size == any_size && format != Format::imports) line_ += ":73";
            visit_({kind_of(format), format, name, line_, {}, 0});
        }
    }

    const NameArena& names_;
    const EntryVisit& visit_;
    std::string line_;
};

bool lacks_lines(const SignatureSet& set) {
    const SetStatistics& counts = set.statistics();
    return set.tables().lines.empty() && counts.body_signatures + counts.logical_signatures +
                                                 counts.member_signatures + counts.yara_rules != 0;
}

}  // namespace

void visit_entries(const SignatureSet& set, const EntryVisit& visit) {
    const SignatureSet::Tables& tables = set.tables();
    if (lacks_lines(set)) {
        throw NoSourceLines("the set does not say what it was built of; build it with `postern signatures build`");
    }
    const auto visit_one = [&](const SourceLine& line) { visit_line(line, visit); };
    if (!tables.lines.empty() && !visit_lines({tables.lines.data(), tables.lines.size()}, visit_one)) {
        throw NoSourceLines("what the set says of its sources is damaged; build it again");
    }
    Digests digests(tables.names, visit);
    digests.all(Format::digests, tables.digests);
    digests.all(Format::allowed_digests, tables.allowed);
    digests.all(Format::sections, tables.sections);
    digests.all(Format::imports, tables.imports);
}

}  // namespace postern::signatures
