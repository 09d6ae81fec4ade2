// SPDX-License-Identifier: Apache-2.0
// Sources: which format a file has, by the end of its name, and the files of a folder.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace postern::signatures {

enum class Format { db, ndb, ldb, digests, allowed_digests, sections, imports, members,
                    zip_members, rar_members, ign, ign2, yara, container, file_types,
                    unsupported };

std::optional<Format> format_of(std::string_view name);

// The ends of all names that are read, divided by blanks.
std::string read_suffixes();

// Every regular file under `folder` whose name has a format, sorted.
std::vector<std::filesystem::path> source_files(const std::filesystem::path& folder,
                                                std::error_code& error);

// The octets of a file, held without having been cleared first: sources can have a gigabyte.
struct FileText {
    std::unique_ptr<char[]> octets;
    std::size_t size = 0;
    std::string_view view() const { return {octets.get(), size}; }
};

// The whole file. On failure `error` says why.
FileText read_file(const std::filesystem::path& path, std::error_code& error);

}  // namespace postern::signatures
