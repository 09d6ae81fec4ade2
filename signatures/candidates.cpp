// SPDX-License-Identifier: Apache-2.0
// Merging appends: finish() sorts.
#include "signatures/candidates.h"

namespace postern::signatures {

Candidates::Candidates() : data_(std::make_unique<Data>()) {}
Candidates::~Candidates() = default;
Candidates::Candidates(Candidates&&) noexcept = default;
Candidates& Candidates::operator=(Candidates&&) noexcept = default;

void Candidates::merge(Candidates&& other) {
    if (!other.data_) return;
    const auto append = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(data_->found, other.data_->found);
    append(data_->candidates, other.data_->candidates);
    other.data_->found.clear();
    other.data_->candidates.clear();
}

}  // namespace postern::signatures
