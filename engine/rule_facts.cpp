// SPDX-License-Identifier: Apache-2.0
// Two tables beside that of the file types: only rules ask for these words.
#include "engine/rule_facts.h"

#include "engine/file_types.h"

#include <algorithm>
#include <array>

namespace postern::engine {

namespace {

struct Word {
    FileType type;
    std::string_view word;
};

// Of types that are not here the word is "UNKNOWN".
constexpr std::array file_words{
    Word{FileType::pe, "EXE"},         Word{FileType::ne, "EXE"},
    Word{FileType::dos, "EXE"},        Word{FileType::elf, "ELF"},
    Word{FileType::macho, "MACHO"},    Word{FileType::java_class, "CLASS"},
    Word{FileType::dex, "DEX"},        Word{FileType::msi, "MSI"},
    Word{FileType::lnk, "LNK"},        Word{FileType::chm, "CHM"},
    Word{FileType::jar, "JAR"},        Word{FileType::apk, "APK"},
    Word{FileType::ole2, "OLE"},       Word{FileType::ooxml, "ZIP"},
    Word{FileType::odf, "ZIP"},        Word{FileType::pdf, "PDF"},
    Word{FileType::rtf, "RTF"},        Word{FileType::swf, "SWF"},
    Word{FileType::png, "PNG"},        Word{FileType::gif, "GIF"},
    Word{FileType::jpeg, "JPG"},       Word{FileType::bmp, "BMP"},
    Word{FileType::tiff, "TIFF"},      Word{FileType::ico, "ICO"},
    Word{FileType::zip, "ZIP"},        Word{FileType::tar, "TAR"},
    Word{FileType::seven_zip, "7ZIP"}, Word{FileType::rar, "RAR"},
    Word{FileType::cab, "CAB"},        Word{FileType::iso, "ISO"},
    Word{FileType::gzip, "GZIP"},      Word{FileType::bzip2, "BZIP2"},
    Word{FileType::xz, "XZ"},          Word{FileType::html, "HTML"},
    Word{FileType::text, "TEXT"},      Word{FileType::script, "SCRIPT"},
    Word{FileType::mail, "MAIL"},
};

constexpr std::array media_types{
    Word{FileType::text, "text/plain"},
    Word{FileType::text_utf16, "text/plain"},
    Word{FileType::html, "text/html"},
    Word{FileType::hta, "text/html"},
    Word{FileType::mail, "message/rfc822"},
    Word{FileType::mbox, "application/mbox"},
    Word{FileType::script, "text/x-script"},
    Word{FileType::pe, "application/vnd.microsoft.portable-executable"},
    Word{FileType::ne, "application/x-msdownload"},
    Word{FileType::dos, "application/x-msdownload"},
    Word{FileType::elf, "application/x-executable"},
    Word{FileType::macho, "application/x-mach-binary"},
    Word{FileType::java_class, "application/java-vm"},
    Word{FileType::msi, "application/x-msi"},
    Word{FileType::lnk, "application/x-ms-shortcut"},
    Word{FileType::chm, "application/vnd.ms-htmlhelp"},
    Word{FileType::jar, "application/java-archive"},
    Word{FileType::apk, "application/vnd.android.package-archive"},
    Word{FileType::ole2, "application/x-ole-storage"},
    Word{FileType::ooxml, "application/vnd.openxmlformats-officedocument"},
    Word{FileType::odf, "application/vnd.oasis.opendocument"},
    Word{FileType::pdf, "application/pdf"},
    Word{FileType::rtf, "application/rtf"},
    Word{FileType::swf, "application/vnd.adobe.flash.movie"},
    Word{FileType::wasm, "application/wasm"},
    Word{FileType::png, "image/png"},
    Word{FileType::gif, "image/gif"},
    Word{FileType::jpeg, "image/jpeg"},
    Word{FileType::bmp, "image/bmp"},
    Word{FileType::tiff, "image/tiff"},
    Word{FileType::webp, "image/webp"},
    Word{FileType::ico, "image/vnd.microsoft.icon"},
    Word{FileType::zip, "application/zip"},
    Word{FileType::tar, "application/x-tar"},
    Word{FileType::seven_zip, "application/x-7z-compressed"},
    Word{FileType::rar, "application/vnd.rar"},
    Word{FileType::cab, "application/vnd.ms-cab-compressed"},
    Word{FileType::iso, "application/x-iso9660-image"},
    Word{FileType::tnef, "application/vnd.ms-tnef"},
    Word{FileType::gzip, "application/gzip"},
    Word{FileType::bzip2, "application/x-bzip2"},
    Word{FileType::xz, "application/x-xz"},
    Word{FileType::zstd, "application/zstd"},
};

std::string_view word_of(std::span<const Word> words, FileType type, std::string_view otherwise) {
    const auto row = std::ranges::find(words, type, &Word::type);
    return row == words.end() ? otherwise : row->word;
}

}  // namespace

signatures::yara::RuleFacts rule_facts_of(const Content& content, FileType type) {
    const std::string_view path = content.path;
    const std::size_t slash = path.rfind('/');
    return {content.names, path.substr(0, slash == path.npos ? 0 : slash),
            word_of(file_words, type, "UNKNOWN"), media_type_of(type)};
}

std::string_view media_type_of(FileType type) {
    return word_of(media_types, type, "application/octet-stream");
}

}  // namespace postern::engine
