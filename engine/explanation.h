// SPDX-License-Identifier: Apache-2.0
// Explanation: how a verdict came about, for `--explain`. Gathered only when somebody asks.
#pragma once

#include "engine/content.h"
#include "engine/file_type.h"
#include "mime/entity.h"
#include "mime/reading.h"

#include <string>
#include <vector>

namespace postern::engine {

class SubjectWatch;

// One content that was looked at.
struct ContentStep {
    std::string path;
    std::vector<std::string> names;
    std::string reading;  // "base64, declared"; empty for members of containers
    mime::ByteRange range;  // of its encoded form in what was parsed; empty for members
    std::uint64_t size = 0;
    FileType type{};
    Wrapping wrapping = Wrapping::none;
    double identify_seconds = 0;
    double match_seconds = 0;
    double expand_seconds = 0;  // its members included where they were not scanned by another thread
};

// One message that was parsed: the message itself, or one found inside it.
struct MessageStep {
    std::string path;
    mime::Entity root;
    double parse_seconds = 0;
};

// Sorted by path when scan() returns. REQUIRES: one Explanation for one scan.
struct Explanation {
    std::vector<MessageStep> messages;
    std::vector<ContentStep> contents;
    double seconds = 0;
    // Asked for by whoever makes this: sees all that is matched. REQUIRES: the scanner has one thread.
    SubjectWatch* watch = nullptr;
    bool serial_again = false;  // a limit was met, so the answer was made again in serial order
};

}  // namespace postern::engine
