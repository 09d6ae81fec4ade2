// SPDX-License-Identifier: Apache-2.0
// ASCII only and without locale: what is read here must be read the same on every machine.
#include "corpora/lines.h"

#include <algorithm>

namespace postern::corpora {

std::string_view line_at(std::string_view text, std::size_t begin) {
    std::string_view line = text.substr(begin, longest_line);
    if (const std::size_t end = line.find('\n'); end != std::string_view::npos) {
        line = line.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
    }
    return line;
}

std::size_t next_line(std::string_view text, std::size_t begin) {
    const std::size_t end = text.find('\n', begin);
    return end == std::string_view::npos ? text.size() : end + 1;
}

std::string_view field_name(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    std::string_view name = line.substr(0, colon);
    while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
    const bool printable = std::ranges::all_of(name, [](char c) { return c > ' ' && c < 127; });
    return printable ? name : std::string_view{};
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool ends_ignoring_case(std::string_view text, std::string_view end) {
    return text.size() >= end.size() &&
           same_ignoring_case(text.substr(text.size() - end.size()), end);
}

}  // namespace postern::corpora
