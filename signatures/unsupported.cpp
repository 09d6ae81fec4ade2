// SPDX-License-Identifier: Apache-2.0
// One row a format.
#include "signatures/unsupported.h"

#include "signatures/clamav/lines.h"

#include <algorithm>
#include <array>

namespace postern::signatures {

namespace {

struct Reason {
    std::string_view suffix;
    std::string_view why;
};

constexpr auto reasons = std::to_array<Reason>({
    {".cbc", "bytecode: programs are not run on mail"},
    {".idb", "icon hashes: icons of programs are not compared"},
    {".pdb", "phishing URLs: links are not judged by their display"},
    {".gdb", "phishing URLs: links are not judged by the hash of their host"},
    {".wdb", "phishing URLs: links are not judged, so none need be allowed"},
    {".crb", "Authenticode certificates: signatures of programs are not checked"},
    {".cat", "Authenticode catalogs: signatures of programs are not checked"},
    {".cfg", "switches of ClamAV's engine: none of them is one of ours"},
    {".info", "a list of a container's members: it is checked within its container alone"},
    {".pwdb", "passwords of archives: encrypted members are reported, and not opened"},
    {".ioc", "OpenIOC documents: write their hashes as .hdb or .hsb"},
});

constexpr auto unwanted =
    std::to_array<std::string_view>({".ndu", ".ldu", ".hdu", ".hsu", ".mdu", ".msu"});

bool is_binary(std::string_view text) {
    return text.substr(0, 512).find('\0') != text.npos;
}

}  // namespace

std::string_view why_unsupported(std::string_view name) {
    const auto row = std::find_if(reasons.begin(), reasons.end(), [&](const Reason& reason) {
        return name.ends_with(reason.suffix);
    });
    return row == reasons.end() ? std::string_view() : row->why;
}

bool is_unwanted(std::string_view name) {
    return std::any_of(unwanted.begin(), unwanted.end(),
                       [&](std::string_view suffix) { return name.ends_with(suffix); });
}

std::size_t entries_of(std::string_view text) {
    if (is_binary(text)) return 1;
    std::size_t entries = 0;
    while (!text.empty()) {
        const std::string_view line = clamav::take_line(text);
        entries += !line.empty() && line[0] != '#';
    }
    return entries;
}

}  // namespace postern::signatures
