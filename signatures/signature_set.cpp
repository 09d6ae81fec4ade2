// SPDX-License-Identifier: Apache-2.0
// The set answers from its tables; what needs memory of its own is in the Matcher.
#include "signatures/signature_set.h"

#include "signatures/hasher.h"
#include "signatures/lookup.h"
#include "signatures/tables.h"

namespace postern::signatures {

SignatureSet::SignatureSet(std::unique_ptr<const Tables> tables) : tables_(std::move(tables)) {}
SignatureSet::~SignatureSet() = default;

std::string_view SignatureSet::generation() const {
    return tables_->generation;
}
const SetStatistics& SignatureSet::statistics() const {
    return tables_->statistics;
}

DigestKinds SignatureSet::wanted_digests(std::uint64_t size) const {
    return tables_->digests.wanted(size);
}

bool SignatureSet::has_allow_list() const {
    return tables_->allowed.size() != 0;
}

bool SignatureSet::has_rules() const {
    return tables_->compiled_rules != nullptr;
}

bool SignatureSet::allows(std::span<const std::byte> content) const {
    const DigestKinds kinds = tables_->allowed.wanted(content.size());
    if (kinds.empty()) return false;
    const Digests digests = Hasher().digest(content, kinds);
    return !names_of(tables_->allowed, digests, content.size()).empty();
}

}  // namespace postern::signatures
