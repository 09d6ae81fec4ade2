// SPDX-License-Identifier: Apache-2.0
// A smallest content of each type, and contents that pretend.
#include "engine/identify.h"
#include "engine/text_kind.h"

#include "engine/file_types.h"
#include "engine/magic/leads.h"

#include "tests/engine/expanding.h"
#include "tests/engine/zip_builder.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <set>

namespace postern::tests {
namespace {

using namespace std::string_literals;
using engine::FileType;

std::string at(std::size_t offset, const std::string& what, std::size_t size) {
    std::string content(std::max(size, offset + what.size()), '\0');
    content.replace(offset, what.size(), what);
    return content;
}

// An MZ header whose pointer leads to `new_header`.
std::string program(const std::string& new_header) {
    std::string content = at(0, "MZ\x90\0"s, 256);
    content.replace(0x3c, 4, little(128, 4));
    return content.replace(128, new_header.size(), new_header);
}

// A compound file of two sectors: header, and a directory whose root has the given class.
std::string ole2(std::uint8_t class_octet) {
    std::string content = at(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"s, 2048);
    content.replace(30, 2, little(9, 2));
    content.replace(48, 4, little(1, 4));
    const std::string class_id = "\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"s;
    return content.replace(1024 + 80, 16, static_cast<char>(class_octet) + class_id);
}

// A header block of which only name and checksum are right, and the end block.
std::string tar() {
    std::string header(512, '\0');
    header.replace(0, 5, "a.txt");
    header.replace(148, 8, 8, ' ');
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    char octal[8];
    std::snprintf(octal, sizeof octal, "%06o", sum);
    return header.replace(148, 7, std::string(octal, 6) + '\0') + std::string(512, '\0');
}

std::string zip_with(const std::string& name) {
    return zip_of({entry_of("first", "x"), entry_of(name, "y")});
}

std::string mail() {
    return "Received: from a by b\r\nFrom: a@example.org\r\nSubject: hello\r\n\r\ntext\r\n";
}

const std::vector<std::pair<FileType, std::string>>& samples() {
    static const std::vector<std::pair<FileType, std::string>> all{
        {FileType::empty, ""},
        {FileType::data, "\x01\x02\x03\x04\x05"},
        {FileType::text, "just a line of text\n"},
        {FileType::text, "gr\xfc\xdf" "e aus Z\xfcrich\n"},
        {FileType::text, "MZ is a prefix in this text, and no program\n"},
        {FileType::text, "#!AMR is no script, and #! neither\n"},
        {FileType::text, "a < b and c > d\n"},
        {FileType::text_utf16, "\xff\xfeh\0i\0\r\0\n\0"s},
        {FileType::html, "<!DOCTYPE html><html><body>x</body></html>"},
        {FileType::html, "\xef\xbb\xbf  <HTML>"},
        {FileType::mail, mail()},
        {FileType::mail, "\r\n" + mail()},
        {FileType::mbox, "From a@example.org Mon Jan  1 00:00:00 2024\n" + mail()},
        {FileType::script, "#!/bin/sh\necho\n"},
        {FileType::script, "\xef\xbb\xbf#! /usr/bin/env python3\n"},
        {FileType::script, "#!perl -w\n"},
        {FileType::script, "@echo off\r\ndel x\r\n"},
        {FileType::script, "\r\n@ECHO OFF"},
        {FileType::script, "#@~^gwAAAA==xx"},
        {FileType::script, "<job id=\"x\"><script language=\"VBScript\">x</script></job>"},
        {FileType::script, "<?xml version=\"1.0\"?><scriptlet><script>x</script></scriptlet>"},
        {FileType::hta, "<html><head><HTA:APPLICATION ID=\"x\"></head>"},
        {FileType::registry, "REGEDIT4\r\n"},
        {FileType::registry, "\xff\xfeW\0i\0n\0d\0o\0w\0s\0 \0R\0e\0g\0i\0s\0t\0r\0y\0 \0E\0d\0i\0t\0o\0r\0 \0V\0e\0r\0s\0i\0o\0n\0"s},
        {FileType::internet_shortcut, "[InternetShortcut]\r\nURL=http://example.org/\r\n"},
        {FileType::pe, program("PE\0\0"s)},
        {FileType::pe, program("PE\0\0"s) + zip_with("inside")},
        {FileType::ne, program("NE\5\1")},
        {FileType::dos, program("")},
        {FileType::dos, "MZ\x01\x02"},
        {FileType::elf, "\x7f" "ELF\2\1\1\0"s},
        {FileType::macho, "\xcf\xfa\xed\xfe\x07\0\0\1"s},
        {FileType::macho, "\xca\xfe\xba\xbe\0\0\0\2\1\0\0\7"s},
        {FileType::java_class, "\xca\xfe\xba\xbe\0\0\0\x34\0\x10"s},
        {FileType::dex, "dex\n035\0"s},
        {FileType::msi, ole2(0x84)},
        {FileType::msi, ole2(0x82)},
        {FileType::msi, ole2(0x86)},
        {FileType::ole2, ole2(0x85)},
        {FileType::ole2, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"s},
        {FileType::lnk, "L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"s},
        {FileType::chm, "ITSF\3\0\0\0"s},
        {FileType::hlp, "?_\3\0\0\0\0\0"s},
        {FileType::pyc, "\x6f\x0d\r\n\0\0\0\0\0\0\0\0\0\0\0\0\xe3\0\0\0"s},
        {FileType::jar, zip_with("META-INF/MANIFEST.MF")},
        {FileType::apk, zip_with("AndroidManifest.xml")},
        {FileType::appx, zip_with("AppxManifest.xml")},
        {FileType::ooxml, zip_with("[Content_Types].xml")},
        {FileType::ooxml, zip_parts({entry_of("[Content_Types].xml", "x")}).members},
        {FileType::odf, zip_with("mimetype")},
        {FileType::zip, zip_with("other")},
        {FileType::zip, std::string("PK\5\6", 4) + std::string(18, '\0')},
        {FileType::zip, "\1\2\3 some octets before it" + zip_with("other")},
        {FileType::pdf, "%PDF-1.7\n"},
        {FileType::pdf, "\n\n %PDF-1.7\n"},
        {FileType::rtf, "{\\rtf1 x}"},
        {FileType::swf, "CWS\x0a\0\0\0\0"s},
        {FileType::wasm, "\0asm\1\0\0\0"s},
        {FileType::png, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s},
        {FileType::gif, "GIF89a\1\0\1\0"s},
        {FileType::jpeg, "\xff\xd8\xff\xe0\0\x10JFIF"s},
        {FileType::bmp, "BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"s},
        {FileType::tiff, "II*\0\x08\0\0\0"s},
        {FileType::tiff, "MM\0*\0\0\0\x08"s},
        {FileType::webp, "RIFF\x10\0\0\0WEBPVP8 "s},
        {FileType::ani, "RIFF\x10\0\0\0ACONanih"s},
        {FileType::ico, "\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0"s},
        {FileType::cur, "\0\0\2\0\1\0\x10\x10\0\0\1\0\x20\0"s},
        {FileType::tar, tar()},
        {FileType::seven_zip, "7z\xbc\xaf\x27\x1c\0\4"s},
        {FileType::rar, "Rar!\x1a\7\0"s},
        {FileType::rar, "Rar!\x1a\7\1\0"s},
        {FileType::cab, "MSCF\0\0\0\0\x40\0\0\0"s},
        {FileType::iso, at(32769, "CD001", 40960)},
        {FileType::udf, at(17 * 2048 + 1, "NSR03", 40960)},
        {FileType::cpio, "070701" + std::string(104, '0')},
        {FileType::cpio, "\xc7\x71" + std::string(30, '\0')},
        {FileType::ar, "!<arch>\ndebian-binary   "},
        {FileType::xar, "xar!\0\x1c\0\1"s},
        {FileType::lha, at(2, "-lh5-", 32)},
        {FileType::arj, "\x60\xea\x29\0\x22\x0b"s},
        {FileType::tnef, "\x78\x9f\x3e\x22\1\0"s},
        {FileType::wim, "MSWIM\0\0\0"s},
        {FileType::vhd, "conectix\0\0"s},
        {FileType::vhd, at(4096, "conectix", 4608)},
        {FileType::vhdx, "vhdxfile"},
        {FileType::dmg, at(4096, "koly\0\0\0\4"s, 4608)},
        {FileType::gzip, "\x1f\x8b\x08\0\0\0\0\0\0\3"s},
        {FileType::bzip2, "BZh91AY&SY"},
        {FileType::xz, "\xfd" "7zXZ\0\0\4"s},
        {FileType::lzma, "]\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0\x20"s},
        {FileType::lzip, "LZIP\1\x0c"s},
        {FileType::zstd, "\x28\xb5\x2f\xfd\x04\0"s},
        {FileType::lz4, "\x04\x22\x4d\x18\x64\x40"s},
        {FileType::compress, "\x1f\x9d\x90"s},
    };
    return all;
}

TEST(Identify, KnowsASampleOfEveryType) {
    engine::Identifier identifier;
    std::set<FileType> seen;
    for (const auto& [type, content] : samples()) {
        seen.insert(type);
        EXPECT_EQ(engine::name_of(identifier.identify(octets(content))), engine::name_of(type))
            << engine::printable_name(content.substr(0, 40));
    }
    EXPECT_EQ(seen.size(), engine::all_file_types().size());
}

TEST(Identify, AnyCutOfASampleIsAnswered) {
    engine::Identifier identifier;
    for (const auto& [type, content] : samples())
        for (std::size_t n = 0; n < std::min<std::size_t>(content.size(), 600); ++n)
            identifier.identify(octets(content.substr(0, n)));
}

TEST(Identify, MutatedSamplesAreAnswered) {
    engine::Identifier identifier;
    std::mt19937 random(9);
    for (const auto& [type, whole] : samples())
        for (int round = 0; round < 100 && !whole.empty(); ++round) {
            std::string content = whole;
            content[random() % content.size()] = static_cast<char>(random());
            identifier.identify(octets(content));
        }
}

TEST(Identify, WhatRunsWinsOverWhatIsShown) {
    engine::Identifier identifier;
    const std::string both = zip_of({entry_of("mimetype", "x"), entry_of("META-INF/MANIFEST.MF", "y")});
    EXPECT_EQ(identifier.identify(octets(both)), FileType::jar);
}

TEST(Identify, AnAppendedZipIsNoticed) {
    const std::string zip = zip_with("inside");
    EXPECT_TRUE(engine::may_hold_zip(octets(program("PE\0\0"s) + zip)));
    EXPECT_TRUE(engine::may_hold_zip(octets("%PDF-1.7\n" + zip)));
    EXPECT_FALSE(engine::may_hold_zip(octets("%PDF-1.7\nPK\5\6 nothing to point at, only some text")));
    EXPECT_FALSE(engine::may_hold_zip(octets(std::string())));
}

TEST(FileTypes, NamesLeadBackToTheirType) {
    for (const FileType type : engine::all_file_types())
        EXPECT_EQ(engine::file_type_named(engine::name_of(type)), type);
    EXPECT_EQ(engine::file_type_named("nonsense"), std::nullopt);
    EXPECT_EQ(engine::file_type_named(""), std::nullopt);
}

TEST(TextKind, WhatReadsAsUtf16) {
    EXPECT_TRUE(engine::reads_as_utf16(octets("t\0e\0x\0t\0"s)));
    EXPECT_TRUE(engine::reads_as_utf16(octets("\0t\0e\0x\0t"s)));
    EXPECT_TRUE(engine::reads_as_utf16(octets("text \1 with a control character"s)));
    EXPECT_TRUE(engine::reads_as_utf16(octets(std::string(1024, 'a') + "\0\1"s)));
    EXPECT_FALSE(engine::reads_as_utf16(octets(std::string(1022, 'a') + "\0\1"s)));
    EXPECT_FALSE(engine::reads_as_utf16(octets("ab\0\0cd"s)));
    EXPECT_FALSE(engine::reads_as_utf16(octets("ab\0\vcd"s)));
    EXPECT_TRUE(engine::reads_as_utf16(octets(std::string(std::size_t{20} << 20, 'a'))));
    EXPECT_FALSE(engine::reads_as_utf16(octets(std::string((std::size_t{20} << 20) + 1, 'a'))));
    EXPECT_FALSE(engine::reads_as_utf16(octets("ab\xff\xfe"s)));
    EXPECT_FALSE(engine::reads_as_utf16(octets("a"s)));
}

TEST(FileTypes, TargetsAndExecutables) {
    using signatures::Target;
    EXPECT_EQ(engine::target_of(FileType::pe), Target::pe);
    EXPECT_EQ(engine::target_of(FileType::msi), Target::ole2);
    EXPECT_EQ(engine::target_of(FileType::png), Target::graphics);
    EXPECT_EQ(engine::target_of(FileType::zip), Target::any);
    EXPECT_EQ(engine::target_of(FileType::data), Target::other);
    EXPECT_TRUE(engine::is_executable(FileType::java_class));
    EXPECT_TRUE(engine::is_executable(FileType::jar));
    EXPECT_FALSE(engine::is_executable(FileType::zip));
}

// Every rule's first octets must be among the leads, or libmagic is never asked for it; and every rule
// must print a name of the table. A content made of the rule's own string shows both.
TEST(Magic, EveryRuleIsReachedByTheLeads) {
    std::ifstream source(postern::tests::source_path("engine/magic/postern.magic"));
    std::size_t rules = 0;
    for (std::string line; std::getline(source, line);) {
        if (!line.starts_with("0\tstring/b\t")) continue;
        std::string value = line.substr(11, line.find('\t', 11) - 11);
        if (value.find('\\') != std::string::npos) continue;
        if (value.front() == '=') value.erase(0, 1);
        ++rules;
        EXPECT_TRUE(engine::magic::could_know(octets(value))) << value;
    }
    EXPECT_GT(rules, 15U);
    for (const auto& [type, content] : samples()) {
        const bool elsewhere = content.size() < 4 || content.starts_with("\0\0\0\0"s);
        const auto container = engine::container_kind_of(type);
        if (elsewhere || (engine::target_of(type) != signatures::Target::any &&
                          engine::target_of(type) != signatures::Target::other) ||
            container == engine::ContainerKind::none)
            continue;
        static const std::set by_place{FileType::tar, FileType::iso, FileType::udf, FileType::lha,
                                       FileType::vhd, FileType::dmg, FileType::lzma, FileType::zip};
        EXPECT_TRUE(by_place.contains(type) || engine::magic::could_know(octets(content)))
            << engine::name_of(type);
    }
}

}  // namespace
}  // namespace postern::tests
