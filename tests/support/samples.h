// SPDX-License-Identifier: Apache-2.0
// The sample mail of the tree, decoded where it is stored encoded.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace postern::tests {

struct Sample {
    std::string name;               // "eicar-in-zip"
    std::string message;            // its octets
    std::filesystem::path verdict;  // the golden file beside it
};

// All samples below corpora/samples, sorted by name.
std::vector<Sample> load_samples(const std::filesystem::path& source_folder);

}  // namespace postern::tests
