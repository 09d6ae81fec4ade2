// SPDX-License-Identifier: Apache-2.0
// Contents of every type, each small and with a text of one's choice in it.
#pragma once

#include "tests/signatures/program_builder.h"

#include <string>
#include <utility>
#include <vector>

namespace postern::signatures::tests {

struct Typed {
    std::string ending;  // of the file's name, and what it is
    std::string octets;
};

inline std::string in_image(Image image, const std::string& text) {
    image.put(0x700, text);
    return image.octets();
}

// `text` consists of lower-case letters and digits, so that it is its own normal form.
inline std::vector<Typed> contents_of_all_types(const std::string& text) {
    const std::string nothing(40, '\0');
    const std::string page = "<html><head><title>t</title></head><body><p>" + text + "</p></body></html>\n";
    const std::string mail = "Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\r\nFrom: a@example.org\r\n"
                             "To: b@example.org\r\nSubject: " + text + "\r\nMIME-Version: 1.0\r\n"
                             "Content-Type: text/plain\r\n\r\nnothing\r\n";
    const std::string ole("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
    const std::string png("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    const std::string jpeg("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1", 13);
    const std::string java("\xca\xfe\xba\xbe\0\0\0\x34", 8);
    const std::string data("\x01\x00\x02\x00postern\x00\x03\x00\xff\xfd", 16);
    return {{"exe", in_image(pe_image({}), text)},
            {"doc", ole + nothing + text + nothing},
            {"html", page},
            {"eml", mail},
            {"gif", "GIF89a" + nothing + text + nothing},
            {"png", png + nothing + text + nothing},
            {"jpg", jpeg + nothing + text + nothing},
            {"elf", in_image(elf_image({}), text)},
            {"txt", "Plain words, and " + text + " among them.\n"},
            {"macho", in_image(macho_image({}), text)},
            {"pdf", "%PDF-1.4\n%" + text + "\n1 0 obj\n<< >>\nendobj\n%%EOF\n"},
            {"swf", "FWS\x06" + nothing + text + nothing},
            {"class", java + nothing + text + nothing},
            {"rtf", "{\\rtf1\\ansi " + text + "}\n"},
            {"dex", std::string("dex\n035\0", 8) + nothing + text},
            {"wasm", std::string("\0asm\1\0\0\0", 8) + nothing + text},
            {"bmp", std::string("BM\x80\0\0\0\0\0\0\0", 10) + nothing + text},
            {"tiff", std::string("II*\0", 4) + nothing + text},
            {"lnk", std::string("L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", 20) + nothing + text},
            {"dat", data + text + nothing}};
}

}  // namespace postern::signatures::tests
