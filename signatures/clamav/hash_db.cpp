// SPDX-License-Identifier: Apache-2.0
// Nothing is allocated for a line: the digest goes into its row, the name into the arena.
#include "signatures/clamav/hash_db.h"

#include "signatures/clamav/hex.h"
#include "signatures/clamav/lines.h"

namespace postern::signatures::clamav {

namespace {

constexpr std::uint64_t star_needs_level = 73;

// A content of 4 GiB or more is never asked for: its size stands for "larger than all".
constexpr std::uint32_t huge = std::numeric_limits<std::uint32_t>::max();

// A hash without a size makes every content of the world be hashed; ClamAV asks for a sign of
// intent.
bool read_size(const Fields& fields, SourceReport& report, std::uint32_t& size) {
    if (fields[1] == "*") {
        const auto level =
            fields.count > 3 ? parse_number(fields[3]) : std::optional<std::uint64_t>(0);
        size = any_size;
        if (level >= star_needs_level) return true;
        report.error(fields[1].data(),
                     "a hash for any size needs a functionality level of 73 at "
                     "least; write Hash:*:Name:73");
        return false;
    }
    const auto number = parse_number(fields[1]);
    if (!number || *number == 0) {
        report.error(fields[1].data(), "no size; write the number of octets, or * for any");
        return false;
    }
    size = *number < huge ? static_cast<std::uint32_t>(*number) : huge;
    return true;
}

template <std::size_t Length>
// The digest is written straight into its row; a row that is not added was never anywhere.
void add_row(DigestTable<Length>& table, std::string_view hash, DigestRow<Length> row,
             SourceReport& report) {
    if (parse_hex(hash, row.digest.data())) return table.add(row);
    report.error(hash.data(), "the hash holds something that is no hex digit");
}

bool is_hash_length(std::size_t length) {
    return length == 32 || length == 40 || length == 64;
}

class HashReader {
public:
    HashReader(SourceReport& report, NameArena& names, DigestTables& out)
        : report_(report), names_(names), out_(out) {}

    void read(std::string_view line) {
        const Fields fields = split(line, ':');
        if (fields.count < 3 || fields.count > 5) {
            return report_.error(nullptr,
                                 "a hash signature has 3 to 5 fields; write "
                                 "Hash:Size:Name");
        }
        if (!is_hash_length(fields[0].size())) {
            return report_.error(fields[0].data(),
                                 "no hash; write 32 (MD5), 40 (SHA-1) or 64 "
                                 "(SHA-256) hex digits");
        }
        std::uint32_t size = 0;
        const Level level = level_of(fields, 3, report_);
        if (level == Level::other) {
            return report_.add(Severity::unsupported, fields[3].data(),
                               "the line is for other functionality levels than 213");
        }
        if (level == Level::ours && read_size(fields, report_, size) &&
            is_name(fields[2], report_)) {
            add(fields[0], size, names_.add(fields[2]));
        }
    }

private:
    void add(std::string_view hash, std::uint32_t size, std::uint32_t name) {
        if (hash.size() == 32) return add_row(out_.md5, hash, {{}, size, name}, report_);
        if (hash.size() == 40) return add_row(out_.sha1, hash, {{}, size, name}, report_);
        add_row(out_.sha256, hash, {{}, size, name}, report_);
    }

    SourceReport& report_;
    NameArena& names_;
    DigestTables& out_;
};

}  // namespace

void read_hash_db(std::string_view text, SourceReport& report, NameArena& names,
                  DigestTables& out) {
    HashReader reader(report, names, out);
    // A name is the smaller part of a line; what is not used of this was never touched.
    names.expect(text.size() / 2);
    for_each_line(text, report, [&](std::string_view line) { reader.read(line); });
}

}  // namespace postern::signatures::clamav
