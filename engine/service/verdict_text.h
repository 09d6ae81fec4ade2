// SPDX-License-Identifier: Apache-2.0
// VERDICT's answers that no worker wrote: one line of JSON with the fields of `postern scan
// --format json`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postern::engine::service {

// Of whom the answer is: the command's name= and id=, and the octets that came.
struct Asked {
    std::string_view name;
    std::string_view id;
    std::uint64_t bytes = 0;
};

// It could not be read, or what was asked not understood: `error` says why. Deferred.
std::string unread_verdict(const Asked& asked, const std::string& error);
// It ended two workers. Deferred; coverage none, with the reason "scanner-failed".
std::string given_up_verdict(const Asked& asked, const std::string& generation);
// It came as a stream longer than streams may be. Rejected, as what is too long will be next time
// too.
std::string too_long_verdict(const Asked& asked, std::uint64_t most);

// Puts `id` first into the object. REQUIRES: `id` needs no escape (command.h).
std::string with_id(std::string json, std::string_view id);

}  // namespace postern::engine::service
