// SPDX-License-Identifier: Apache-2.0
// File types: what a content is, told from its octets. One row of a table each (file_type.cpp).
//
// The magic database of our own (engine/magic/postern.magic) answers with these names; reading it is
// identify.h. The table also says which ClamAV target a type is, and whether it runs when opened.
#pragma once

#include "signatures/target.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace postern::engine {

enum class FileType : std::uint8_t;  // the rows of the table, see file_types.h

std::string_view name_of(FileType type);                  // "pe": what policies and reports say
std::string_view description_of(FileType type);           // "Windows program (PE)": what people read
std::optional<FileType> file_type_named(std::string_view name);
signatures::Target target_of(FileType type);
bool is_executable(FileType type);  // refused by the default policy
std::span<const FileType> all_file_types();

}  // namespace postern::engine
