// SPDX-License-Identifier: Apache-2.0
// Contents of the suite: octets that are nothing, with something in their midst.
#include "tests/signatures/conformance/suite.h"

#include <algorithm>
#include <cstdio>
#include <initializer_list>

namespace postern::signatures::tests {

std::string KindMaker::octets(std::size_t n) {
    std::string text;
    while (text.size() < n) text += static_cast<char>(0x80 + random_.below(0x7f));
    return text;
}

std::string KindMaker::within(const std::string& octets_of_it) {
    const std::string head("\x01\x00\x02\x00postern\x00\x03\x00\xff\xfd", 16);
    // By names: in which order the operands of a sum draw their numbers is the compiler's choice.
    const std::string before = octets(8 + random_.below(24));
    const std::string behind = octets(8 + random_.below(24));
    return head + before + octets_of_it + behind;
}

std::string nibble_off(std::string octets, std::size_t place, bool high) {
    octets[place] = static_cast<char>(octets[place] ^ (high ? 0x10 : 0x01));
    return octets;
}

namespace {

bool ends_in(std::string_view name, std::initializer_list<std::string_view> endings) {
    return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return name.ends_with(ending); });
}

class Fingerprint {  // FNV-1a; a text's end counts
public:
    void add(std::string_view text) {
        for (const char c : text) mix(static_cast<unsigned char>(c));
        mix(256);
    }
    std::uint64_t value() const { return value_; }

private:
    void mix(std::uint64_t symbol) { value_ = (value_ ^ symbol) * 0x100000001b3; }
    std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace

std::string made(const Kind& kind) {
    Fingerprint fingerprint;
    for (const auto& [name, text] : kind.sources) {
        fingerprint.add(name);
        if (ends_in(name, {".ndb", ".ldb", ".cdb"})) fingerprint.add(text);
    }
    for (const auto& [name, octets] : kind.contents) {
        fingerprint.add(name);
        if (ends_in(name, {".bin", ".txt", ".html", ".exe", ".elf"})) fingerprint.add(octets);
    }
    for (const Case& one : kind.cases) fingerprint.add(one.signature + ' ' + one.content);
    char line[96];
    std::snprintf(line, sizeof line, ": %zu contents, %zu cases, %016llx", kind.contents.size(), kind.cases.size(),
                  static_cast<unsigned long long>(fingerprint.value()));
    return kind.name + line;
}

std::vector<Kind> all_kinds() {
    std::vector<Kind> kinds;
    add_body_kinds(kinds);
    add_place_kinds(kinds);
    add_target_kinds(kinds);
    add_digest_kinds(kinds);
    add_logic_kinds(kinds);
    add_number_kinds(kinds);
    add_description_kinds(kinds);
    add_text_kinds(kinds);
    return kinds;
}

}  // namespace postern::signatures::tests
