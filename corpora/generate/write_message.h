// SPDX-License-Identifier: Apache-2.0
// Writing one message of the plan: a letter, attachments that fill it to its size, and what is
// planted.
#pragma once

#include "corpora/generate/plan.h"

#include <optional>
#include <string>

namespace postern::corpora {

struct WrittenMessage {
    std::string bytes;
    std::optional<Planted> planted;  // without its entity, which is in `bytes`
};

// The same for the same seed, number and plan, whatever was written before.
WrittenMessage write_message(std::uint64_t seed, std::size_t number, const MessagePlan& plan);

}  // namespace postern::corpora
