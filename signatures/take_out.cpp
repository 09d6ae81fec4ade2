// SPDX-License-Identifier: Apache-2.0
// An ignore line may name one edition of a signature by the MD5 of its line. Of a body signature
// the line is at hand; that of a hash is put together again, without functionality levels.
#include "signatures/take_out.h"

#include "signatures/hasher.h"

#include <algorithm>
#include <tuple>

namespace postern::signatures {

namespace {

std::string hex_of(std::span<const std::uint8_t> octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const std::uint8_t octet : octets) {
        hex += digits[octet >> 4];
        hex += digits[octet & 15];
    }
    return hex;
}

// An empty edition means the name, whatever the line.
bool is_meant(const std::set<std::string>& editions, std::string_view line) {
    if (editions.contains("")) return true;
    DigestKinds kinds;
    kinds.add(DigestKind::md5);
    const Digests digests = Hasher().digest(std::as_bytes(std::span(line)), kinds);
    return editions.contains(hex_of(digests.md5));
}

template <std::size_t Length>
std::size_t seal(const clamav::IgnoredNames& ignored, const NameArena& names,
                 FirstField first, DigestTable<Length>& table) {
    if (ignored.empty()) return table.seal(names, {});
    return table.seal(names, [&](const DigestRow<Length>& row) {
        const auto found = ignored.find(names.at(row.name));
        if (found == ignored.end()) return false;
        const std::string size = row.size == any_size ? "*" : std::to_string(row.size);
        const std::string hash = hex_of(row.digest);
        const std::string line = (first == FirstField::hash ? hash + ':' + size : size + ':' + hash) +
                                 ':' + std::string(names.at(row.name));
        return is_meant(found->second, line);
    });
}

template <typename Signature>
std::size_t take_out_of(const clamav::IgnoredNames& ignored, std::vector<Signature>& signatures) {
    return std::erase_if(signatures, [&](const Signature& signature) {
        const auto found = ignored.find(signature.name());
        return found != ignored.end() && is_meant(found->second, signature.line);
    });
}

template <typename Signature, typename Key>
void sort_unique(std::vector<Signature>& signatures, Key key) {
    std::sort(signatures.begin(), signatures.end(),
              [&](const Signature& a, const Signature& b) { return key(a) < key(b); });
    const auto same = [&](const Signature& a, const Signature& b) { return key(a) == key(b); };
    signatures.erase(std::unique(signatures.begin(), signatures.end(), same), signatures.end());
}

}  // namespace

std::size_t take_out(const clamav::IgnoredNames& ignored, std::vector<BodySignature>& bodies) {
    return take_out_of(ignored, bodies);
}

std::size_t take_out(const clamav::IgnoredNames& ignored, std::vector<MemberSignature>& members) {
    return take_out_of(ignored, members);
}

std::size_t take_out(const clamav::IgnoredNames& ignored, std::vector<LogicalSignature>& logical) {
    return take_out_of(ignored, logical);
}

std::size_t seal_digests(const clamav::IgnoredNames& ignored, const NameArena& names,
                         FirstField first, DigestTables& digests) {
    return seal(ignored, names, first, digests.md5) + seal(ignored, names, first, digests.sha1) +
           seal(ignored, names, first, digests.sha256);
}

void bring_into_order(std::vector<BodySignature>& bodies) {
    sort_unique(bodies, [](const BodySignature& body) { return std::tie(body.line, body.target); });
}

void bring_into_order(std::vector<MemberSignature>& members) {
    sort_unique(members, [](const MemberSignature& member) {
        return std::tie(member.line, member.numbers.container);
    });
}

void bring_into_order(std::vector<LogicalSignature>& logical) {
    sort_unique(logical, [](const LogicalSignature& one) { return std::tie(one.line); });
}

}  // namespace postern::signatures
