// SPDX-License-Identifier: Apache-2.0
#include "signatures/lint/literal_meter.h"

#include "signatures/byte_pairs.h"

#include <cmath>

namespace postern::signatures {

namespace {

constexpr double mebibyte = 1024 * 1024;

class Counter final : public HitSink {
public:
    explicit Counter(std::vector<std::uint64_t>& counts) : counts_(counts) {}
    void hit(std::uint32_t literal, std::size_t) override { ++counts_[literal]; }

private:
    std::vector<std::uint64_t>& counts_;
};

double modelled(const std::string& literal) {
    double bits = first_octet_bits(static_cast<std::uint8_t>(literal[0]));
    for (std::size_t i = 1; i < literal.size(); ++i) {
        bits += next_octet_bits(static_cast<std::uint8_t>(literal[i - 1]),
                                static_cast<std::uint8_t>(literal[i]));
    }
    return mebibyte * std::exp2(-bits);
}

}  // namespace

void LiteralMeter::add(const Anchor& anchor) {
    for (const std::string& literal : anchor.literals) {
        numbers_.emplace(Key(literal, anchor.caseless), static_cast<std::uint32_t>(numbers_.size()));
    }
}

void LiteralMeter::compile() {
    std::vector<std::string_view> literals;
    std::vector<std::uint32_t> ids;
    std::vector<std::uint8_t> caseless;
    for (const auto& [key, number] : numbers_) {
        literals.push_back(key.first);
        caseless.push_back(key.second ? 1 : 0);
        ids.push_back(number);
    }
    counts_.resize(literals.size());
    database_ = LiteralDatabase::compile(literals, ids, caseless);
    const LiteralDatabase* all[] = {&database_};
    scratch_ = std::make_unique<Scratch>(all);
}

void LiteralMeter::measure(std::span<const std::byte> content) {
    octets_ += content.size();
    if (numbers_.empty()) return;
    if (!scratch_) compile();
    Counter counter(counts_);
    database_.scan(content, *scratch_, counter);
}

double LiteralMeter::hits(const Anchor& anchor) const {
    double hits = 0;
    for (const std::string& literal : anchor.literals) {
        if (octets_ == 0) {
            hits += modelled(literal);
        } else {
            const auto number = numbers_.find(Key(literal, anchor.caseless));
            hits += static_cast<double>(counts_[number->second]) * mebibyte / static_cast<double>(octets_);
        }
    }
    return hits;
}

}  // namespace postern::signatures
