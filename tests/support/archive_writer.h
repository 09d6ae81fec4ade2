// SPDX-License-Identifier: Apache-2.0
// Archives by libarchive's writer: what honest programs make.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace postern::tests {

using Files = std::vector<std::pair<std::string, std::string>>;

// `format` as libarchive names it ("ustar"); `options` too ("zip:compression=store").
std::string archive_of(const char* format, const Files& files, const char* options = nullptr);

// One compressed stream, by a filter's name ("xz").
std::string filtered(const char* filter, const std::string& content);

// The plain second reader: libarchive over its own zip, names and octets.
Files read_back(const std::string& archive);

}  // namespace postern::tests
