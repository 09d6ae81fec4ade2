// SPDX-License-Identifier: Apache-2.0
// A table of the types that can hold others. What opens like a zip is a zip to signatures, but for the
// documents of Office: the first member in a folder named for an application says which.
#include "engine/container_type.h"

#include "engine/file_types.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace postern::engine {

namespace {

using signatures::ContentType;

struct Row {
    FileType file;
    ContentType content;
};

constexpr auto rows = std::to_array<Row>({
    {FileType::text, ContentType::text_ascii}, {FileType::text_utf16, ContentType::text_utf16le},
    {FileType::html, ContentType::html},       {FileType::mail, ContentType::mail},
    {FileType::mbox, ContentType::mail},       {FileType::script, ContentType::script},
    {FileType::pe, ContentType::msexe},        {FileType::elf, ContentType::elf},
    {FileType::macho, ContentType::macho},     {FileType::java_class, ContentType::java},
    {FileType::msi, ContentType::msole2},      {FileType::lnk, ContentType::lnk},
    {FileType::chm, ContentType::mschm},       {FileType::pyc, ContentType::python_compiled},
    {FileType::jar, ContentType::zip},         {FileType::apk, ContentType::zip},
    {FileType::appx, ContentType::zip},        {FileType::ole2, ContentType::msole2},
    {FileType::odf, ContentType::zip},         {FileType::pdf, ContentType::pdf},
    {FileType::rtf, ContentType::rtf},         {FileType::swf, ContentType::swf},
    {FileType::png, ContentType::png},         {FileType::gif, ContentType::gif},
    {FileType::jpeg, ContentType::jpeg},       {FileType::tiff, ContentType::tiff},
    {FileType::webp, ContentType::riff},       {FileType::ani, ContentType::riff},
    {FileType::zip, ContentType::zip},         {FileType::tar, ContentType::posix_tar},
    {FileType::seven_zip, ContentType::seven_zip}, {FileType::rar, ContentType::rar},
    {FileType::cab, ContentType::mscab},       {FileType::iso, ContentType::iso9660},
    {FileType::udf, ContentType::udf},         {FileType::cpio, ContentType::cpio_newc},
    {FileType::xar, ContentType::xar},         {FileType::lha, ContentType::lha_lzh},
    {FileType::arj, ContentType::arj},         {FileType::tnef, ContentType::tnef},
    {FileType::dmg, ContentType::dmg},         {FileType::gzip, ContentType::gz},
    {FileType::bzip2, ContentType::bz},        {FileType::xz, ContentType::xz},
});

struct Application {
    std::string_view folder;
    ContentType content;
};
constexpr std::array<Application, 3> applications{{{"word/", ContentType::ooxml_word},
                                                   {"xl/", ContentType::ooxml_xl},
                                                   {"ppt/", ContentType::ooxml_ppt}}};

// Office writes the folder among the first members; looking further would only find other files' data.
constexpr std::size_t most_members = 32;
constexpr std::string_view local_header("PK\x03\x04", 4);
constexpr std::size_t name_offset = 30;

ContentType office_type_of(std::string_view octets) {
    std::size_t at = octets.find(local_header);
    for (std::size_t i = 0; i < most_members && at != octets.npos; ++i) {
        const std::string_view name = octets.substr(std::min(at + name_offset, octets.size()));
        for (const Application& application : applications) {
            if (name.starts_with(application.folder)) return application.content;
        }
        at = octets.find(local_header, at + 1);
    }
    return ContentType::zip;
}

}  // namespace

signatures::ContentType container_type_of(FileType type, std::span<const std::byte> bytes) {
    if (type == FileType::ooxml) {
        return office_type_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [type](const Row& known) { return known.file == type; });
    return row == rows.end() ? ContentType::binary_data : row->content;
}

}  // namespace postern::engine
