// SPDX-License-Identifier: Apache-2.0
// DigestTable: digests with sizes and names, collected and then searched.
//
// Ten million rows must fit, so a row is the digest and eight octets, rows are sorted in place, and
// names lie in one arena that only a hit touches. A filter over the sizes says beforehand, nearly
// always, that a content needs no digest at all.
//
// Invariants (after seal())
//  (1) Rows are sorted by digest, size and name, and no two are the same.
//  (2) wants(size) is true exactly when a row has that size or any size.
//  (3) The filter holds the digest of every row.
//
// Thread-safe once sealed.
#pragma once

#include "signatures/array.h"
#include "signatures/digest.h"
#include "signatures/digest_filter.h"

#include <array>
#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postern::signatures {

// All names of a set, each ending in NUL.
class NameArena {
public:
    // Throws std::length_error beyond 4 GiB of names.
    std::uint32_t add(std::string_view name);
    // Makes room for names of so many octets more.
    void expect(std::size_t octets) { names_.rows().reserve(names_.size() + octets); }
    std::string_view at(std::uint32_t place) const { return {names_.data() + place}; }
    bool has(std::uint32_t place) const { return place < names_.size() && names_.back() == '\0'; }
    std::size_t size() const { return names_.size(); }

    template <typename Visitor>
    void visit(Visitor& visitor, const char* name) {
        visitor.array(name, names_);
    }

private:
    Array<char> names_;
};

inline constexpr std::uint32_t any_size = 0;  // no content of size 0 is asked for

template <std::size_t Length>
struct DigestRow {
    std::array<std::uint8_t, Length> digest;
    std::uint32_t size;
    std::uint32_t name;
};

// Which sizes occur: one bit each for small ones, a sorted list for the others.
class SizeFilter {
public:
    void add(std::uint32_t size);
    void seal();
    bool has(std::uint64_t size) const;

    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor.value("any-size", any_);
        visitor.array("small-sizes", bits_);
        visitor.array("large-sizes", large_);
    }

private:
    static constexpr std::size_t small = std::size_t{1} << 20;
    bool any_ = false;
    Array<std::uint64_t> bits_;
    Array<std::uint32_t> large_;
};

template <std::size_t Length>
class DigestTable {
public:
    using Row = DigestRow<Length>;
    void add(const Row& row) { rows_.push_back(row); }
    // Takes out what `drop` is true for, then sorts.
    std::size_t seal(const NameArena& names, const std::function<bool(const Row&)>& drop);
    bool wants(std::uint64_t size) const { return sizes_.has(size); }
    // The first row with this digest that names this size, or any_size; null: none.
    const Row* find(std::span<const std::uint8_t> digest, std::uint64_t size) const;
    std::span<const Row> rows() const { return rows_; }
    // Names anew: what `renamed` says of each row, in order.
    void rename(const std::function<std::uint32_t(const Row&)>& renamed) {
        for (Row& row : rows_.rows()) row.name = renamed(row);
    }

    template <typename Visitor>
    void visit(Visitor& visitor, const char* name) {
        const auto in = visitor.within(name);
        visitor.array("rows", rows_);
        filter_.visit(visitor);
        sizes_.visit(visitor);
    }

private:
    Array<Row> rows_;
    DigestFilter filter_;
    SizeFilter sizes_;
};

struct DigestTables {
    DigestTable<16> md5;
    DigestTable<20> sha1;
    DigestTable<32> sha256;

    std::size_t size() const {
        return md5.rows().size() + sha1.rows().size() + sha256.rows().size();
    }
    DigestKinds wanted(std::uint64_t size) const;
};

}  // namespace postern::signatures
