// SPDX-License-Identifier: Apache-2.0
// The service's answer, the line of `postern scan --format json`, read back into a Report.
//
// Read strictly: a field that is missing, twice there or of another kind, a decision nobody knows,
// a coverage that contradicts itself make it no answer at all. Fields that are not known are left
// alone, so that a newer service can say more.
#pragma once

#include "engine/report.h"

#include <optional>
#include <string>
#include <string_view>

namespace postern::engine::service::client {

// Nothing, and why in `failure`, when it is no whole answer. The decision's findings stand in the
// verdict too: an answer does not say which of them the policy added.
std::optional<Report> parse_answer(std::string_view json, std::string& failure);

}  // namespace postern::engine::service::client
