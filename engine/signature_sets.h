// SPDX-License-Identifier: Apache-2.0
// SignatureSets: what one scan asks of every content it decodes.
#pragma once

#include "signatures/signature_set.h"

#include <memory>

namespace postern::engine {

struct SignatureSets {
    // One set alone, as nearly everywhere.
    SignatureSets(std::shared_ptr<const signatures::SignatureSet> active_set)
        : active(std::move(active_set)) {}
    SignatureSets(std::shared_ptr<const signatures::SignatureSet> active_set,
                  std::shared_ptr<const signatures::SignatureSet> shadow_set)
        : active(std::move(active_set)), shadow(std::move(shadow_set)) {}

    std::shared_ptr<const signatures::SignatureSet> active;  // decides
    std::shared_ptr<const signatures::SignatureSet> shadow;  // is only listened to; null: there is none
};

}  // namespace postern::engine
