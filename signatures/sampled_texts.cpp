// SPDX-License-Identifier: Apache-2.0
// A bit table that stays near answers for nearly every four; the rows behind it are
// found by the same hash.
#include "signatures/sampled_texts.h"

#include <algorithm>
#include <cstring>

namespace postern::signatures {

namespace {

constexpr std::size_t gram = 4;
constexpr std::size_t longest_stride = longest_sampled - gram + 1;
// Below this, reading everything is as good.
constexpr std::size_t least_stride = 5;
// With more, the bit table is no longer empty enough, nor near.
constexpr std::size_t most_rows = std::size_t{1} << 14;
// A four that very many texts show would be a walk wherever it stands.
constexpr std::uint8_t most_alike = 64;

constexpr unsigned hash_bits = 20;
constexpr unsigned head_bits = 14;

std::uint32_t four_at(const void* octets) {
    std::uint32_t value = 0;
    std::memcpy(&value, octets, gram);
    return value;
}

std::uint32_t hash_of(const void* octets) {
    return four_at(octets) * 0x9e3779b1u >> (32 - hash_bits);
}

std::uint32_t head_of(std::uint32_t hash) {
    return hash >> (hash_bits - head_bits);
}

// So long that the most can be left out, and no text taken is too short for it.
std::size_t stride_for(const std::vector<SampledText>& texts) {
    std::size_t shortest = longest_sampled;
    for (const SampledText& text : texts) {
        if (text.text.size() >= least_stride + gram - 1) {
            shortest = std::min(shortest, text.text.size());
        }
    }
    const std::size_t affordable = most_rows / std::max<std::size_t>(1, texts.size());
    return std::min({longest_stride, shortest - gram + 1, affordable});
}

// Where the text is least like this four. Many texts begin in a run of zeros, whose fours stand
// everywhere in programs; what is behind the run tells them apart.
std::size_t least_like(std::string_view four, std::string_view text) {
    std::size_t best = 0;
    std::size_t most = 0;
    for (std::size_t at = 0; at + gram <= text.size(); ++at) {
        const std::string_view other = text.substr(at, gram);
        const auto unlike = static_cast<std::size_t>(
            std::count_if(other.begin(), other.end(), [&](char c) { return four.find(c) == std::string_view::npos; }));
        if (unlike > most) best = at;
        most = std::max(most, unlike);
    }
    return best;
}

}  // namespace

SampledTexts SampledTexts::take_from(std::vector<SampledText>& texts) {
    SampledTexts result;
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    result.stride_ = stride_for(texts);
    if (result.stride_ < least_stride) return {};
    std::vector<std::uint8_t> crowd(std::size_t{1} << hash_bits);
    std::erase_if(texts, [&](const SampledText& text) { return result.add(text, crowd); });
    result.seal();
    return result;
}

// False: it is too short, or shows what many others show.
bool SampledTexts::add(const SampledText& text, std::vector<std::uint8_t>& crowd) {
    if (text.text.size() < stride_ + gram - 1) return false;
    const std::size_t known = rows_.size();
    for (std::size_t phase = 0; phase < stride_; ++phase) {
        const std::string_view octets = text.text;
        const std::uint32_t hash = hash_of(octets.data() + phase);
        const std::size_t other = least_like(octets.substr(phase, gram), octets);
        rows_.push_back({hash, static_cast<std::uint32_t>(texts_.size()),
                         four_at(octets.data() + other), static_cast<std::uint16_t>(phase),
                         static_cast<std::uint16_t>(other)});
        ++crowd[hash];
    }
    const bool alike = std::any_of(rows_.begin() + known, rows_.end(),
                                   [&](const Row& row) { return crowd[row.hash] > most_alike; });
    if (!alike) {
        Text row;
        std::copy(text.text.begin(), text.text.end(), row.octets.begin());
        row.size = static_cast<std::uint32_t>(text.text.size());
        row.literal = text.literal;
        row.tail = text.tail;
        texts_.push_back(row);
        return true;
    }
    for (std::size_t i = known; i < rows_.size(); ++i) --crowd[rows_[i].hash];
    rows_.rows().resize(known);
    return false;
}

void SampledTexts::seal() {
    if (texts_.empty()) return;
    std::vector<Row>& rows = rows_.rows();
    std::vector<std::uint64_t>& bits = bits_.rows();
    std::vector<std::uint32_t>& heads = heads_.rows();
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.hash < b.hash; });
    bits.assign((std::size_t{1} << hash_bits) / 64, 0);
    heads.assign((std::size_t{1} << head_bits) + 1, 0);
    for (const Row& row : rows) {
        bits[row.hash / 64] |= std::uint64_t{1} << row.hash % 64;
        ++heads[head_of(row.hash) + 1];
    }
    for (std::size_t i = 1; i < heads.size(); ++i) heads[i] += heads[i - 1];
}

// Four places at a time, since a branch for each would cost more than the place.
void SampledTexts::scan(std::span<const std::byte> octets, HitSink& sink) const {
    if (texts_.empty()) return;
    const std::uint64_t* bits = bits_.data();
    const auto is_set = [bits](std::uint32_t hash) { return bits[hash / 64] >> hash % 64; };
    const std::size_t stride = stride_;
    std::size_t at = 0;
    for (; at + 3 * stride + gram <= octets.size(); at += 4 * stride) {
        const std::byte* place = octets.data() + at;
        const std::uint64_t any = is_set(hash_of(place)) | is_set(hash_of(place + stride)) |
                                  is_set(hash_of(place + 2 * stride)) |
                                  is_set(hash_of(place + 3 * stride));
        if ((any & 1) == 0) continue;
        for (std::size_t i = 0; i < 4; ++i) look(octets, at + i * stride, sink);
    }
    for (; at + gram <= octets.size(); at += stride) look(octets, at, sink);
}

void SampledTexts::look(std::span<const std::byte> octets, std::size_t at, HitSink& sink) const {
    const std::uint32_t hash = hash_of(octets.data() + at);
    if ((bits_[hash / 64] >> hash % 64 & 1) == 0) return;
    for (std::uint32_t i = heads_[head_of(hash)]; i < heads_[head_of(hash) + 1]; ++i) {
        const Row& row = rows_[i];
        if (row.hash != hash || row.phase > at) continue;
        const std::size_t begin = at - row.phase;
        if (octets.size() - begin < row.other_phase + gram) continue;
        if (four_at(octets.data() + begin + row.other_phase) != row.other) continue;
        const Text& text = texts_[row.text];
        if (octets.size() - begin < text.size) continue;
        if (std::memcmp(octets.data() + begin, text.octets.data(), text.size) != 0) continue;
        sink.hit(text.literal, begin + text.size - text.tail);
    }
}

}  // namespace postern::signatures
