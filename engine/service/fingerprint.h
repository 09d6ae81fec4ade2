// SPDX-License-Identifier: Apache-2.0
// Fingerprint: what is kept of a message that ended two workers, for who looks into it.
#pragma once

#include "engine/service/events.h"

#include <filesystem>
#include <string>

namespace postern::engine::service {

struct Fingerprint {
    std::string sha256;   // hex; empty: it cannot be read
    std::string kept_in;  // the file; empty: none is wanted, or it could not be written
    std::string error;    // why not
};

struct Culprit {
    int descriptor = -1;
    std::uint64_t bytes = 0;
    std::string name;
    std::string id;
    WorkerEnd end = WorkerEnd::crashed;
    int signal = 0;
    std::string generation;
};

// Reads the octets and writes a JSON file "TIME-SHA256.json" into `folder`; no octet of the message
// is in it.
Fingerprint take_fingerprint(const Culprit& culprit, const std::filesystem::path& folder);

}  // namespace postern::engine::service
