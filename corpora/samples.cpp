// SPDX-License-Identifier: Apache-2.0
// A folder of the tree's own files: what is missing or cannot be read is a fault of the tree, and thrown.
#include "corpora/samples.h"

#include "corpora/generate/encode.h"
#include "corpora/open_file.h"

#include <algorithm>

namespace postern::corpora {
namespace {

constexpr std::string_view plain_end = ".eml";
constexpr std::string_view encoded_end = ".eml.b64";

mime::Message open(const std::filesystem::path& path) {
    std::string error;
    mime::Message message = open_file(path.string(), error);
    if (!error.empty()) {
        throw std::system_error(std::make_error_code(std::errc::io_error),
                                path.string() + ": " + error);
    }
    return message;
}

}  // namespace

std::vector<Sample> load_samples(const std::filesystem::path& folder) {
    std::vector<Sample> samples;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string file = entry.path().filename().string();
        const bool encoded = file.ends_with(encoded_end);
        if (!encoded && !file.ends_with(plain_end)) continue;
        Sample sample;
        sample.name = file.substr(0, file.size() - (encoded ? encoded_end : plain_end).size());
        sample.message = open(entry.path());
        if (encoded) sample.message = mime::Message::own(decoded_base64(sample.message.text()));
        sample.verdict = open(folder / (sample.name + ".verdict")).text();
        samples.push_back(std::move(sample));
    }
    std::ranges::sort(samples, {}, &Sample::name);
    return samples;
}

}  // namespace postern::corpora
