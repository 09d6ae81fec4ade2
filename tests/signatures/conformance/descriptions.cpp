// SPDX-License-Identifier: Apache-2.0
// What logical signatures say of their content (size, sections, entry point, what it lies in), and
// container signatures about members.
#include "tests/signatures/conformance/suite.h"
#include "tests/signatures/conformance/types.h"
#include "tests/support/archive_writer.h"

namespace postern::signatures::tests {
namespace {

using postern::tests::archive_of;
using postern::tests::filtered;

std::string range(std::size_t low, std::size_t high) {
    return std::to_string(low) + '-' + std::to_string(high);
}

Kind sizes() {
    KindMaker make("sizes", 701);
    for (std::size_t i = 0; i < 12; ++i) {
        const std::string needle = make.octets(6);
        const std::string content = make.within(needle);
        const std::size_t size = content.size();
        const std::string bounds = i % 3 == 0 ? range(size, size) : i % 3 == 1 ? range(size, size + 4) : range(0, size);
        make.ldb("Size", "Engine:81-255,FileSize:" + bounds + ",Target:0;0;" + hex(needle));
        make.meet(content);
        make.meet(content + "x");
        make.meet(content + "xxxx");
        make.meet(content + "xxxxx");
        make.meet(content.substr(0, size - 1));
    }
    return make.take();
}

Kind headers() {
    KindMaker make("headers", 702);
    const std::string needle = "in the program";
    const auto sections = [](std::size_t n) {
        std::vector<PeSectionSpec> rows;
        for (std::uint32_t i = 0; i < n; ++i) rows.push_back({0x200, 0x1000 * (i + 1), 0x200, 0x400 + 0x200 * i});
        return rows;
    };
    for (std::size_t i = 0; i < 12; ++i) {
        const std::size_t n = 1 + i % 3;
        const std::size_t entry = 0x400 + 0x10 * i;
        const std::string what = i % 2 == 0 ? "NumberOfSections:" + range(n, n + i % 4 / 2)
                                            : "EntryPoint:" + range(entry, entry + 0x10);
        make.ldb("Header", "Engine:81-255," + what + ",Target:1;0;" + hex(needle));
        for (std::size_t have = 1; have <= 4; ++have) {
            make.meet(in_image(pe_image({.sections = sections(have)}), needle), "exe");
        }
        for (const std::size_t at : {entry - 1, entry, entry + 0x10, entry + 0x11}) {
            const auto address = static_cast<std::uint32_t>(at + 0xc00);
            if (at >= 0x400) make.meet(in_image(pe_image({.entry = address, .sections = sections(2)}), needle), "exe");
        }
    }
    for (std::size_t n = 1; n < 5; ++n) {
        make.ldb("Elf", "Engine:81-255,NumberOfSections:" + range(n, n) + ",Target:6;0;" + hex(needle));
        make.meet(in_image(elf_image({}), needle), "elf");
        make.meet(in_image(elf_image({.sections = {{0, 0}, {0x400, 0x80}}}), needle), "elf");
        make.ldb("Macho", "Engine:81-255,NumberOfSections:" + range(n, n) + ",Target:9;0;" + hex(needle));
        make.meet(in_image(macho_image({}), needle), "macho");
        make.meet(in_image(macho_image({.sections = {{0x1000, 0x33, 0x400, 8}}}), needle), "macho");
    }
    return make.take();
}

std::string mail_with(const std::string& base64_text) {
    return "Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\r\nFrom: a@example.org\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\n"
           "Content-Type: application/octet-stream; name=\"a.bin\"\r\nContent-Transfer-Encoding: base64\r\n"
           "Content-Disposition: attachment; filename=\"a.bin\"\r\n\r\n" + base64_text + "\r\n--b--\r\n";
}

std::string base64(const std::string& octets) {
    constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        unsigned bits = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            bits = bits << 8 | (i + k < octets.size() ? static_cast<unsigned char>(octets[i + k]) : 0u);
        }
        for (std::size_t k = 0; k < 4; ++k) text += i + k > octets.size() ? '=' : digits[bits >> 6 * (3 - k) & 63];
        if (text.size() % 77 == 76) text += "\r\n";
    }
    return text;
}

// One content in every wrapping; deflated, so that nothing shows in the archive's own octets.
std::vector<Typed> wrapped(const std::string& content) {
    const std::string zip = archive_of("zip", {{"in.bin", content}});
    const std::string seven = archive_of("7zip", {{"in.bin", content}});
    const std::string gz = filtered("gzip", content);
    return {{"bin", content},
            {"zip", zip},
            {"gz", gz},
            {"bz2", filtered("bzip2", content)},
            {"xz", filtered("xz", content)},
            {"7z", seven},
            {"eml", mail_with(base64(content))},
            {"zip", archive_of("zip", {{"in.zip", zip}})},
            {"zip", archive_of("zip", {{"in.gz", gz}})},
            {"gz", filtered("gzip", zip)},
            {"eml", mail_with(base64(zip))},
            {"gz", filtered("gzip", archive_of("ustar", {{"in.bin", content}}))},
            {"zip", archive_of("zip", {{"a.gz", filtered("gzip", zip)}})}};
}

Kind containers() {
    KindMaker make("containers", 703);
    const char* asked[] = {"Container:CL_TYPE_ZIP", "Container:CL_TYPE_GZ", "Container:CL_TYPE_BZ",
                           "Container:CL_TYPE_XZ", "Container:CL_TYPE_7Z", "Container:CL_TYPE_MAIL",
                           "Container:CL_TYPE_ANY", "Container:CL_TYPE_POSIX_TAR", "Container:CL_TYPE_RAR",
                           "Intermediates:CL_TYPE_ZIP>CL_TYPE_ZIP", "Intermediates:CL_TYPE_GZ>CL_TYPE_ZIP",
                           "Intermediates:CL_TYPE_ZIP>CL_TYPE_GZ", "Intermediates:CL_TYPE_MAIL>CL_TYPE_ZIP",
                           "Intermediates:CL_TYPE_ANY>CL_TYPE_ZIP", "Intermediates:CL_TYPE_ZIP>CL_TYPE_ANY",
                           "Intermediates:CL_TYPE_ZIP>CL_TYPE_GZ>CL_TYPE_ZIP"};
    const std::string needle = make.octets(8);
    const std::string content = make.within(needle + std::string(300, 'a'));
    for (const char* what : asked) {
        make.ldb("In", std::string("Engine:81-255,") + what + ",Target:0;0;" + hex(needle));
        for (const Typed& one : wrapped(content)) make.meet(one.octets, one.ending);
    }
    return make.take();
}

Kind members() {
    KindMaker make("members", 704);
    const auto files = [&](const std::string& first, const std::string& second, std::size_t size) {
        return postern::tests::Files{{first, std::string(7, 'x')}, {second, std::string(size, 'y')}};
    };
    for (std::size_t i = 0; i < 24; ++i) {
        const std::string word = "file" + std::to_string(make.random().below(10000));
        const std::size_t size = 10 + i;
        const std::string type = i % 3 == 0 ? "CL_TYPE_ZIP" : i % 3 == 1 ? "CL_TYPE_POSIX_TAR" : "*";
        const std::string pattern = i % 4 == 0 ? '^' + word : i % 4 == 1 ? word + "\\.[a-z]{3}$" : i % 4 == 2 ? "(?i)" + word : word;
        const std::string real = i % 5 == 0 ? std::to_string(size) : i % 5 == 1 ? range(size, size + 2) : "*";
        const std::string position = i % 7 == 0 ? "2" : "*";
        make.line("t.cdb", make.next("Member") + ':' + type + ":*:" + pattern + ":*:" + real + ':' + (i % 6 == 0 ? "0" : "*") +
                               ':' + position + ":*:*");
        const auto meet = [&](const postern::tests::Files& all) {
            make.meet(archive_of("zip", all), "zip");
            make.meet(archive_of("ustar", all), "tar");
        };
        meet(files("other.txt", word + ".exe", size));
        meet(files("other.txt", word + ".exe", size - 1));
        meet(files(word + ".exe", "other.txt", size));
        meet(files("other.txt", "in/" + word + ".e", size + 3));
        meet(files("other.txt", nibble_off(word, 1, false) + ".exe", size));
    }
    return make.take();
}

}  // namespace

void add_description_kinds(std::vector<Kind>& out) {
    out.push_back(sizes());
    out.push_back(headers());
    out.push_back(containers());
    out.push_back(members());
}

}  // namespace postern::signatures::tests
