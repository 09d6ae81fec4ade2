// SPDX-License-Identifier: Apache-2.0
// A queued message as one line of JSON: for `postern queue list` and `show`.
#pragma once

#include "relay/queue_tool.h"

#include <string>

namespace postern::app {

std::string json_line(const relay::QueuedMessage& message);
// With every attempt.
std::string json_line(const relay::QueuedMessage& message,
                      const std::vector<relay::QueueTool::AttemptRow>& attempts);

}  // namespace postern::app
