// SPDX-License-Identifier: Apache-2.0
// The order decides. A number at the very start wins over everything behind it, since that is what an
// opening program looks at; then what stands at fixed places further in; then text; and last what is
// found from the end.
#include "engine/identify.h"

#include "engine/compound_kind.h"
#include "engine/expand/zip_records.h"
#include "engine/file_types.h"
#include "engine/magic/leads.h"
#include "engine/octets.h"
#include "engine/text_kind.h"

#include <magic.h>

#include <optional>
#include <stdexcept>

// From magic/embed.S.
extern "C" const char postern_magic_begin[];
extern "C" const char postern_magic_end[];

namespace postern::engine {
namespace {

using namespace std::string_view_literals;

// The commonest attachments, whose first octets leave no doubt: libmagic would say the same, later.
std::optional<FileType> by_first_octets(Octets content) {
    switch (le32(content, 0)) {
        case 0x474e5089: return FileType::png;
        case 0x38464947: return FileType::gif;
        case 0x46445025: return FileType::pdf;
        case 0x04034b50: return FileType::zip;
        case 0xe011cfd0: return FileType::ole2;
        default: break;
    }
    if (has_at(content, 0, "\xff\xd8\xff")) return FileType::jpeg;
    if (has_at(content, 0, "\x1f\x8b\x08")) return FileType::gzip;
    return std::nullopt;
}

// The header's checksum counts its own field as blanks; some writers added signed characters.
bool is_tar(Octets content) {
    // "ustar" at 257 came late; the sum is in every tar there is, and hardly anywhere by chance.
    const Octets header = cut(content, 0, 512);
    if (header.size() < 512) return false;
    std::uint32_t sum = 0;
    std::int32_t signed_sum = 0;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const std::uint8_t octet = i >= 148 && i < 156 ? std::uint8_t{' '} : octet_at(header, i);
        sum += octet;
        signed_sum += static_cast<std::int8_t>(octet);
    }
    std::uint32_t stored = 0;
    std::size_t at = 148;
    while (at < 156 && octet_at(header, at) == ' ') ++at;
    const std::size_t first = at;
    for (; at < 156 && octet_at(header, at) >= '0' && octet_at(header, at) <= '7'; ++at)
        stored = stored * 8 + (octet_at(header, at) - '0');
    const bool sums = stored == sum || static_cast<std::int32_t>(stored) == signed_sum;
    return at > first && sums && sum > 256 && octet_at(header, 0) != 0;
}

bool is_lha(Octets content) {
    // The method's name between two dashes, and a header level that exists.
    const auto level = octet_at(content, 20);
    return has_at(content, 2, "-l") && octet_at(content, 6) == '-' && level <= 3 && content.size() > 21;
}

// The older LZMA format has no magic number: properties, window size, and a size that is believable.
bool is_lzma(Octets content) {
    if (octet_at(content, 0) != 0x5d || content.size() < 14 || octet_at(content, 13) != 0) return false;
    const std::uint32_t window = le32(content, 1);
    const bool power = window >= 4096 && ((window & (window - 1)) == 0 || window == 0xffffffff);
    const std::uint64_t size = le64(content, 5);
    return power && (size == ~std::uint64_t{0} || size < std::uint64_t{1} << 40);
}

// Two octets of version, "\r\n", fields by version, then the code object of the module.
bool is_pyc(Octets content) {
    if (!has_at(content, 2, "\r\n")) return false;
    // Where the code begins depends on the version, whose numbers grow every year: try all three.
    for (const std::size_t at : {std::size_t{8}, std::size_t{12}, std::size_t{16}}) {
        if ((octet_at(content, at) & 0x7f) == 'c') return true;
    }
    return false;
}

// The volume descriptors begin at sector 16; both standards may stand in one image (then ISO 9660 is first).
FileType disc_image_kind(Octets content) {
    for (const std::size_t sector : {std::size_t{16}, std::size_t{17}, std::size_t{18}, std::size_t{19}}) {
        const std::size_t at = sector * 2048 + 1;
        if (has_at(content, at, "CD001")) return FileType::iso;
        if (has_at(content, at, "NSR02") || has_at(content, at, "NSR03")) return FileType::udf;
    }
    return FileType::data;
}

FileType by_fixed_places(Octets content) {
    if (is_lha(content)) return FileType::lha;
    if (is_tar(content)) return FileType::tar;
    if (const FileType image = disc_image_kind(content); image != FileType::data) return image;
    if (is_lzma(content)) return FileType::lzma;
    if (is_pyc(content)) return FileType::pyc;
    return FileType::data;
}

// Readers of PDF take its header anywhere in the first kilobyte.
bool has_pdf_header(Octets content) {
    return text_of(content, 0, 1024 + 4).find("%PDF-") != std::string_view::npos;
}

// Trailers: what a disk image or a zip writer appended to octets that nobody knows.
FileType by_end(Octets content) {
    if (content.size() >= 512 && has_at(content, content.size() - 512, "conectix")) return FileType::vhd;
    if (content.size() >= 512 && has_at(content, content.size() - 512, "koly")) return FileType::dmg;
    return may_hold_zip(content) ? zip_kind(content) : FileType::data;
}

}  // namespace

struct Identifier::State {
    State() : cookie(magic_open(MAGIC_RAW | MAGIC_NO_CHECK_BUILTIN), &magic_close) {
        if (!cookie) throw std::runtime_error("libmagic cannot be opened");
        void* begin = const_cast<char*>(postern_magic_begin);  // libmagic only reads it
        std::size_t size = static_cast<std::size_t>(postern_magic_end - postern_magic_begin);
        if (magic_load_buffers(cookie.get(), &begin, &size, 1) != 0)
            throw std::runtime_error("the magic database cannot be loaded: " +
                                     std::string(magic_error(cookie.get())));
    }

    // The rules print names of the table and nothing else, so that an unknown name means no match.
    std::optional<FileType> ask(Octets content) {
        const char* name = magic_buffer(cookie.get(), content.data(), content.size());
        return name == nullptr ? std::nullopt : file_type_named(name);
    }

    std::unique_ptr<magic_set, decltype(&magic_close)> cookie;
};

Identifier::Identifier() : state_(std::make_unique<State>()) {}
Identifier::~Identifier() = default;
Identifier::Identifier(Identifier&&) noexcept = default;

FileType Identifier::identify(Octets content) {
    if (content.empty()) return FileType::empty;
    std::optional<FileType> type = by_first_octets(content);
    if (!type && magic::could_know(content)) type = state_->ask(content);
    if (type == FileType::ole2) return ole2_kind(content);
    if (type == FileType::zip) return zip_kind(content);
    // Any text may begin with "MZ", and no loader of today runs it for that.
    const bool doubtful = type == FileType::dos && looks_like_text(content);
    if (type && *type != FileType::data && !doubtful) return *type;
    if (const FileType found = by_fixed_places(content); found != FileType::data) return found;
    const FileType kind = text_kind(content);
    const bool plain = kind == FileType::text || kind == FileType::data;
    if (plain && has_pdf_header(content)) return FileType::pdf;
    return kind == FileType::data ? by_end(content) : kind;
}

bool may_hold_zip(Octets content) {
    const auto end = expand::last_end_record(content);
    return end && expand::central_entry_at(content, end->directory).has_value();
}

}  // namespace postern::engine
