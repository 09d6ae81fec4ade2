// SPDX-License-Identifier: Apache-2.0
// Request and Answer: what the supervisor asks a worker about one descriptor, and what it is told.
#pragma once

#include "engine/policy.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::engine::service {

enum class As : std::uint8_t { detect, message, file };

// The octets lie in the descriptor that comes with it, from 0 to its end.
struct Request {
    std::uint64_t ticket = 0;  // the supervisor's, for its answer
    As as = As::detect;
    std::string name;  // for `path`, and of a bare file for the rules about names
    bool wants_json = false;
};

struct Answer {
    Action decision = Action::defer;
    std::string reason;
    std::vector<std::string> found;        // reply_name.h
    std::vector<std::string> not_scanned;  // the coverage's reasons, each once
    std::string generation;
    std::uint64_t bytes = 0;
    std::string error;  // not empty: the octets could not be read
    std::string json;   // one line, where it was wanted
};

std::string pack(const Request& request);
std::string pack(const Answer& answer);
// Nothing: no such thing. An answer's texts are what a client may be told: names are one token,
// JSON is one line; a worker that says otherwise is not itself any more.
std::optional<Request> unpack_request(std::string_view octets);
std::optional<Answer> unpack_answer(std::string_view octets);

}  // namespace postern::engine::service
