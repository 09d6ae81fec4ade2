// SPDX-License-Identifier: Apache-2.0
// The samples are the tree's own files, so base64 is decoded plainly: what is no letter of it is a
// line end.
#include "corpora/samples.h"

#include "corpora/open_file.h"

#include <algorithm>

namespace postern::corpora {
namespace {

constexpr std::string_view plain_end = ".eml";
constexpr std::string_view encoded_end = ".eml.b64";

std::string decoded(std::string_view text) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0;
    int held = 0;
    for (const char c : text) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) continue;
        bits = bits << 6 | static_cast<unsigned>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>(bits >> held & 0xff);
    }
    return out;
}

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
        if (encoded) sample.message = mime::Message::own(decoded(sample.message.text()));
        sample.verdict = open(folder / (sample.name + ".verdict")).text();
        samples.push_back(std::move(sample));
    }
    std::ranges::sort(samples, {}, &Sample::name);
    return samples;
}

}  // namespace postern::corpora
