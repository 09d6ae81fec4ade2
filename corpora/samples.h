// SPDX-License-Identifier: Apache-2.0
// Samples: the mail of corpora/samples/, each message with the verdict that is expected of it.
//
// NAME.eml lies beside NAME.verdict. What a virus scanner on a developer's machine would take away
// is stored as NAME.eml.b64, the whole message in base64; here it comes out decoded.
#pragma once

#include "mime/message.h"

#include <filesystem>
#include <string>
#include <vector>

namespace postern::corpora {

struct Sample {
    std::string name;
    mime::Message message;
    std::string
        verdict;  // the text of NAME.verdict: a line with the decision, then one for each finding
};

// Sorted by name. Throws std::system_error when the folder or a file cannot be read.
std::vector<Sample> load_samples(const std::filesystem::path& folder);

}  // namespace postern::corpora
