// SPDX-License-Identifier: Apache-2.0
// libarchive over memory. It is asked for one kind of archive only, the identified one: what else it would
// guess is not ours to follow. Errors end a member or the archive, never what already came out.
#include "engine/expand/archive.h"

#include "engine/utf8.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <array>
#include <new>

namespace postern::engine::expand {
namespace {

struct Free {
    void operator()(struct archive* a) const { archive_read_free(a); }
};
using Archive = std::unique_ptr<struct archive, Free>;

// libarchive converts names to the thread's character set, and loses them where that is ASCII.
class Utf8Names {
public:
    Utf8Names() : utf8_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
        if (utf8_ != nullptr) before_ = uselocale(utf8_);
    }
    ~Utf8Names() {
        if (utf8_ == nullptr) return;
        uselocale(before_);
        freelocale(utf8_);
    }
    Utf8Names(const Utf8Names&) = delete;
    Utf8Names& operator=(const Utf8Names&) = delete;

private:
    locale_t utf8_;
    locale_t before_ = nullptr;
};

Archive new_archive() {
    Archive archive(archive_read_new());
    if (!archive) throw std::bad_alloc();
    return archive;
}

// One type, one reader; rar alone has two, told apart by their own signatures.
void support(struct archive* archive, FileType type) {
    switch (type) {
        case FileType::seven_zip: archive_read_support_format_7zip(archive); break;
        case FileType::rar:
            archive_read_support_format_rar(archive);
            archive_read_support_format_rar5(archive);
            break;
        case FileType::cab: archive_read_support_format_cab(archive); break;
        case FileType::iso: archive_read_support_format_iso9660(archive); break;
        case FileType::lha: archive_read_support_format_lha(archive); break;
        case FileType::cpio: archive_read_support_format_cpio(archive); break;
        case FileType::ar: archive_read_support_format_ar(archive); break;
        case FileType::xar: archive_read_support_format_xar(archive); break;
        default: archive_read_support_format_tar(archive); break;
    }
}

std::string error_of(struct archive* archive) {
    const char* text = archive_error_string(archive);
    return text == nullptr ? "unreadable" : text;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::string name_of_entry(archive_entry* entry) {
    // Whichever form converts: names in unknown character sets have only one.
    if (const char* name = archive_entry_pathname_utf8(entry)) return name;
    if (const char* name = archive_entry_pathname(entry)) return name;
    std::string name;
    if (const wchar_t* wide = archive_entry_pathname_w(entry))
        for (; *wide != 0; ++wide) append_utf8(static_cast<char32_t>(*wide), name);
    return name;
}

// A window that cannot be had is a limit of ours and no fault of the archive.
bool wants_memory(std::string_view error) {
    return contains(error, "llocate") || contains(error, "memory");
}

// What libarchive says goes by kinds: a password is missing, a method is unknown, or octets are wrong.
void tell(Expansion& expansion, const std::string& member, const std::string& error) {
    if (contains(error, "ncrypt") || contains(error, "assphrase")) return expansion.encrypted(member, error);
    if (wants_memory(error)) return expansion.limited(member, Limit::dictionary);
    if (contains(error, "nsupported") || contains(error, "not supported"))
        return expansion.unsupported(member, error);
    expansion.damaged(member, error);
}

// The data of the present entry. A value is the error that ended them.
std::optional<std::string> read_data(struct archive* archive, Production& out) {
    std::optional<std::string> warning;
    for (;;) {
        const void* block = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        const int code = archive_read_data_block(archive, &block, &size, &offset);
        if (code == ARCHIVE_EOF) return warning;
        if (code < ARCHIVE_WARN) return error_of(archive);
        if (code == ARCHIVE_WARN) warning = error_of(archive);
        const auto so_far = static_cast<la_int64_t>(out.bytes().size());
        if (offset > so_far && !out.append_zeros(static_cast<std::uint64_t>(offset - so_far)))
            return warning;
        if (!out.append({static_cast<const std::byte*>(block), size})) return warning;
        if (!out.in_time()) return warning;
    }
}

// libarchive unpacks what is left of a solid archive's member to come to the next one, in one call that
// nobody could stop. So it is asked for piece by piece here, until it ends or time is up.
void pass_the_rest(struct archive* archive, const Budget& budget) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    int code = ARCHIVE_OK;
    while ((code == ARCHIVE_OK || code == ARCHIVE_WARN) && !budget.out_of_time()) {
        code = archive_read_data_block(archive, &block, &size, &offset);
    }
}

// Names alone can be encrypted too, and then the data are.
bool is_encrypted(archive_entry* entry) {
    return archive_entry_is_encrypted(entry) != 0 || archive_entry_is_metadata_encrypted(entry) != 0;
}

// In these, a member takes what it holds.
bool is_stored(struct archive* archive) {
    const int format = archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK;
    return format == ARCHIVE_FORMAT_TAR || format == ARCHIVE_FORMAT_CPIO ||
           format == ARCHIVE_FORMAT_AR;
}

// libarchive does not tell what a member takes in the archive. Folders and links are no members here.
void list(struct archive* archive, archive_entry* entry, Expansion& expansion) {
    if (archive_entry_filetype(entry) != AE_IFREG) return;
    signatures::MemberFacts facts;
    const std::string name = name_of_entry(entry);
    facts.name = name;
    facts.size = static_cast<std::uint64_t>(std::max<la_int64_t>(0, archive_entry_size(entry)));
    facts.packed_size = is_stored(archive) ? facts.size : 0;
    facts.encrypted = is_encrypted(entry);
    facts.position = expansion.next_position();
    expansion.listed(facts);
}

void expand_entry(struct archive* archive, archive_entry* entry, Expansion& expansion) {
    const std::string name = name_of_entry(entry);
    list(archive, entry, expansion);
    if (is_encrypted(entry)) return expansion.encrypted(name, archive_format_name(archive));
    Production out(expansion.budget());
    const std::optional<std::string> error = read_data(archive, out);
    if (error) tell(expansion, name, *error);
    if (out.refused() == Limit::member_bytes) pass_the_rest(archive, expansion.budget());
    // Links and folders have no data of their own; those that have some are no links to us.
    if (out.bytes().empty() && archive_entry_filetype(entry) != AE_IFREG) return;
    expansion.deliver({name, {}, !error, {}}, out);
}

// False when no further entry can be read.
bool next_entry(struct archive* archive, Expansion& expansion) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(archive, &entry);
    if (code == ARCHIVE_EOF) return false;
    if (code == ARCHIVE_FATAL) {
        const bool locked = archive_read_has_encrypted_entries(archive) == 1;
        tell(expansion, "", locked ? "encrypted names" : error_of(archive));
        return false;
    }
    if (!expansion.another(entry == nullptr ? "" : name_of_entry(entry))) return false;
    // A warning here is about a name or a date: the member can be read.
    if (code == ARCHIVE_OK || code == ARCHIVE_WARN) {
        expand_entry(archive, entry, expansion);
    } else {
        tell(expansion, "", error_of(archive));
    }
    return !expansion.stopped();
}

// A zip of one member, handed to libarchive in two pieces: a header made here, and the data as they lie.
struct Pieces {
    std::array<std::byte, 31> header{};
    Octets data;
    int given = 0;
};

la_ssize_t next_piece(struct archive*, void* client, const void** block) {
    auto& pieces = *static_cast<Pieces*>(client);
    const int n = pieces.given++;
    const Octets piece = n == 0 ? Octets(pieces.header) : n == 1 ? pieces.data : Octets();
    *block = piece.data();
    return static_cast<la_ssize_t>(piece.size());
}

// `value` in little-endian order, as many octets as there is room for.
void put(std::span<std::byte> at, std::uint64_t value) {
    for (std::byte& octet : at) {
        octet = static_cast<std::byte>(value & 0xff);
        value >>= 8;
    }
}

// The least that libarchive's streaming reader needs; the name is one letter and is not looked at.
void fill_header(std::span<std::byte> header, const ZipData& data) {
    put(header.subspan(0, 4), 0x04034b50);
    put(header.subspan(4, 2), 63);
    put(header.subspan(8, 2), data.method);
    put(header.subspan(14, 4), data.crc);
    put(header.subspan(18, 4), data.packed.size());
    put(header.subspan(22, 4), data.size);
    put(header.subspan(26, 2), 1);
    put(header.subspan(30, 1), 'x');
}

}  // namespace

void expand_archive(Octets archive_bytes, FileType type, Expansion& expansion) {
    // Only this thread's character set changes, and only until the last member is out.
    const Utf8Names utf8;
    const Archive archive = new_archive();
    support(archive.get(), type);
    if (archive_read_open_memory(archive.get(), archive_bytes.data(), archive_bytes.size()) != ARCHIVE_OK)
        return tell(expansion, "", error_of(archive.get()));
    while (next_entry(archive.get(), expansion)) {
    }
}

std::string unfilter(Octets stream, Production& out) {
    const Archive archive = new_archive();
    archive_read_support_filter_zstd(archive.get());
    archive_read_support_filter_lz4(archive.get());
    archive_read_support_filter_compress(archive.get());
    archive_read_support_format_raw(archive.get());
    archive_read_support_format_empty(archive.get());
    archive_entry* entry = nullptr;
    if (archive_read_open_memory(archive.get(), stream.data(), stream.size()) != ARCHIVE_OK)
        return error_of(archive.get());
    const int code = archive_read_next_header(archive.get(), &entry);
    if (code == ARCHIVE_EOF) return {};
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return error_of(archive.get());
    const std::string error = read_data(archive.get(), out).value_or("");
    if (wants_memory(error)) out.refuse(Limit::dictionary);
    return error;
}

std::string unzip_rare(const ZipData& data, Production& out) {
    Pieces pieces;
    pieces.data = data.packed;
    fill_header(pieces.header, data);
    const Archive archive = new_archive();
    archive_read_support_format_zip_streamable(archive.get());
    archive_entry* entry = nullptr;
    if (archive_read_open(archive.get(), &pieces, nullptr, &next_piece, nullptr) != ARCHIVE_OK ||
        archive_read_next_header(archive.get(), &entry) < ARCHIVE_WARN)
        return error_of(archive.get());
    return read_data(archive.get(), out).value_or("");
}

}  // namespace postern::engine::expand
