// SPDX-License-Identifier: Apache-2.0
// The first header is read when the tar is opened, since only that tells a tar from something
// compressed; from then on the reader is always one header ahead.
#include "corpora/tar_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace postern::corpora {
namespace {

using namespace std::string_view_literals;

// gzip, bzip2, xz, zstd, lz4, lzip, compress.
constexpr std::array compressed_magics = {"\x1f\x8b"sv,
                                          "BZh"sv,
                                          "\xfd"
                                          "7zXZ\0"sv,
                                          "\x28\xb5\x2f\xfd"sv,
                                          "\x04\x22\x4d\x18"sv,
                                          "LZIP"sv,
                                          "\x1f\x9d"sv};

constexpr std::size_t block = 512;
constexpr std::size_t checksum_begin = 148;
constexpr std::size_t checksum_end = 156;

// The header's checksum is the sum of its octets, those of the field itself taken as blanks (POSIX
// ustar).
bool begins_like_tar(std::string_view bytes) {
    if (bytes.size() < block || bytes[0] == '\0') return false;
    unsigned sum = 0;
    unsigned stated = 0;
    for (std::size_t i = 0; i < block; ++i) {
        const bool in_field = i >= checksum_begin && i < checksum_end;
        const char c = bytes[i];
        sum += in_field ? ' ' : static_cast<unsigned char>(c);
        if (in_field && c >= '0' && c <= '7') stated = stated * 8 + static_cast<unsigned>(c - '0');
    }
    return sum == stated;
}

bool may_be_tar(std::string_view bytes) {
    return begins_like_tar(bytes) || std::ranges::any_of(compressed_magics, [&](auto magic) {
               return bytes.starts_with(magic);
           });
}

struct FreeArchive {
    void operator()(archive* a) const { archive_read_free(a); }
};
using Archive = std::unique_ptr<archive, FreeArchive>;

Archive open_archive(const mime::Message& file) {
    Archive reader(archive_read_new());
    archive* a = reader.get();
    if (a == nullptr) return reader;
    archive_read_support_format_tar(a);
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_lzip(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_lz4(a);
    archive_read_support_filter_compress(a);
    if (archive_read_open_memory(a, file.bytes().data(), file.size()) != ARCHIVE_OK) reader.reset();
    return reader;
}

std::string message_of(archive* a) {
    const char* text = archive_error_string(a);
    return std::string("damaged tar: ") + (text ? text : "no reason given");
}

// The plain name is missing when it cannot be said in the C locale; then the header was UTF-8.
std::string name_of(archive_entry* entry) {
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr) name = archive_entry_pathname_utf8(entry);
    std::string text = name ? name : "(unreadable name)";
    if (text.starts_with("./") && text.size() > 2) text.erase(0, 2);
    return text.empty() ? "(no name)" : text;
}

bool is_regular(archive_entry* entry) {
    return archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr;
}

}  // namespace

struct TarReader::State {
    mime::Message file;  // keeps the octets that libarchive reads
    Archive reader;
    archive_entry* entry = nullptr;  // the header read ahead; null when there is none
    std::string damage;              // why no further header could be read

    // To the next regular member.
    void advance() {
        entry = nullptr;
        archive_entry* next = nullptr;
        for (;;) {
            const int result = archive_read_next_header(reader.get(), &next);
            if (result == ARCHIVE_EOF) return;
            if (result == ARCHIVE_FATAL || result == ARCHIVE_RETRY) {
                damage = message_of(reader.get());
                return;
            }
            if (is_regular(next)) {
                entry = next;
                return;
            }
        }
    }

    // The member's octets; holes of a sparse member are zeros, as its reader would see them.
    void read_data(Member& member) {
        const void* data = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        int result = ARCHIVE_OK;
        while ((result = archive_read_data_block(reader.get(), &data, &size, &offset)) ==
                   ARCHIVE_OK ||
               result == ARCHIVE_WARN) {
            if (static_cast<std::uint64_t>(offset) + size > largest_member) {
                return fail(member, "larger than 1 GiB inside the tar");
            }
            if (static_cast<std::size_t>(offset) > member.bytes.size()) {
                member.bytes.resize(static_cast<std::size_t>(offset));
            }
            member.bytes.append(static_cast<const char*>(data), size);
        }
        if (result != ARCHIVE_EOF) return fail(member, message_of(reader.get()));
        fill_last_hole(member);
    }

    void fill_last_hole(Member& member) {
        const la_int64_t stated = archive_entry_size(entry);
        if (stated <= static_cast<la_int64_t>(member.bytes.size())) return;
        if (static_cast<std::uint64_t>(stated) > largest_member) {
            return fail(member, "larger than 1 GiB inside the tar");
        }
        member.bytes.resize(static_cast<std::size_t>(stated));
    }

    static void fail(Member& member, std::string why) {
        member.bytes = {};
        member.error = std::move(why);
    }
};

TarReader::TarReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
TarReader::~TarReader() = default;

std::unique_ptr<TarReader> TarReader::open(const mime::Message& file) {
    if (!may_be_tar(file.text())) return nullptr;
    auto state = std::make_unique<State>();
    state->file = file;
    state->reader = open_archive(file);
    if (!state->reader) return nullptr;
    state->advance();
    if (state->entry == nullptr) return nullptr;
    return std::unique_ptr<TarReader>(new TarReader(std::move(state)));
}

std::optional<TarReader::Member> TarReader::next() {
    if (state_->entry == nullptr) {
        if (state_->damage.empty()) return std::nullopt;
        return Member{{}, {}, std::exchange(state_->damage, {})};
    }
    Member member{name_of(state_->entry), {}, {}};
    state_->read_data(member);
    state_->advance();
    return member;
}

std::uint64_t TarReader::position() const {
    return static_cast<std::uint64_t>(
        std::max<la_int64_t>(0, archive_filter_bytes(state_->reader.get(), -1)));
}

}  // namespace postern::corpora
