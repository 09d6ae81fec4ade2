// SPDX-License-Identifier: Apache-2.0
// Contents of the suite: octets that are nothing, with something in their midst.
#include "tests/signatures/conformance/suite.h"

namespace postern::signatures::tests {

std::string KindMaker::octets(std::size_t n) {
    std::string text;
    while (text.size() < n) text += static_cast<char>(0x80 + random_.below(0x7f));
    return text;
}

std::string KindMaker::within(const std::string& octets_of_it) {
    const std::string head("\x01\x00\x02\x00postern\x00\x03\x00\xff\xfd", 16);
    return head + octets(8 + random_.below(24)) + octets_of_it + octets(8 + random_.below(24));
}

std::string nibble_off(std::string octets, std::size_t place, bool high) {
    octets[place] = static_cast<char>(octets[place] ^ (high ? 0x10 : 0x01));
    return octets;
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
