// SPDX-License-Identifier: Apache-2.0
// The prefilter: many literals, found in one pass. The only door to Hyperscan (or Vectorscan).
//
// Invariants
//  (1) A hit is told for every place where a literal ends, each once; hits of one literal in
//  ascending
//      order, those of different ones in any.
//
// A LiteralDatabase never changes and is shared; a Scratch is one worker's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace postern::signatures {

class Scratch;

// Who hears of hits.
class HitSink {
public:
    virtual void hit(std::uint32_t literal, std::size_t end) = 0;

protected:
    ~HitSink() = default;
};

class LiteralDatabase {
public:
    LiteralDatabase();
    ~LiteralDatabase();
    LiteralDatabase(LiteralDatabase&&) noexcept;
    LiteralDatabase& operator=(LiteralDatabase&&) noexcept;

    // Literal i is known as ids[i], and found in any case where caseless[i] is not zero.
    // REQUIRES: no literal is empty, no two are the same; all three are of one length.
    // Throws std::runtime_error when Hyperscan refuses, which it has no reason to.
    static LiteralDatabase compile(std::span<const std::string_view> literals,
                                   std::span<const std::uint32_t> ids,
                                   std::span<const std::uint8_t> caseless);

    // The database as octets, and back again. Nothing: Hyperscan does not take them, which were
    // made by another version of it or for a processor that can do more.
    std::vector<std::byte> serialized() const;
    static std::optional<LiteralDatabase> deserialize(std::span<const std::byte> octets);

    // Patterns of names, as clamav/name_pattern.h writes them. Nothing: Hyperscan refuses them, each
    // or all together.
    static std::optional<LiteralDatabase> compile_patterns(
        std::span<const std::string_view> patterns, std::span<const std::uint32_t> ids);

    bool empty() const { return state_ == nullptr; }
    std::size_t bytes() const;  // of memory

    // REQUIRES: `scratch` was made for this database.
    void scan(std::span<const std::byte> octets, const Scratch& scratch, HitSink& sink) const;
    // The whole name, which may be empty; each pattern is told once. REQUIRES: as above, and the
    // database holds patterns.
    void scan_name(std::string_view name, const Scratch& scratch, HitSink& sink) const;

private:
    friend class Scratch;
    struct State;
    std::unique_ptr<State> state_;
};

class Scratch {
public:
    // Good for all of these databases. Throws std::bad_alloc.
    explicit Scratch(std::span<const LiteralDatabase* const> databases);
    ~Scratch();
    Scratch(Scratch&&) noexcept;
    // A scratch like another, which nobody uses meanwhile or ever. Throws std::bad_alloc.
    static Scratch like(const Scratch& other);

private:
    friend class LiteralDatabase;
    struct State;
    explicit Scratch(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace postern::signatures
