// SPDX-License-Identifier: Apache-2.0
// A folder may hold anything beside signatures (README, licences): what has no format is passed
// over.
#include "signatures/sources.h"

#include "signatures/unsupported.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>

namespace postern::signatures {

namespace {

struct Suffix {
    std::string_view suffix;
    Format format;
};

// A u at the end means "potentially unwanted".
constexpr std::array<Suffix, 28> suffixes{{
    {".db", Format::db},
    {".ndb", Format::ndb},
    {".ndu", Format::ndb},
    {".ldb", Format::ldb},
    {".ldu", Format::ldb},
    {".hdb", Format::digests},
    {".hdu", Format::digests},
    {".hsb", Format::digests},
    {".hsu", Format::digests},
    {".fp", Format::allowed_digests},
    {".sfp", Format::allowed_digests},
    {".mdb", Format::sections},
    {".mdu", Format::sections},
    {".msb", Format::sections},
    {".msu", Format::sections},
    {".imp", Format::imports},
    {".cdb", Format::members},
    {".zmd", Format::zip_members},
    {".rmd", Format::rar_members},
    {".sdb", Format::ndb},
    {".ftm", Format::file_types},
    {".cvd", Format::container},
    {".cld", Format::container},
    {".cud", Format::container},
    {".ign", Format::ign},
    {".ign2", Format::ign2},
    {".yar", Format::yara},
    {".yara", Format::yara},
}};

}  // namespace

std::optional<Format> format_of(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    if (dot == name.npos) return std::nullopt;
    for (const Suffix& row : suffixes) {
        if (name.substr(dot) == row.suffix) return row.format;
    }
    if (!why_unsupported(name).empty()) return Format::unsupported;
    return std::nullopt;
}

std::string read_suffixes() {
    std::string all;
    for (const Suffix& row : suffixes) {
        if (!all.empty()) all += ' ';
        all += row.suffix;
    }
    return all;
}

std::vector<std::filesystem::path> source_files(const std::filesystem::path& folder,
                                                std::error_code& error) {
    std::vector<std::filesystem::path> files;
    std::filesystem::recursive_directory_iterator walk(folder, error);
    while (!error && walk != std::filesystem::recursive_directory_iterator()) {
        std::error_code ignored;
        if (walk->is_regular_file(ignored) && format_of(walk->path().filename().string())) {
            files.push_back(walk->path());
        }
        walk.increment(error);
    }
    std::sort(files.begin(), files.end());
    return files;
}

FileText read_file(const std::filesystem::path& path, std::error_code& error) {
    FileText text;
    error.clear();
    const auto size = std::filesystem::file_size(path, error);
    if (error) return text;
    text.octets = std::make_unique_for_overwrite<char[]>(size);
    std::ifstream file(path, std::ios::binary);
    file.read(text.octets.get(), static_cast<std::streamsize>(size));
    text.size = static_cast<std::size_t>(file.gcount());
    if (!file) error = std::error_code(errno != 0 ? errno : EIO, std::generic_category());
    return text;
}

}  // namespace postern::signatures
