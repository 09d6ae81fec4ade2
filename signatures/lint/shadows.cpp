// SPDX-License-Identifier: Apache-2.0
// Of literals none of which begins another, the only one that a text can begin with is the greatest
// that does not come behind the text in order: one binary search finds it.
#include "signatures/lint/shadows.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace postern::signatures {

namespace {

struct General {
    std::string_view literal;
    std::size_t signature = 0;
    bool operator<(const General& other) const {
        return std::tie(literal, signature) < std::tie(other.literal, other.signature);
    }
};

// Sorted, and none begins another: what begins with the longer begins with the shorter too.
class Generals {
public:
    void add(General general) { rows_.push_back(general); }

    void seal() {
        std::sort(rows_.begin(), rows_.end());
        std::size_t kept = 0;
        for (const General& row : rows_) {
            if (kept == 0 || !row.literal.starts_with(rows_[kept - 1].literal)) rows_[kept++] = row;
        }
        rows_.resize(kept);
    }

    // The one that `text` begins with.
    const General* beginning(std::string_view text) const {
        text = text.substr(0, longest_shadow);
        const auto behind = std::upper_bound(
            rows_.begin(), rows_.end(), text,
            [](std::string_view a, const General& b) { return a < b.literal; });
        if (behind == rows_.begin()) return nullptr;
        const General& row = *std::prev(behind);
        return text.starts_with(row.literal) ? &row : nullptr;
    }
    bool empty() const { return rows_.empty(); }

private:
    std::vector<General> rows_;
};

bool is_one_literal_anywhere(const LintedSignature& signature) {
    return clamav::is_pure_literal(signature.body) && signature.offset.place == Place::anywhere;
}

bool is_general(const LintedSignature& signature) {
    return !signature.ignored && is_one_literal_anywhere(signature) &&
           signature.body.parts[0].elements[0].octets.size() <= longest_shadow;
}

// The first that stands in the literal. Where that is all of the signature, all of it does not count:
// it is itself, or its equal.
std::size_t shadow_in(std::string_view literal, const LintedSignature& of, const Generals& generals) {
    const std::size_t most = literal.size() - (is_one_literal_anywhere(of) ? 1 : 0);
    for (std::size_t i = 0; i < literal.size(); ++i) {
        const General* found = generals.beginning(literal.substr(i));
        if (found && found->literal.size() <= most) return found->signature;
    }
    return no_shadow;
}

std::size_t shadow_of(const LintedSignature& signature, const Generals& generals) {
    for (const clamav::Part& part : signature.body.parts) {
        for (const clamav::Element& element : part.elements) {
            if (element.kind != clamav::ElementKind::literal) continue;
            const std::size_t found = shadow_in(element.octets, signature, generals);
            if (found != no_shadow) return found;
        }
    }
    return no_shadow;
}

}  // namespace

std::vector<std::size_t> find_shadows(const std::vector<LintedSignature>& signatures) {
    std::array<Generals, target_count> generals;
    for (std::size_t i = 0; i < signatures.size(); ++i) {
        if (!is_general(signatures[i])) continue;
        generals[static_cast<std::size_t>(signatures[i].target)].add(
            {signatures[i].body.parts[0].elements[0].octets, i});
    }
    for (Generals& of_target : generals) of_target.seal();
    std::vector<std::size_t> shadows;
    for (const LintedSignature& signature : signatures) {
        const Generals& near = generals[static_cast<std::size_t>(signature.target)];
        shadows.push_back(near.empty() ? no_shadow : shadow_of(signature, near));
    }
    return shadows;
}

}  // namespace postern::signatures
