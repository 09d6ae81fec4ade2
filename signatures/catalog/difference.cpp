// SPDX-License-Identifier: Apache-2.0
// Both sides sorted, then one walk over both.
#include "signatures/catalog/difference.h"

#include "signatures/set_file/sums.h"

#include <algorithm>
#include <tuple>

namespace postern::signatures {

void CatalogSide::add(const Entry& entry) {
    const std::string meaning = meaning_of(entry);
    // Neighbours often have one name: a family's digests come together.
    const bool again = !rows_.empty() && name_of(rows_.back()) == entry.name;
    const std::uint64_t place = again ? rows_.back().name : names_.size();
    if (!again) names_.append(entry.name).append(1, '\0');
    rows_.push_back({place, set_file::sum_of(std::as_bytes(std::span(meaning))), entry.kind});
}

void CatalogSide::sort() {
    std::sort(rows_.begin(), rows_.end(), [this](const Row& a, const Row& b) {
        if (a.kind != b.kind) return a.kind < b.kind;
        const int names = a.name == b.name ? 0 : name_of(a).compare(name_of(b));
        return names != 0 ? names < 0 : a.meaning < b.meaning;
    });
    const auto same = [this](const Row& a, const Row& b) {
        return a.kind == b.kind && a.meaning == b.meaning && name_of(a) == name_of(b);
    };
    rows_.erase(std::unique(rows_.begin(), rows_.end(), same), rows_.end());
}

struct DifferenceMaker {
    using Row = CatalogSide::Row;
    CatalogSide& before;
    CatalogSide& now;
    std::vector<ChangedName> out{};
    std::size_t at_before = 0;
    std::size_t at_now = 0;

    // The kind and name of a row; "behind everything" at the end.
    using Key = std::tuple<bool, SignatureKind, std::string_view>;
    static Key key(const CatalogSide& side, std::size_t at) {
        if (at == side.rows_.size()) return {true, {}, {}};
        return {false, side.rows_[at].kind, side.name_of(side.rows_[at])};
    }

    void run() {
        before.sort();
        now.sort();
        while (at_before < before.rows_.size() || at_now < now.rows_.size()) {
            one_name(std::min(key(before, at_before), key(now, at_now)));
        }
    }

    void one_name(const Key& name) {
        std::size_t removed = 0;
        std::size_t added = 0;
        for (;;) {
            const bool old_one = key(before, at_before) == name;
            const bool new_one = key(now, at_now) == name;
            if (!old_one && !new_one) break;
            const bool both = old_one && new_one;
            const std::uint64_t old_meaning = old_one ? before.rows_[at_before].meaning : 0;
            const std::uint64_t new_meaning = new_one ? now.rows_[at_now].meaning : 0;
            const bool take_old = old_one && (!both || old_meaning <= new_meaning);
            const bool take_new = new_one && (!both || new_meaning <= old_meaning);
            at_before += take_old;
            at_now += take_new;
            removed += take_old && !take_new;
            added += take_new && !take_old;
        }
        const std::size_t changed = std::min(removed, added);
        tell(name, Change::added, added - changed);
        tell(name, Change::removed, removed - changed);
        tell(name, Change::changed, changed);
    }

    void tell(const Key& name, Change change, std::size_t count) {
        if (count != 0) out.push_back({std::get<1>(name), change, std::string(std::get<2>(name)), count});
    }
};

std::vector<ChangedName> difference(CatalogSide before, CatalogSide now) {
    DifferenceMaker maker{before, now};
    maker.run();
    return std::move(maker.out);
}

}  // namespace postern::signatures
