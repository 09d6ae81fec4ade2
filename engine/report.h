// SPDX-License-Identifier: Apache-2.0
// Reports: a verdict and its decision as a JSON line or as text for people.
//
// The order of fields is fixed, octets that are no UTF-8 are replaced, and nothing raw from a message
// reaches a terminal: every name went through printable_name.
#pragma once

#include "engine/explanation.h"
#include "engine/policy.h"
#include "engine/verdict.h"

#include <optional>
#include <string>

namespace postern::engine {

// One scanned thing: what it was called, what was found, what is to be done.
struct Report {
    std::string path;
    std::optional<std::size_t> index;  // within an mbox or tar
    Verdict verdict;
    Decision decision;
    double seconds = 0;
    std::string error;  // not empty: it could not be read, and the rest says nothing
};

// One line, no line end.
std::string to_json(const Report& report, const Explanation* explanation = nullptr);

// One or more lines, each with a line end.
std::string to_text(const Report& report);
std::string to_text(const Explanation& explanation);

}  // namespace postern::engine
