// SPDX-License-Identifier: Apache-2.0
// LiteralMeter: how often literals stand in contents, by the model of octet pairs or as counted.
//
// For this folder alone, and for one thread at a time.
#pragma once

#include "signatures/anchor.h"
#include "signatures/hyperscan.h"

#include <map>
#include <span>

namespace postern::signatures {

class LiteralMeter {
public:
    // REQUIRES: before the first measure().
    void add(const Anchor& anchor);
    // Throws std::bad_alloc; std::runtime_error as LiteralDatabase::compile() does.
    void measure(std::span<const std::byte> content);
    std::uint64_t octets() const { return octets_; }

    // In a MiB, all literals of the anchor together.
    double hits(const Anchor& anchor) const;

private:
    using Key = std::pair<std::string, bool>;  // the literal; found in any case
    void compile();

    std::map<Key, std::uint32_t> numbers_;
    std::vector<std::uint64_t> counts_;
    LiteralDatabase database_;
    std::unique_ptr<Scratch> scratch_;
    std::uint64_t octets_ = 0;
};

}  // namespace postern::signatures
