// SPDX-License-Identifier: Apache-2.0
// Content types: what a content lies in, by the names that ClamAV's signatures use for it.
//
// Logical signatures ask for the container of a content and for those around it. Who unfolds
// containers says what they are (Subject::containers); this room only compares.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace postern::signatures {

enum class ContentType : std::uint8_t {
    any, seven_zip, seven_zip_sfx, alz, apm, arj, arjsfx, autoit, binary_data, binhex, bz, cabsfx,
    cpio_crc, cpio_newc, cpio_odc, cpio_old, cryptff, dmg, egg, eggsfx, elf, gif, gpt, graphics,
    gz, html, html_utf16, hwp3, hwp5, hwpole2, ignored, internal, ishield_msi, iso9660, java,
    jpeg, lha_lzh, lnk, macho, macho_unibin, mail, mbr, mhtml, mscab, mschm, msexe, msole2, msppt,
    msszdd, msword, msxl, nulsft, old_tar, onenote, ooxml_hwp, ooxml_ppt, ooxml_word, ooxml_xl,
    part_any, part_hfsplus, pdf, png, posix_tar, ps, python_compiled, rar, rarsfx, riff, rtf,
    screnc, script, sfx, sis, swf, text_ascii, text_utf16be, text_utf16le, text_utf8, tiff, tnef,
    udf, uuencoded, xar, xdp, xml_hwp, xml_word, xml_xl, xz, zip, zipsfx,
};

// By its name in signature sources, "CL_TYPE_ZIP". Nothing: no such type is known.
std::optional<ContentType> content_type_named(std::string_view name);

// The other way round, without CL_TYPE_: "ZIP".
std::string_view name_of(ContentType type);

}  // namespace postern::signatures
