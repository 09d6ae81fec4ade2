// SPDX-License-Identifier: Apache-2.0
// The names stand in the order of the enumeration, without what they all begin with.
#include "signatures/content_type.h"

#include <algorithm>
#include <array>

namespace postern::signatures {

namespace {

constexpr std::string_view prefix = "CL_TYPE_";

constexpr auto names = std::to_array<std::string_view>({
    "ANY", "7Z", "7ZSFX", "ALZ", "APM", "ARJ", "ARJSFX", "AUTOIT", "BINARY_DATA", "BINHEX", "BZ",
    "CABSFX", "CPIO_CRC", "CPIO_NEWC", "CPIO_ODC", "CPIO_OLD", "CRYPTFF", "DMG", "EGG", "EGGSFX",
    "ELF", "GIF", "GPT", "GRAPHICS", "GZ", "HTML", "HTML_UTF16", "HWP3", "HWP5", "HWPOLE2",
    "IGNORED", "INTERNAL", "ISHIELD_MSI", "ISO9660", "JAVA", "JPEG", "LHA_LZH", "LNK", "MACHO",
    "MACHO_UNIBIN", "MAIL", "MBR", "MHTML", "MSCAB", "MSCHM", "MSEXE", "MSOLE2", "MSPPT",
    "MSSZDD", "MSWORD", "MSXL", "NULSFT", "OLD_TAR", "ONENOTE", "OOXML_HWP", "OOXML_PPT",
    "OOXML_WORD", "OOXML_XL", "PART_ANY", "PART_HFSPLUS", "PDF", "PNG", "POSIX_TAR", "PS",
    "PYTHON_COMPILED", "RAR", "RARSFX", "RIFF", "RTF", "SCRENC", "SCRIPT", "SFX", "SIS", "SWF",
    "TEXT_ASCII", "TEXT_UTF16BE", "TEXT_UTF16LE", "TEXT_UTF8", "TIFF", "TNEF", "UDF", "UUENCODED",
    "XAR", "XDP", "XML_HWP", "XML_WORD", "XML_XL", "XZ", "ZIP", "ZIPSFX",
});
static_assert(names.size() == static_cast<std::size_t>(ContentType::zipsfx) + 1);

}  // namespace

std::optional<ContentType> content_type_named(std::string_view name) {
    if (!name.starts_with(prefix)) return std::nullopt;
    const auto found = std::find(names.begin(), names.end(), name.substr(prefix.size()));
    if (found == names.end()) return std::nullopt;
    return static_cast<ContentType>(found - names.begin());
}

std::string_view name_of(ContentType type) { return names[static_cast<std::size_t>(type)]; }

}  // namespace postern::signatures
