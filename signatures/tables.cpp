// SPDX-License-Identifier: Apache-2.0
#include "signatures/tables.h"

#include <stdexcept>

namespace postern::signatures {

namespace {

// Neighbours often have one name: a family's digests come together.
class Renamer {
public:
    Renamer(const NameArena& from, NameArena& to) : from_(from), to_(to) {}

    template <std::size_t Length>
    void rename(DigestTable<Length>& table) {
        table.rename([this](const DigestRow<Length>& row) {
            const std::string_view name = from_.at(row.name);
            if (name != last_) place_ = to_.add(name);
            last_ = name;
            return place_;
        });
    }

private:
    const NameArena& from_;
    NameArena& to_;
    std::string_view last_;
    std::uint32_t place_ = 0;
};

}  // namespace

void SignatureSet::Tables::rename_digests() {
    NameArena renamed;
    renamed.expect(names.size());
    Renamer renamer(names, renamed);
    for (DigestTables* tables : {&digests, &allowed, &sections, &imports}) {
        renamer.rename(tables->md5);
        renamer.rename(tables->sha1);
        renamer.rename(tables->sha256);
    }
    names = std::move(renamed);
}

void SignatureSet::Tables::make_ready() {
    std::vector<const LiteralDatabase*> databases;
    const auto add = [&](const LiteralDatabase& database) {
        if (!database.empty()) databases.push_back(&database);
    };
    for (const TargetTables& target : targets) {
        for (const Prefilter& prefilter : target.prefilters) {
            add(prefilter.anchors);
            add(prefilter.short_anchors);
        }
        add(target.encoded);
    }
    for (const LiteralDatabase& patterns : members.patterns) add(patterns);
    scratch = std::make_unique<Scratch>(databases);
    if (rules.empty()) return;
    compiled_rules = yara::CompiledRules::load(rules);
    if (!compiled_rules) throw std::runtime_error("holds YARA rules that libyara does not take");
}

}  // namespace postern::signatures
