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
bool is_intended(const Fields& fields) {
    return fields.count > 3 && parse_number(fields[3]) >= star_needs_level;
}

// Nothing: it is none.
std::optional<std::uint32_t> read_size(std::string_view text) {
    const auto number = parse_number(text);
    if (!number || *number == 0) return std::nullopt;
    return *number < huge ? static_cast<std::uint32_t>(*number) : huge;
}

// The digest is written straight into its row; a row that is not added was never anywhere.
template <std::size_t Length>
void add_row(DigestTable<Length>& table, std::string_view hash, DigestRow<Length> row,
             SourceReport& report) {
    if (parse_hex(hash, row.digest.data())) return table.add(row);
    report.error(hash.data(), "the hash holds something that is no hex digit");
}

bool is_hash_length(std::size_t length) {
    return length == 32 || length == 40 || length == 64;
}

// What to write, for each kind of source.
constexpr const char* shape_of(DigestOf what) {
    return what == DigestOf::section ? "a section's hash has 3 to 5 fields; write Size:Hash:Name"
                                     : "a hash signature has 3 to 5 fields; write Hash:Size:Name";
}

constexpr const char* intent_of(DigestOf what) {
    return what == DigestOf::section
               ? "a hash for any size needs a functionality level of 73 at least; write "
                 "*:Hash:Name:73"
               : "a hash for any size needs a functionality level of 73 at least; write "
                 "Hash:*:Name:73";
}

class HashReader {
public:
    HashReader(DigestOf what, SourceReport& report, DigestSink out)
        : what_(what), report_(report), out_(out) {}

    void read(std::string_view line) {
        const Fields fields = split(line, ':');
        if (fields.count < 3 || fields.count > 5) return report_.error(nullptr, shape_of(what_));
        const std::string_view hash = fields[what_ == DigestOf::section ? 1 : 0];
        const std::string_view size = fields[what_ == DigestOf::section ? 0 : 1];
        if (!is_hash_length(hash.size())) {
            return report_.error(hash.data(),
                                 "no hash; write 32 (MD5), 40 (SHA-1) or 64 "
                                 "(SHA-256) hex digits");
        }
        const Level level = level_of(fields, 3, report_);
        if (level == Level::other) {
            return report_.add(Severity::unsupported, fields[3].data(),
                               "the line is for other functionality levels than 213");
        }
        if (level != Level::ours) return;
        if (size == "*" && what_ != DigestOf::imports && !is_intended(fields)) {
            return report_.error(size.data(), intent_of(what_));
        }
        const auto number = size == "*" ? any_size : read_size(size);
        if (!number) {
            return report_.error(size.data(),
                                 "no size; write the number of octets, or * for any");
        }
        if (is_name(fields[2], report_)) add(hash, *number, out_.names.add(fields[2]));
    }

private:
    void add(std::string_view hash, std::uint32_t size, std::uint32_t name) {
        DigestTables& tables = out_.tables;
        if (hash.size() == 32) return add_row(tables.md5, hash, {{}, size, name}, report_);
        if (hash.size() == 40) return add_row(tables.sha1, hash, {{}, size, name}, report_);
        add_row(tables.sha256, hash, {{}, size, name}, report_);
    }

    DigestOf what_;
    SourceReport& report_;
    DigestSink out_;
};

}  // namespace

void read_hash_db(std::string_view text, DigestOf what, SourceReport& report, DigestSink out) {
    HashReader reader(what, report, out);
    // A name is the smaller part of a line; what is not used of this was never touched.
    out.names.expect(text.size() / 2);
    for_each_line(text, report, [&](std::string_view line) { reader.read(line); });
}

}  // namespace postern::signatures::clamav
