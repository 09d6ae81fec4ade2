// SPDX-License-Identifier: Apache-2.0
// Judgement: from what the scanner reports to what the session says behind the final dot.
#pragma once

#include "engine/report.h"
#include "relay/reply.h"

#include <string>
#include <string_view>

namespace postern::relay {

struct Judgement {
    engine::Action action = engine::Action::defer;
    Reply reply;         // what the client is told; of accept and hold only if the message gets into the queue
    std::string reason;  // of anything but accept, for logs and for whoever looks at held mail; one line
};

// `id` is the reference that the reply names. `message_size`: the limit in force, for sentences about it.
Judgement judge(const engine::Report& report, std::string_view id, std::uint64_t message_size);

// "complete", "partial"
std::string_view coverage_of(const engine::Report& report);

}  // namespace postern::relay
