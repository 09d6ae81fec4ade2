// SPDX-License-Identifier: Apache-2.0
// One descriptor a library, and behind it an array of thunks: a number, or the address of a name.
// All descriptors of a hostile file may share one endless array, so the functions are counted.
#include "signatures/executable/pe_imports.h"

#include "signatures/executable/ordinals.h"

#include <algorithm>

namespace postern::signatures::executable {

namespace {

constexpr std::uint32_t descriptor_length = 20;
constexpr std::uint32_t thunk_length = 4;
constexpr std::uint32_t by_ordinal = 0x80000000u;
constexpr std::uint32_t most_libraries = 1024;
constexpr std::size_t most_functions = 65536;
constexpr std::size_t most_searched_sections = 1024;
constexpr std::uint64_t longest_name = 256;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
    return out;
}

// Letters, digits, _ and .
bool is_function_name(std::string_view name) {
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '.';
    });
}

// Only the first dot is looked at.
std::string without_suffix(std::string library) {
    const std::size_t dot = library.find('.');
    if (dot == library.npos) return library;
    const std::string_view suffix = std::string_view(library).substr(dot, 4);
    if (suffix == ".dll" || suffix == ".ocx" || suffix == ".sys") library.resize(dot);
    return library;
}

class Reader {
public:
    Reader(const PeHeaders& pe, const View& view) : pe_(pe), view_(view) {}

    std::optional<std::string> read() {
        const PeDirectory& table = pe_.directories[import_directory];
        if (table.address == 0 || table.size == 0) return std::nullopt;
        if (pe_.sections.size() > most_searched_sections) return std::nullopt;
        const auto place = place_of(table.address);
        if (!place || !view_.has(*place, table.size)) return std::nullopt;
        std::uint64_t at = *place;
        std::uint32_t left = table.size;
        // What cannot be a whole descriptor and a little more is the end.
        for (std::uint32_t i = 0; left > descriptor_length && i < most_libraries; ++i) {
            if (view_.word(at + 12) == 0) break;
            if (!read_library(at)) return std::nullopt;
            at += descriptor_length;
            left -= descriptor_length;
        }
        return std::move(text_);
    }

private:
    std::optional<std::uint32_t> place_of(std::uint32_t address) const {
        return pe_.place_of(address, view_.size());
    }

    // Up to a NUL. Nothing: the file ends before a name could.
    std::optional<std::string_view> name_at(std::uint64_t at, std::uint64_t room) const {
        const std::uint64_t most = std::min(longest_name, room);
        if (most == 0 || !view_.has(at, most)) return std::nullopt;
        const std::string_view name = view_.text(at, static_cast<std::size_t>(most));
        return name.substr(0, name.find('\0'));
    }

    bool read_library(std::uint64_t descriptor) {
        const auto place = place_of(view_.word(descriptor + 12));
        if (!place) return false;
        const auto name = name_at(*place, view_.size() - std::min<std::uint64_t>(view_.size(), *place));
        if (!name) return false;
        std::optional<std::uint32_t> thunks;
        if (const std::uint32_t original = view_.word(descriptor)) thunks = place_of(original);
        if (!thunks || *thunks == 0) thunks = place_of(view_.word(descriptor + 16));
        return thunks && read_functions(*name, *thunks);
    }

    bool read_functions(std::string_view library, std::uint64_t thunks) {
        const std::string prefix = without_suffix(lower(library)) + '.';
        for (; view_.word(thunks) != 0; thunks += thunk_length) {
            if (++functions_ > most_functions) return false;
            const std::uint32_t thunk = view_.word(thunks);
            if ((thunk & by_ordinal) != 0) {
                add(prefix, function_of(library, thunk & 0xffff));
                continue;
            }
            // ClamAV looks for a name that is nowhere at the file's beginning.
            const std::uint64_t place = place_of(thunk).value_or(0);
            if (place > view_.size()) return false;
            const auto name = name_at(place + 2, view_.size() - place);
            if (!name) continue;
            if (!is_function_name(*name)) return false;
            add(prefix, lower(*name));
        }
        return true;
    }

    static std::string function_of(std::string_view library, std::uint32_t ordinal) {
        const std::string_view name = ordinal_name(library, ordinal);
        return name.empty() ? "ord" + std::to_string(ordinal) : lower(name);
    }

    void add(const std::string& prefix, const std::string& function) {
        if (!text_.empty()) text_ += ',';
        text_ += prefix;
        text_ += function;
    }

    const PeHeaders& pe_;
    const View& view_;
    std::string text_;
    std::size_t functions_ = 0;
};

}  // namespace

std::optional<std::string> import_text(const PeHeaders& pe, const View& view) {
    return Reader(pe, view).read();
}

}  // namespace postern::signatures::executable
