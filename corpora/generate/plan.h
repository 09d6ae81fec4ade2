// SPDX-License-Identifier: Apache-2.0
// The plan: how large each message is to be and what it carries, before the first octet is written.
//
// Planning first is what makes the total come out, and lets each message be written by itself, from
// its own stream of random numbers.
#pragma once

#include "corpora/generate/planting.h"
#include "corpora/generator.h"

#include <vector>

namespace postern::corpora {

struct MessagePlan {
    std::uint64_t size = 0;        // as sent, about
    bool has_attachments = false;  // beside what is planted
    Plant plant;
};

std::vector<MessagePlan> make_plan(const GeneratorOptions& options);

}  // namespace postern::corpora
