// SPDX-License-Identifier: Apache-2.0
#include "tests/support/samples.h"

#include "tests/support/command.h"

#include <algorithm>

namespace postern::tests {

namespace fs = std::filesystem;

namespace {

int value_of(char c) {
    static const std::string alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t at = alphabet.find(c);
    return at == std::string::npos ? -1 : static_cast<int>(at);
}

// Plain on purpose: the decoder under test is not used to prepare the test.
std::string decoded(const std::string& text) {
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        const int value = value_of(c);
        if (value < 0) continue;
        bits = bits << 6 | static_cast<unsigned>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out.push_back(static_cast<char>(bits >> count & 0xff));
    }
    return out;
}

}  // namespace

std::vector<Sample> load_samples(const fs::path& source_folder) {
    std::vector<Sample> samples;
    for (const auto& entry : fs::directory_iterator(source_folder / "corpora/samples")) {
        const std::string file = entry.path().filename().string();
        const bool encoded = file.ends_with(".eml.b64");
        if (!encoded && !file.ends_with(".eml")) continue;
        Sample sample;
        sample.name = file.substr(0, file.rfind(".eml"));
        sample.message = read_file(entry.path());
        if (encoded) sample.message = decoded(sample.message);
        sample.verdict = entry.path().parent_path() / (sample.name + ".verdict");
        samples.push_back(std::move(sample));
    }
    std::sort(samples.begin(), samples.end(),
              [](const Sample& a, const Sample& b) { return a.name < b.name; });
    return samples;
}

}  // namespace postern::tests
