// SPDX-License-Identifier: Apache-2.0
// SampledTexts: finds some hundreds of texts by looking at one octet in sixteen.
//
// A text that is `stride` + 3 octets long holds, wherever it stands, four octets in a row that
// begin at a multiple of `stride`. So only these fours are looked up, in a table that knows for
// each text the `stride` fours it may show. For a prefilter that must read all, base64 text is the
// dearest content there is: 64 octets, all of them usual, and every body it can hold is made of
// them.
//
// Invariants
//  (1) A text is told for every place where it stands, once.
//
// Never changes once made; thread-safe.
#pragma once

#include "signatures/array.h"
#include "signatures/hyperscan.h"

#include <array>
#include <string>

namespace postern::signatures {

// Octets around an anchor, and the anchor they tell of.
struct SampledText {
    std::string text;
    std::uint32_t literal = 0;  // the anchor's number
    std::uint32_t tail = 0;     // octets of the text behind the anchor

    auto operator<=>(const SampledText&) const = default;
};

inline constexpr std::size_t longest_sampled = 19;

class SampledTexts {
public:
    // Takes what is long enough and not too alike; what it leaves stays in `texts`.
    // REQUIRES: no text is longer than `longest_sampled`.
    static SampledTexts take_from(std::vector<SampledText>& texts);

    void scan(std::span<const std::byte> octets, HitSink& sink) const;

    template <typename Visitor>
    void visit(Visitor& visitor, const char* name) {
        const auto in = visitor.within(name);
        visitor.value("stride", stride_);
        visitor.array("texts", texts_);
        visitor.array("rows", rows_);
        visitor.array("heads", heads_);
        visitor.array("bits", bits_);
    }

private:
    // One of the fours a text may show, `phase` octets from its start; and another four of it,
    // `other_phase` from its start, which tells it from its like without a look at the text.
    struct Row {
        std::uint32_t hash = 0;
        std::uint32_t text = 0;
        std::uint32_t other = 0;
        std::uint16_t phase = 0;
        std::uint16_t other_phase = 0;
    };

    // A text in place.
    struct Text {
        std::array<char, longest_sampled + 1> octets{};
        std::uint32_t size = 0;
        std::uint32_t literal = 0;
        std::uint32_t tail = 0;
    };

    bool add(const SampledText& text, std::vector<std::uint8_t>& crowd);
    void seal();
    void look(std::span<const std::byte> octets, std::size_t at, HitSink& sink) const;

    std::uint64_t stride_ = 0;
    Array<Text> texts_;
    Array<Row> rows_;             // by hash
    Array<std::uint32_t> heads_;  // the first row of each top part of a hash
    Array<std::uint64_t> bits_;   // is there a row with such a hash?
};

}  // namespace postern::signatures
