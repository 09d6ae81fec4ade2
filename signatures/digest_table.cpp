// SPDX-License-Identifier: Apache-2.0
// Sorting decides the time to load: rows are compared by their first eight octets, which is nearly
// always enough since digests are as good as random.
#include "signatures/digest_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>

namespace postern::signatures {

namespace {

std::uint64_t head_of(const std::uint8_t* digest) {
    std::uint64_t head = 0;
    std::memcpy(&head, digest, sizeof head);
    return std::endian::native == std::endian::little ? __builtin_bswap64(head) : head;
}

template <typename Row>
bool digest_less(const Row& a, const Row& b) {
    const std::uint64_t x = head_of(a.digest.data());
    const std::uint64_t y = head_of(b.digest.data());
    return x != y ? x < y : a.digest < b.digest;
}

}  // namespace

std::uint32_t NameArena::add(std::string_view name) {
    const std::size_t place = names_.size();
    if (place + name.size() >= std::numeric_limits<std::uint32_t>::max()) {
        throw std::length_error("more than 4 GiB of signature names");
    }
    std::vector<char>& names = names_.rows();
    names.insert(names.end(), name.begin(), name.end());
    names.push_back('\0');
    return static_cast<std::uint32_t>(place);
}

// The bits are had only when there is a small size at all: an empty table costs nothing.
void SizeFilter::add(std::uint32_t size) {
    if (size == any_size) {
        any_ = true;
    } else if (size < small) {
        if (bits_.empty()) bits_.rows().resize(small / 64);
        bits_.rows()[size / 64] |= std::uint64_t{1} << size % 64;
    } else {
        large_.push_back(size);
    }
}

void SizeFilter::seal() {
    std::vector<std::uint32_t>& large = large_.rows();
    std::sort(large.begin(), large.end());
    large.erase(std::unique(large.begin(), large.end()), large.end());
    large.shrink_to_fit();
}

bool SizeFilter::has(std::uint64_t size) const {
    if (any_) return true;
    if (size < small) return !bits_.empty() && (bits_[size / 64] >> size % 64 & 1) != 0;
    return std::binary_search(large_.begin(), large_.end(), size);
}

template <std::size_t Length>
std::size_t DigestTable<Length>::seal(const NameArena& names,
                                      const std::function<bool(const Row&)>& drop) {
    std::vector<Row>& rows = rows_.rows();
    const std::size_t dropped = drop ? std::erase_if(rows, drop) : 0;
    std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
        if (digest_less(a, b)) return true;
        if (digest_less(b, a)) return false;
        return a.size != b.size ? a.size < b.size : names.at(a.name) < names.at(b.name);
    });
    const auto same = [&](const Row& a, const Row& b) {
        return a.digest == b.digest && a.size == b.size && names.at(a.name) == names.at(b.name);
    };
    rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
    rows.shrink_to_fit();
    filter_.expect(rows.size());
    for (const Row& row : rows) {
        filter_.add(row.digest.data());
        sizes_.add(row.size);
    }
    sizes_.seal();
    return dropped;
}

template <std::size_t Length>
const DigestRow<Length>* DigestTable<Length>::find(std::span<const std::uint8_t> digest,
                                                   std::uint64_t size) const {
    if (!filter_.may_hold(digest.data())) return nullptr;
    Row key{};
    std::copy_n(digest.begin(), Length, key.digest.begin());
    const Row* row = std::lower_bound(rows_.begin(), rows_.end(), key, digest_less<Row>);
    for (; row != rows_.end() && row->digest == key.digest; ++row) {
        if (row->size == size) return row;
    }
    return nullptr;
}

template class DigestTable<16>;
template class DigestTable<20>;
template class DigestTable<32>;

DigestKinds DigestTables::wanted(std::uint64_t size) const {
    DigestKinds kinds;
    if (md5.wants(size)) kinds.add(DigestKind::md5);
    if (sha1.wants(size)) kinds.add(DigestKind::sha1);
    if (sha256.wants(size)) kinds.add(DigestKind::sha256);
    return kinds;
}

}  // namespace postern::signatures
