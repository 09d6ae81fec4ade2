// SPDX-License-Identifier: Apache-2.0
#include "signatures/catalog/parsed_line.h"

#include "signatures/clamav/cdb.h"
#include "signatures/clamav/hash_db.h"
#include "signatures/clamav/hex.h"
#include "signatures/clamav/ldb.h"
#include "signatures/clamav/lines.h"
#include "signatures/clamav/ndb.h"
#include "signatures/take_out.h"
#include "signatures/yara/rule_text.h"

#include <algorithm>

namespace postern::signatures {

namespace {

template <typename Signature, typename Read>
std::optional<Parsed> first(Read read) {
    std::vector<Signature> signatures;
    read(signatures);
    if (signatures.empty()) return std::nullopt;
    return Parsed(std::move(signatures.front()));
}

struct OneDigest {
    NameArena names;
    DigestTables tables;
};

template <std::size_t Length>
bool take(const DigestTable<Length>& table, const NameArena& names, DigestKind kind, DigestSignature& out) {
    if (table.rows().empty()) return false;
    const auto& row = table.rows().front();
    out = {kind, clamav::to_hex({reinterpret_cast<const char*>(row.digest.data()), Length}), row.size,
           std::string(names.at(row.name))};
    return true;
}

clamav::DigestOf digest_of(Format format) {
    return format == Format::sections  ? clamav::DigestOf::section
           : format == Format::imports ? clamav::DigestOf::imports
                                       : clamav::DigestOf::content;
}

std::optional<Parsed> parse_digest(Format format, std::string_view line, SourceReport& report) {
    OneDigest one;
    clamav::read_hash_db(line, digest_of(format), report, {one.names, one.tables});
    DigestSignature out;
    if (take(one.tables.md5, one.names, DigestKind::md5, out) ||
        take(one.tables.sha1, one.names, DigestKind::sha1, out) ||
        take(one.tables.sha256, one.names, DigestKind::sha256, out)) {
        return Parsed(std::move(out));
    }
    return std::nullopt;
}

bool is_hash(std::string_view text) {
    const bool length = text.size() == 32 || text.size() == 40 || text.size() == 64;
    return length && std::all_of(text.begin(), text.end(), [](char c) { return clamav::hex_digit(c) >= 0; });
}

bool is_size(std::string_view text) { return text == "*" || clamav::parse_number(text); }

bool is_rule(std::string_view text) {
    for (const yara::Statement& statement : yara::statements_of(text)) {
        if (statement.kind == yara::StatementKind::rule) return true;
    }
    return false;
}

}  // namespace

std::optional<Parsed> parse_line(Format format, std::string_view line, std::string_view file,
                                 Diagnostics& told) {
    SourceReport report(file, told);
    switch (format) {
        case Format::db:
            return first<BodySignature>([&](auto& out) { clamav::read_db(line, report, out); });
        case Format::ndb:
            return first<BodySignature>([&](auto& out) { clamav::read_ndb(line, report, out); });
        case Format::ldb:
            return first<LogicalSignature>([&](auto& out) { clamav::read_ldb(line, report, out); });
        case Format::members:
            return first<MemberSignature>([&](auto& out) { clamav::read_cdb(line, report, out); });
        case Format::zip_members:
        case Format::rar_members: {
            const auto container = format == Format::zip_members ? ContentType::zip : ContentType::rar;
            return first<MemberSignature>(
                [&](auto& out) { clamav::read_member_lines(line, container, report, out); });
        }
        case Format::digests:
        case Format::allowed_digests:
        case Format::sections:
        case Format::imports: return parse_digest(format, line, report);
        default: return std::nullopt;
    }
}

std::string_view name_of(const Parsed& parsed) {
    return std::visit(
        [](const auto& one) -> std::string_view {
            if constexpr (requires { one.name(); }) return one.name();
            else return one.name;
        },
        parsed);
}

bool is_ignored(const clamav::IgnoredNames& ignored, const Parsed& parsed, Format format) {
    if (!ignored.contains(std::string(name_of(parsed))) || format == Format::allowed_digests) return false;
    return std::visit(
        [&](const auto& one) {
            if constexpr (requires { one.line; }) {
                std::vector alone{one};
                return take_out(ignored, alone) != 0;
            } else {
                OneDigest alone;
                Diagnostics nothing;
                SourceReport report("", nothing);
                const std::string size = one.size == any_size ? "*" : std::to_string(one.size);
                const bool section = format == Format::sections;
                const std::string line = section ? size + ':' + one.hash + ':' + one.name + ":73"
                                                 : one.hash + ':' + size + ':' + one.name + ":73";
                clamav::read_hash_db(line, digest_of(format), report, {alone.names, alone.tables});
                return seal_digests(ignored, alone.names, section ? FirstField::size : FirstField::hash,
                                    alone.tables) != 0;
            }
        },
        parsed);
}

std::optional<Format> format_of_line(std::string_view line) {
    const clamav::Fields fields = clamav::split(line, ':');
    if (is_rule(line)) return Format::yara;
    if (fields.count >= 3 && is_hash(fields[0]) && is_size(fields[1])) return Format::digests;
    if (fields.count >= 3 && is_size(fields[0]) && is_hash(fields[1])) return Format::sections;
    if (std::count(line.begin(), line.end(), ';') >= 3) return Format::ldb;
    if (fields.count >= 10 && fields.count <= 12) return Format::members;
    if (fields.count >= 4 && fields.count <= 6 && clamav::parse_number(fields[1])) return Format::ndb;
    if (line.find('=') != line.npos && fields.count == 1) return Format::db;
    return std::nullopt;
}

}  // namespace postern::signatures
