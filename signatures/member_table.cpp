// SPDX-License-Identifier: Apache-2.0
// The automaton says which patterns a name has; the rows are then a few comparisons each.
#include "signatures/member_table.h"

#include <map>

namespace postern::signatures {

namespace {

// Should all patterns together be too much for Hyperscan, which takes each of them, halves are not.
void compile(std::span<const std::string_view> patterns, std::span<const std::uint32_t> ids,
             std::vector<LiteralDatabase>& out) {
    if (patterns.empty()) return;
    auto compiled = LiteralDatabase::compile_patterns(patterns, ids);
    if (compiled) {
        out.push_back(std::move(*compiled));
    } else if (patterns.size() > 1) {
        const std::size_t half = patterns.size() / 2;
        compile(patterns.first(half), ids.first(half), out);
        compile(patterns.subspan(half), ids.subspan(half), out);
    }
}

class Seen final : public HitSink {
public:
    explicit Seen(std::size_t patterns) : seen_(patterns) {}
    void hit(std::uint32_t pattern, std::size_t) override {
        if (pattern < seen_.size()) seen_[pattern] = true;
    }
    bool has(std::uint32_t pattern) const { return pattern == any_name || seen_[pattern]; }

private:
    std::vector<bool> seen_;
};

bool fits(const MemberNumbers& wanted, const MemberFacts& facts) {
    const bool type =
        wanted.container == ContentType::any || wanted.container == facts.container;
    const bool encrypted = wanted.encrypted == Encryption::any ||
                           (wanted.encrypted == Encryption::yes) == facts.encrypted;
    return type && encrypted && (wanted.crc == 0 || wanted.crc == facts.crc) &&
           wanted.container_size.holds(facts.container_size) &&
           wanted.packed_size.holds(facts.packed_size) && wanted.size.holds(facts.size) &&
           wanted.position.holds(facts.position);
}

}  // namespace

MemberTable make_member_table(const std::vector<MemberSignature>& signatures, NameArena& names) {
    MemberTable table;
    std::map<std::string_view, std::uint32_t> numbers;
    std::vector<std::string_view> patterns;
    std::vector<std::uint32_t> ids;
    for (const MemberSignature& signature : signatures) {
        MemberRow row{names.add(signature.name()), any_name, signature.numbers};
        if (!signature.pattern.empty()) {
            const auto next = static_cast<std::uint32_t>(patterns.size());
            const auto [place, fresh] = numbers.emplace(signature.pattern, next);
            row.pattern = place->second;
            if (fresh) {
                patterns.push_back(signature.pattern);
                ids.push_back(next);
            }
        }
        table.rows.push_back(row);
    }
    table.pattern_count = patterns.size();
    compile(patterns, ids, table.patterns);
    return table;
}

std::vector<std::uint32_t> matching_rows(const MemberTable& table, const MemberFacts& facts,
                                         const Scratch& scratch) {
    std::vector<std::uint32_t> rows;
    if (table.rows.empty()) return rows;
    Seen seen(table.pattern_count);
    // Names end at NUL, for whoever reads them.
    const std::string_view name = facts.name.substr(0, facts.name.find('\0'));
    for (const LiteralDatabase& database : table.patterns) {
        database.scan_name(name, scratch, seen);
    }
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const MemberRow& row = table.rows[i];
        if (seen.has(row.pattern) && fits(row.numbers, facts)) {
            rows.push_back(static_cast<std::uint32_t>(i));
        }
    }
    return rows;
}

}  // namespace postern::signatures
