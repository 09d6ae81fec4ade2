// SPDX-License-Identifier: Apache-2.0
// Names as hostile senders write them and as clients show and save them.
//
// Each client cleans a name in its own way, so one name has several extensions: the variants are made one
// after the other, each from the last, and the extension of each is taken. Too many is harmless, since a
// policy refuses by any of them; too few lets a program through.
#include "engine/identify.h"

#include "engine/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace postern::engine {
namespace {

using namespace std::string_view_literals;

// A name longer than this is cut by every file system; the extension is at the end.
constexpr std::size_t longest_name = 4096;
constexpr std::size_t longest_extension = 64;
constexpr char32_t replacement = 0xfffd;

// One character of UTF-8; an octet that is none is its own (Latin-1) character.
char32_t next_character(std::string_view& text) {
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = octet(0);
    const std::size_t size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t c = size == 1 ? first : first & (0x7fU >> size);
    bool valid = size <= text.size() && first < 0xf8 && (first < 0x80 || size > 1);
    for (std::size_t i = 1; valid && i < size; ++i) {
        valid = (octet(i) & 0xc0) == 0x80;
        c = c << 6 | (octet(i) & 0x3fU);
    }
    text.remove_prefix(valid ? size : 1);
    return valid ? c : first;
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

// Characters that are not seen, or turn the direction of those that are.
bool is_invisible(char32_t c) {
    struct Range {
        char32_t first, last;
    };
    static constexpr Range ranges[]{
        {0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x061c, 0x061c}, {0x115f, 0x1160},
        {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f},
        {0x3164, 0x3164}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
        {0xe0000, 0xe0fff},
    };
    return std::ranges::any_of(ranges, [c](Range r) { return c >= r.first && c <= r.last; });
}

bool is_blank(char32_t c) {
    return c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
           c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0x2800 || c == '\t' ||
           c == '\r' || c == '\n';
}

// Letters and dots that compatibility normalisation, or an eye, takes for those of ASCII.
// Not all of NFKC: the characters of an extension are letters and digits, and these are their look-alikes
// that clients are known to normalise.
char32_t folded(char32_t c) {
    if (c >= 0xff01 && c <= 0xff5e) c -= 0xfee0;  // full width
    if (c == 0x2024 || c == 0x3002 || c == 0xff61 || c == 0xfe52) return '.';
    if (c >= 0x24b6 && c <= 0x24e9) return U'a' + (c - 0x24b6) % 26;      // circled
    if (c >= 0x1d400 && c <= 0x1d6a3) return U'a' + (c - 0x1d400) % 26;   // mathematical
    if (c == 0x017f) return 's';
    if (c == 0x212a) return 'k';
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

// Folded, and without what is not seen; blanks are blanks.
std::string cleaned(std::string_view name) {
    std::string clean;
    while (!name.empty()) {
        const char32_t c = folded(next_character(name));
        if (is_blank(c)) {
            clean += ' ';
        } else if (!is_control(c) && !is_invisible(c)) {
            append_utf8(c, clean);
        }
    }
    return clean;
}

std::string_view without_trailing(std::string_view name, std::string_view drop) {
    const std::size_t last = name.find_last_not_of(drop);
    return name.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::string_view extension_of(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

// "{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}": Windows takes it for a type and does not show it.
bool is_class_id(std::string_view extension) {
    return extension.size() == 38 && extension.front() == '{' && extension.back() == '}';
}

class Extensions {
public:
    // The extension, with and without blanks around it, and what a class identifier hides.
    void take(std::string_view name) {
        const std::string_view plain = without_trailing(name, ". \"'`");
        const std::string_view extension = extension_of(plain);
        add(extension);
        if (const std::size_t n = extension.find_first_not_of(' '); n != std::string_view::npos)
            add(extension.substr(n));
        add(extension.substr(0, extension.find(' ')));
        if (is_class_id(extension)) take_before(plain, extension);
    }

    std::vector<std::string> found() && { return std::move(found_); }

private:
    void take_before(std::string_view name, std::string_view extension) {
        const std::string_view before = without_trailing(name.substr(0, name.size() - extension.size()), ". ");
        if (!is_class_id(extension_of(before))) take(before);
    }

    void add(std::string_view extension) {
        if (extension.empty() || extension.size() > longest_extension) return;
        if (std::ranges::find(found_, extension) == found_.end()) found_.emplace_back(extension);
    }

    std::vector<std::string> found_;
};

// The name of the file itself: behind folders, before a stream of NTFS.
std::string_view file_part(std::string_view name) {
    const std::size_t slash = without_trailing(name, "/\\ ").find_last_of("/\\");
    return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

// What the several parts of a cleaned name could be opened as.
void take_variants(std::string_view name, Extensions& extensions) {
    name = without_trailing(name, "/\\");
    extensions.take(name);
    extensions.take(file_part(name));
    // "a.exe:stream", "a.exe::$DATA", "c:a.exe": both sides of each colon.
    for (std::size_t colon = name.find(':'), n = 0; colon != std::string_view::npos && n < 8;
         colon = name.find(':', colon + 1), ++n)
        extensions.take(name.substr(0, colon));
}

}  // namespace

std::vector<std::string> extensions_of(std::string_view name) {
    if (name.size() > longest_name) name = name.substr(name.size() - longest_name);
    Extensions extensions;
    const std::string whole = cleaned(name);
    take_variants(whole, extensions);
    // The same octets before cleaning: a reader in C ends a name at the first NUL.
    // Some clients end a name at the first control character, or at a quote or semicolon.
    constexpr std::string_view enders = "\0\r\n\t\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x1b\x7f"sv;
    if (const std::size_t end = name.find_first_of(enders); end != std::string_view::npos)
        take_variants(cleaned(name.substr(0, end)), extensions);
    if (const std::size_t end = whole.find_first_of("\";|<>?*"); end != std::string_view::npos)
        take_variants(std::string_view(whole).substr(0, end), extensions);
    return std::move(extensions).found();
}

std::string printable_name(std::string_view name) {
    std::string printable;
    bool cut_short = name.size() > longest_name;
    if (cut_short) name = name.substr(0, longest_name);
    while (!name.empty()) {
        const bool single = static_cast<unsigned char>(name.front()) >= 0x80;
        const std::size_t before = name.size();
        char32_t c = next_character(name);
        const bool broken = single && before - name.size() == 1;
        if (broken || is_control(c) || is_invisible(c) || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
            c = replacement;
        append_utf8(c, printable);
    }
    if (cut_short) printable += "…";
    return printable;
}

}  // namespace postern::engine
