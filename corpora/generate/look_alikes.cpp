// SPDX-License-Identifier: Apache-2.0
// First by content, under names that lie or do not matter; then by name, with harmless content.
#include "corpora/generate/look_alikes.h"

#include "corpora/generate/archives.h"

#include <array>

namespace postern::corpora {
namespace {

using namespace std::string_literals;

std::string with_noise(Random& random, std::string bytes) {
    random.append(bytes, random.between(400, 3000));
    return bytes;
}

// DOS header with the offset of the PE header, the DOS stub's sentence, COFF header of an x86-64
// program.
std::string pe(Random& random) {
    std::string out = "MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0\xb8"s;
    out.resize(0x3c);
    append_le(out, 0x80, 4);
    out +=
        "\x0e\x1f\xba\x0e\0\xb4\x09\xcd\x21\xb8\1\x4c\xcd\x21This program cannot be run in DOS mode.\r\r\n$"s;
    out.resize(0x80);
    out += "PE\0\0\x64\x86\1\0"s;
    out.resize(0x80 + 20);
    append_le(out, 0xf0, 2);   // size of the optional header
    append_le(out, 0x22, 2);   // an executable image, large addresses
    append_le(out, 0x20b, 2);  // PE32+
    out.resize(0x80 + 24 + 0xf0);
    out += ".text\0\0\0"s;
    return with_noise(random, out);
}

std::string elf(Random& random) {
    std::string out =
        "\x7f"
        "ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\x3e\0\1\0\0\0"s;
    append_le(out, 0x401000, 8);
    append_le(out, 64, 8);
    out.resize(52);
    append_le(out, 64, 2);
    out.resize(64);
    return with_noise(random, out);
}

std::string mach_o(Random& random) {
    return with_noise(
        random, "\xcf\xfa\xed\xfe\7\0\0\1\3\0\0\0\2\0\0\0\4\0\0\0\0\2\0\0\x85\0\x20\0\0\0\0\0"s);
}

std::string java_class(Random& random) {
    return with_noise(
        random,
        "\xca\xfe\xba\xbe\0\0\0\x34\0\x0f\x0a\0\3\0\x0c\7\0\x0d\7\0\x0e\1\0\6<init>\1\0\3()V"s);
}

std::string dex(Random& random) {
    std::string out = "dex\n035\0"s;
    random.append(out, 24);
    append_le(out, 0x1000, 4);
    append_le(out, 0x70, 4);
    append_le(out, 0x12345678, 4);
    return with_noise(random, out);
}

std::string lnk(Random& random) {
    return with_noise(random,
                      "\x4c\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46\x9b\0\x08\0\x20\0\0\0"s);
}

std::string chm(Random& random) {
    return with_noise(
        random,
        "ITSF\3\0\0\0\x60\0\0\0\1\0\0\0\1\2\3\4\x07\4\0\0\x10\xfd\1\x7c\xaa\x7b\xd0\x11\x9e\x0c\0\xa0\xc9\x22\xe6\xec"s);
}

void append_directory_entry(std::string& out, std::string_view name, char type,
                            std::string_view clsid) {
    const std::size_t begin = out.size();
    for (const char c : name) append_le(out, static_cast<unsigned char>(c), 2);
    out.resize(begin + 64);
    append_le(out, name.empty() ? 0 : 2 * name.size() + 2, 2);
    out += type;
    out += '\1';
    append_le(out, ~0ull, 8);
    append_le(out, type == 5 ? 1 : ~0ull, 4);  // the root's child
    out += clsid;
    out.resize(begin + 116);
    append_le(out, type == 5 ? 0xfffffffe : 2, 4);  // first sector
    append_le(out, type == 5 ? 0 : 4096, 8);
}

// A compound file of one table sector, one directory sector and one stream, whose root has the
// class of Windows Installer: {000C1084-0000-0000-C000-000000000046}.
std::string msi(Random& random) {
    std::string out = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"s + std::string(16, '\0');
    for (const unsigned value : {0x3eu, 3u, 0xfffeu, 9u, 6u}) append_le(out, value, 2);
    out.resize(44);
    for (const std::uint64_t value :
         {1ull, 1ull, 0ull, 4096ull, 0xfffffffeull, 0ull, 0xfffffffeull, 0ull, 0ull})
        append_le(out, value, 4);
    out.resize(512, '\xff');
    append_le(out, 0xfffffffd, 4);  // sector 0: this table
    append_le(out, 0xfffffffe, 4);  // sector 1: the directory
    for (unsigned sector = 2; sector < 9; ++sector) append_le(out, sector + 1, 4);
    append_le(out, 0xfffffffe, 4);
    out.resize(1024, '\xff');
    append_directory_entry(out, "Root Entry", 5, "\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"s);
    append_directory_entry(out, "Property", 2, std::string(16, '\0'));
    append_directory_entry(out, "", 0, {});
    append_directory_entry(out, "", 0, {});
    random.append(out, 4096);
    return out;
}

std::string script(Random& random) {
    return "#!/bin/sh\n# " + sentences(random, Language::english, 80) +
           "\necho \"nothing to do\"\nexit 0\n";
}

std::string harmless(Random& random) {
    return paragraphs(random, Language::english, 300);
}

constexpr std::string_view octets = "application/octet-stream";

constexpr std::array table = {
    LookAlike{"pe", "setup.exe", "application/x-msdownload", pe},
    LookAlike{"pe", "invoice.pdf", "application/pdf", pe},
    LookAlike{"pe", "data.bin", octets, pe},
    LookAlike{"elf", "tool", octets, elf},
    LookAlike{"macho", "Installer", octets, mach_o},
    LookAlike{"java-class", "Main.class", "application/java-vm", java_class},
    LookAlike{"dex", "classes.dex", octets, dex},
    LookAlike{"lnk", "Report.lnk", octets, lnk},
    LookAlike{"lnk", "Report", octets, lnk},
    LookAlike{"msi", "package.msi", "application/x-msi", msi},
    LookAlike{"msi", "table.doc", "application/msword", msi},
    LookAlike{"chm", "manual.chm", octets, chm},
    LookAlike{"chm", "manual.dat", octets, chm},
    LookAlike{"script", "backup", "application/x-sh", script},
    LookAlike{"name", "x.vbs", "text/plain", harmless},
    LookAlike{"name", "x.js", "text/javascript", harmless},
    LookAlike{"name", "picture.scr", octets, harmless},
    LookAlike{"name", "holiday.jpg.exe", octets, harmless},
    LookAlike{"name", "letter.bat. ", "text/plain", harmless},
    LookAlike{"name", "agreement.txt                              .cmd", "text/plain", harmless},
    LookAlike{"name", "statement.ps1", "text/plain", harmless, NameTrap::split},
    LookAlike{"name", "annex\u202Efdp.exe", octets, harmless, NameTrap::right_to_left},
};

}  // namespace

std::string eicar() {
    return std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$") + "EICAR-STANDARD-" + "ANTIVIRUS-" +
           "TEST-FILE!" + "$H+H*";
}

std::span<const LookAlike> look_alikes() {
    return table;
}

}  // namespace postern::corpora
