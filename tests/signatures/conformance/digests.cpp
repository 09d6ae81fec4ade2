// SPDX-License-Identifier: Apache-2.0
// Digests of contents, of sections and of import tables; contents that are allowed; names ignored.
#include "signatures/hasher.h"
#include "tests/signatures/conformance/suite.h"
#include "tests/signatures/import_table.h"
#include "tests/support/archive_writer.h"

namespace postern::signatures::tests {
namespace {

struct Hexes {
    std::string md5, sha1, sha256;
    const std::string& of(std::size_t kind) const { return kind == 0 ? md5 : kind == 1 ? sha1 : sha256; }
};

template <std::size_t N>
std::string hex_of(const std::array<std::uint8_t, N>& digest) {
    return hex({reinterpret_cast<const char*>(digest.data()), N});
}

Hexes digests_of(std::string_view text) {
    DigestKinds kinds;
    kinds.add(DigestKind::md5);
    kinds.add(DigestKind::sha1);
    kinds.add(DigestKind::sha256);
    const Digests digests = Hasher().digest(octets(text), kinds);
    return {hex_of(digests.md5), hex_of(digests.sha1), hex_of(digests.sha256)};
}

std::string nibble_changed(std::string text, std::size_t place) {
    text[place] = text[place] == '0' ? '1' : '0';
    return text;
}

Kind of_contents() {
    KindMaker make("digests", 401);
    for (std::size_t i = 0; i < 27; ++i) {
        const std::string content = make.within(make.octets(make.random().below(300)));
        const std::string digest = digests_of(content).of(i % 3);
        const std::string size = std::to_string(content.size());
        const std::size_t form = i / 3 % 3;  // sized, of any size, of a wrong size
        const std::string file = i % 3 == 0 ? "t.hdb" : "t.hsb";
        const std::string name = make.next("Digest");
        if (form == 1) make.line(file, digest + ":*:" + name + ":73");
        else make.line(file, digest + ':' + (form == 0 ? size : size + "0") + ':' + name);
        make.meet(content);
        make.meet(nibble_off(content, content.size() - 1, true));
        make.meet(nibble_off(content, 20, false));
        make.meet(content + "x");
        make.meet(content.substr(0, content.size() - 1));
    }
    return make.take();
}

Kind changed_digests() {
    KindMaker make("digest-nibbles", 402);
    for (std::size_t i = 0; i < 12; ++i) {
        const std::string content = make.within("");
        const std::string digest = digests_of(content).of(i % 3);
        const std::size_t place = make.random().below(digest.size());
        const std::string name = make.next("Nibble");
        make.line(i % 3 == 0 ? "t.hdb" : "t.hsb", (i % 4 == 0 ? digest : nibble_changed(digest, place)) + ':' +
                                                     std::to_string(content.size()) + ':' + name);
        make.meet(content);
    }
    return make.take();
}

Kind of_sections() {
    KindMaker make("sections", 403);
    for (std::size_t i = 0; i < 18; ++i) {
        const std::uint32_t size = 0x200 * static_cast<std::uint32_t>(1 + i % 3);
        Image image = pe_image({.wide = i % 2 == 1, .sections = {{0x200, 0x1000, 0x200, 0x400}, {size, 0x2000, size, 0x600}}});
        image.put(0x610, make.octets(8));
        const std::string& file = image.octets();
        const std::string digest = digests_of(std::string_view(file).substr(0x600, size)).of(i % 3);
        const std::string name = make.next("Section");
        const std::string sized = i % 5 == 4 ? std::to_string(size + 1) : i % 5 == 3 ? "*" : std::to_string(size);
        make.line(i % 3 == 0 ? "t.mdb" : "t.msb", sized + ':' + digest + ':' + name + (sized == "*" ? ":73" : ""));
        make.meet(file, "exe");
        make.meet(nibble_off(file, 0x5ff, true), "exe");
        make.meet(nibble_off(file, 0x600, false), "exe");
        make.meet(nibble_off(file, 0x600 + size - 1, false), "exe");
        make.meet(nibble_off(file, 0x600 + size, false), "exe");
    }
    return make.take();
}

Kind of_imports() {
    KindMaker make("imports", 404);
    for (std::size_t i = 0; i < 12; ++i) {
        const std::string function = "Call" + std::to_string(make.random().below(10000));
        std::string lower = function;
        lower[0] = 'c';
        const std::string text = "kernel32." + lower + ",kernel32.readfile,user32.ord" + numbered("", 5 + i);
        const std::string name = make.next("Import");
        const std::size_t size = text.size() + (i % 4 == 3 ? 1 : 0);
        make.line("t.imp", digests_of(text).md5 + ':' + (i % 4 == 2 ? "*" : std::to_string(size)) + ':' + name);
        const auto file = [&](const std::string& first, const std::string& number, bool wide) {
            return importing({{"KERNEL32.dll", {first, "ReadFile"}}, {"user32.DLL", {"#" + number}}}, wide);
        };
        make.meet(file(function, numbered("", 5 + i), false), "exe");
        make.meet(file(function, numbered("", 6 + i), false), "exe");
        make.meet(file(function + "A", numbered("", 5 + i), false), "exe");
        make.meet(file(function, numbered("", 5 + i), true), "exe");
        make.meet(importing({{"user32.dll", {numbered("#", 5 + i)}}, {"kernel32.dll", {function, "ReadFile"}}}), "exe");
    }
    return make.take();
}

Kind allowed() {
    KindMaker make("allowed", 405);
    const std::string needle = "found here";
    make.ndb("Found", "0:*:" + hex(needle));
    const auto inner = [&] { return make.within(needle + std::string(200, 'a')); };
    for (std::size_t i = 0; i < 18; ++i) {
        const std::string content = inner();
        const std::string digest = digests_of(content).of(i % 3);
        const std::string size = std::to_string(content.size() + (i % 6 == 5 ? 1 : 0));
        make.line(i % 2 == 0 ? "t.fp" : "t.sfp",
                  (i % 6 == 4 ? nibble_changed(digest, 7) : digest) + ':' + (i % 6 == 3 ? "*" : size) + numbered(":Allowed-", i) +
                      (i % 6 == 3 ? ":73" : ""));
        make.meet(content);
        make.meet(content + "x");
        make.meet(nibble_off(content, content.size() - 1, true));
        // Allowed inside of a container, and a container that is allowed.
        const std::string zip = postern::tests::archive_of("zip", {{"a.bin", content}});
        make.meet(zip, "zip");
        const std::string other = postern::tests::archive_of("zip", {{"b.bin", inner()}});
        make.meet(other, "zip");
        make.line("t.fp", digests_of(zip).md5 + ':' + std::to_string(zip.size() + i % 2) + numbered(":Zip-", i));
    }
    return make.take();
}

Kind ignored() {
    KindMaker make("ignored", 406);
    for (std::size_t i = 0; i < 14; ++i) {
        const std::string needle = make.octets(8);
        const std::string name = make.next("Ignored");
        const std::string body = name + ":0:*:" + hex(needle);
        make.line("t.ndb", body);
        switch (i % 7) {
            case 0: make.line("t.ign2", name); break;
            case 1: make.line("t.ign2", name + "x"); break;
            case 2: make.line("t.ign2", "i" + name.substr(1)); break;
            case 3: make.line("h.ign2", name + ':' + digests_of(body).md5); break;
            // Of a file of its own: behind a line with a digest clamscan refuses one without.
            case 4: make.line("h.ign2", name + ':' + digests_of(body + "x").md5); break;
            case 5: make.line("t.ign2", name.substr(0, name.size() - 1)); break;
            default: break;
        }
        make.meet(make.within(needle));
        make.meet(make.within(nibble_off(needle, 3, true)));
    }
    return make.take();
}

}  // namespace

void add_digest_kinds(std::vector<Kind>& out) {
    out.push_back(of_contents());
    out.push_back(changed_digests());
    out.push_back(of_sections());
    out.push_back(of_imports());
    out.push_back(allowed());
    out.push_back(ignored());
}

}  // namespace postern::signatures::tests
