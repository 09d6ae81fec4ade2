// SPDX-License-Identifier: Apache-2.0
#include "tests/support/archive_writer.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <string_view>

namespace postern::tests {

namespace {

la_ssize_t append_written(struct archive*, void* out, const void* data, std::size_t n) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(data), n);
    return static_cast<la_ssize_t>(n);
}

}  // namespace

std::string archive_of(const char* format, const Files& files, const char* options) {
    // Some formats convert names from the character set of the locale.
    const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    const locale_t before = uselocale(utf8);
    std::string out;
    struct archive* writer = archive_write_new();
    archive_write_set_format_by_name(writer, format);
    archive_write_set_options(writer, options);
    archive_write_set_bytes_in_last_block(writer, 1);
    archive_write_open(writer, &out, nullptr, &append_written, nullptr);
    for (const auto& [name, content] : files) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
        archive_write_header(writer, entry);
        archive_write_data(writer, content.data(), content.size());
        archive_entry_free(entry);
    }
    archive_write_close(writer);
    archive_write_free(writer);
    uselocale(before);
    freelocale(utf8);
    return out;
}

std::string filtered(const char* filter, const std::string& content) {
    // libarchive 3.6's lz4 writer crashes on nothing at all: an empty frame as lz4(1) writes it.
    if (content.empty() && std::string_view(filter) == "lz4")
        return {"\x04\x22\x4d\x18\x64\x40\xa7\0\0\0\0\x05\x5d\xcc\x02", 15};
    std::string out;
    struct archive* writer = archive_write_new();
    archive_write_set_format_raw(writer);
    archive_write_add_filter_by_name(writer, filter);
    // Without the time of day in its header: one content gives one archive.
    if (std::string_view(filter) == "gzip") archive_write_set_options(writer, "gzip:!timestamp");
    archive_write_set_bytes_in_last_block(writer, 1);
    archive_write_open(writer, &out, nullptr, &append_written, nullptr);
    archive_entry* entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(writer, entry);
    archive_write_data(writer, content.data(), content.size());
    archive_entry_free(entry);
    archive_write_close(writer);
    archive_write_free(writer);
    return out;
}

Files read_back(const std::string& archive) {
    Files files;
    struct archive* reader = archive_read_new();
    archive_read_support_format_all(reader);
    archive_read_open_memory(reader, archive.data(), archive.size());
    archive_entry* entry = nullptr;
    while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
        std::string content, block(4096, '\0');
        for (la_ssize_t n; (n = archive_read_data(reader, block.data(), block.size())) > 0;)
            content.append(block.data(), static_cast<std::size_t>(n));
        files.emplace_back(archive_entry_pathname(entry), std::move(content));
    }
    archive_read_free(reader);
    return files;
}

}  // namespace postern::tests
