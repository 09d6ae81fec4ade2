// SPDX-License-Identifier: Apache-2.0
// Every piece goes in with its end marked by an octet that no line and no name holds, so that two
// different sets never make the same stream.
#include "signatures/generation.h"

#include "signatures/clamav/hex.h"
#include "signatures/hasher.h"

namespace postern::signatures {

namespace {

// Millions of short pieces: gathered before they are hashed.
class Stream {
public:
    Stream() { hasher_.begin(); }

    void add(std::string_view text) {
        buffer_ += text;
        buffer_ += '\0';
        if (buffer_.size() > flush_at) flush();
    }

    template <std::size_t Length>
    void add(std::string_view title, const DigestTable<Length>& table, const NameArena& names) {
        add(title);
        for (const DigestRow<Length>& row : table.rows()) {
            buffer_.append(row.digest.begin(), row.digest.end());
            for (int shift = 0; shift < 32; shift += 8) {
                buffer_ += static_cast<char>(row.size >> shift & 255);
            }
            add(names.at(row.name));
        }
    }

    std::string end() {
        flush();
        const auto digest = hasher_.end();
        return clamav::to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
    }

private:
    static constexpr std::size_t flush_at = 64 * 1024;

    void flush() {
        hasher_.add(buffer_);
        buffer_.clear();
    }

    Hasher hasher_;
    std::string buffer_;
};

void add_digests(Stream& stream, const DigestTables& digests, const NameArena& names) {
    stream.add("md5", digests.md5, names);
    stream.add("sha1", digests.sha1, names);
    stream.add("sha256", digests.sha256, names);
}

}  // namespace

std::string generation_of(const Signatures& signatures, const SignatureSet::Tables& tables) {
    Stream stream;
    stream.add("bodies");
    for (const BodySignature& body : signatures.bodies) stream.add(body.line);
    stream.add("logical");
    for (const LogicalSignature& logical : signatures.logical) stream.add(logical.line);
    stream.add("members");
    for (const MemberSignature& member : signatures.members) {
        stream.add(member.line);
        stream.add(std::to_string(static_cast<int>(member.numbers.container)));
    }
    stream.add("digests");
    add_digests(stream, tables.digests, tables.names);
    stream.add("allowed");
    add_digests(stream, tables.allowed, tables.names);
    if (!tables.rules.empty()) {
        stream.add("rules");
        stream.add(tables.rules.source_digest);
    }
    stream.add("sections");
    add_digests(stream, tables.sections, tables.names);
    stream.add("imports");
    add_digests(stream, tables.imports, tables.names);
    return stream.end();
}

}  // namespace postern::signatures
