// SPDX-License-Identifier: Apache-2.0
// The table of file types. A new type is a row here, a value in file_types.h, and usually a rule in
// magic/postern.magic; the order of rows is that of the enumeration (tests/engine/identify_test.cpp).
#include "engine/file_types.h"

#include <algorithm>
#include <array>

namespace postern::engine {
namespace {

using signatures::Target;

enum class Runs : std::uint8_t { no, yes };

struct Row {
    FileType type;
    std::string_view name;
    std::string_view description;
    Target target;
    Runs runs;
    ContainerKind container = ContainerKind::none;
};

using enum ContainerKind;

// ClamAV knows fewer kinds than we do: every MZ program is its target 1, scripts are text, what it does not
// know at all is "other", and what it knows without a target is seen by signatures for any target alone.
constexpr std::array rows{
    Row{FileType::data, "data", "unknown data", Target::other, Runs::no},
    Row{FileType::empty, "empty", "nothing", Target::any, Runs::no},
    Row{FileType::text, "text", "text", Target::text, Runs::no},
    Row{FileType::text_utf16, "text-utf16", "text in UTF-16", Target::text, Runs::no},
    Row{FileType::html, "html", "HTML page", Target::html, Runs::no},
    Row{FileType::mail, "mail", "mail message", Target::mail, Runs::no},
    Row{FileType::mbox, "mbox", "mailbox (mbox)", Target::mail, Runs::no},
    Row{FileType::script, "script", "script", Target::text, Runs::yes},
    Row{FileType::hta, "hta", "HTML application", Target::html, Runs::yes},
    Row{FileType::registry, "registry", "Windows registry entries", Target::text, Runs::yes},
    Row{FileType::internet_shortcut, "internet-shortcut", "Internet shortcut (URL)", Target::text,
        Runs::yes},
    Row{FileType::pe, "pe", "Windows program (PE)", Target::pe, Runs::yes},
    Row{FileType::ne, "ne", "16-bit Windows program", Target::pe, Runs::yes},
    Row{FileType::dos, "dos", "DOS program", Target::pe, Runs::yes},
    Row{FileType::elf, "elf", "Unix program (ELF)", Target::elf, Runs::yes},
    Row{FileType::macho, "macho", "macOS program (Mach-O)", Target::macho, Runs::yes},
    Row{FileType::java_class, "java-class", "Java class", Target::java, Runs::yes},
    Row{FileType::dex, "dex", "Android program (DEX)", Target::other, Runs::yes},
    Row{FileType::msi, "msi", "Windows Installer package", Target::ole2, Runs::yes},
    Row{FileType::lnk, "lnk", "Windows shortcut", Target::any, Runs::yes},
    Row{FileType::chm, "chm", "compiled HTML help", Target::any, Runs::yes},
    Row{FileType::hlp, "hlp", "Windows help", Target::other, Runs::yes},
    Row{FileType::pyc, "pyc", "compiled Python", Target::any, Runs::yes},
    Row{FileType::jar, "jar", "Java archive", Target::any, Runs::yes, zip},
    Row{FileType::apk, "apk", "Android package", Target::any, Runs::yes, zip},
    Row{FileType::appx, "appx", "Windows app package", Target::any, Runs::yes, zip},
    Row{FileType::ole2, "ole2", "OLE2 document", Target::ole2, Runs::no},
    Row{FileType::ooxml, "ooxml", "Office Open XML document", Target::any, Runs::no, zip},
    Row{FileType::odf, "odf", "OpenDocument or EPUB document", Target::any, Runs::no, zip},
    Row{FileType::pdf, "pdf", "PDF document", Target::pdf, Runs::no},
    Row{FileType::rtf, "rtf", "RTF document", Target::any, Runs::no},
    Row{FileType::swf, "swf", "Flash film", Target::flash, Runs::no},
    Row{FileType::wasm, "wasm", "WebAssembly module", Target::other, Runs::no},
    Row{FileType::png, "png", "PNG picture", Target::graphics, Runs::no},
    Row{FileType::gif, "gif", "GIF picture", Target::graphics, Runs::no},
    Row{FileType::jpeg, "jpeg", "JPEG picture", Target::graphics, Runs::no},
    Row{FileType::bmp, "bmp", "Windows bitmap", Target::graphics, Runs::no},
    Row{FileType::tiff, "tiff", "TIFF picture", Target::graphics, Runs::no},
    Row{FileType::webp, "webp", "WebP picture", Target::graphics, Runs::no},
    Row{FileType::ico, "ico", "Windows icon", Target::graphics, Runs::no},
    Row{FileType::cur, "cur", "Windows cursor", Target::graphics, Runs::no},
    Row{FileType::ani, "ani", "Windows animated cursor", Target::any, Runs::no},
    Row{FileType::zip, "zip", "zip archive", Target::any, Runs::no, zip},
    Row{FileType::tar, "tar", "tar archive", Target::any, Runs::no, archive},
    Row{FileType::seven_zip, "7z", "7-Zip archive", Target::any, Runs::no, archive},
    Row{FileType::rar, "rar", "RAR archive", Target::any, Runs::no, archive},
    Row{FileType::cab, "cab", "cabinet archive", Target::any, Runs::no, archive},
    Row{FileType::iso, "iso", "CD image (ISO 9660)", Target::any, Runs::no, archive},
    Row{FileType::udf, "udf", "disc image (UDF)", Target::any, Runs::no, sealed},
    Row{FileType::cpio, "cpio", "cpio archive", Target::any, Runs::no, archive},
    Row{FileType::ar, "ar", "ar archive or Debian package", Target::other, Runs::no, archive},
    Row{FileType::xar, "xar", "xar archive", Target::any, Runs::no, archive},
    Row{FileType::lha, "lha", "LHA archive", Target::any, Runs::no, archive},
    Row{FileType::arj, "arj", "ARJ archive", Target::any, Runs::no, sealed},
    Row{FileType::tnef, "tnef", "Outlook attachments (TNEF)", Target::any, Runs::no,
        ContainerKind::tnef},
    Row{FileType::wim, "wim", "Windows image", Target::other, Runs::no, sealed},
    Row{FileType::vhd, "vhd", "virtual disk (VHD)", Target::other, Runs::no, sealed},
    Row{FileType::vhdx, "vhdx", "virtual disk (VHDX)", Target::other, Runs::no, sealed},
    Row{FileType::dmg, "dmg", "macOS disk image", Target::any, Runs::no, sealed},
    Row{FileType::gzip, "gzip", "gzip stream", Target::any, Runs::no, stream},
    Row{FileType::bzip2, "bzip2", "bzip2 stream", Target::any, Runs::no, stream},
    Row{FileType::xz, "xz", "xz stream", Target::any, Runs::no, stream},
    Row{FileType::lzma, "lzma", "LZMA stream", Target::other, Runs::no, stream},
    Row{FileType::lzip, "lzip", "lzip stream", Target::other, Runs::no, stream},
    Row{FileType::zstd, "zstd", "Zstandard stream", Target::other, Runs::no, stream},
    Row{FileType::lz4, "lz4", "LZ4 stream", Target::other, Runs::no, stream},
    Row{FileType::compress, "compress", "compress (.Z) stream", Target::other, Runs::no, stream},
};

constexpr std::array types = [] {
    std::array<FileType, rows.size()> all{};
    for (std::size_t i = 0; i < rows.size(); ++i) all[i] = rows[i].type;
    return all;
}();

constexpr bool rows_are_in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].type) != i) return false;
    return true;
}
static_assert(rows_are_in_order(), "a row of the table is missing or out of place");

const Row& row_of(FileType type) { return rows[static_cast<std::size_t>(type)]; }

}  // namespace

std::string_view name_of(FileType type) { return row_of(type).name; }
std::string_view description_of(FileType type) { return row_of(type).description; }
signatures::Target target_of(FileType type) { return row_of(type).target; }
bool is_executable(FileType type) { return row_of(type).runs == Runs::yes; }
ContainerKind container_kind_of(FileType type) { return row_of(type).container; }
std::span<const FileType> all_file_types() { return types; }

std::optional<FileType> file_type_named(std::string_view name) {
    const auto row = std::ranges::find(rows, name, &Row::name);
    return row == rows.end() ? std::nullopt : std::optional(row->type);
}

}  // namespace postern::engine
