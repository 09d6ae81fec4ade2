// SPDX-License-Identifier: Apache-2.0
// Sentences: what the sender of a refused message reads. What was found, in which attachment, and what
// to do about it. Names from the message are made harmless first; a sentence is one line of plain text.
#pragma once

#include "engine/limits.h"
#include "engine/policy.h"
#include "engine/verdict.h"

#include <string>

namespace postern::engine {

std::string sentence_about(const Finding& finding, Action action, const Limits& limits);
std::string sentence_about(const Gap& gap);

// 104857600 → "104,857,600"
std::string grouped(std::uint64_t number);

}  // namespace postern::engine
