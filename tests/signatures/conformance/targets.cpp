// SPDX-License-Identifier: Apache-2.0
// Targets: a signature of each meets a content of each type.
#include "tests/signatures/conformance/suite.h"
#include "tests/signatures/conformance/types.h"

namespace postern::signatures::tests {
namespace {

constexpr const char* targets[] = {"0", "1", "2", "3", "4", "5", "6", "7", "9", "10", "11", "12", "13", "14"};

Kind of_bodies() {
    KindMaker make("targets", 301);
    for (const char* target : targets) {
        const std::string mark = "conformance" + std::to_string(make.random().below(100000)) + "mark";
        make.ndb("Target", target + (":*:" + hex(mark)));
        for (const Typed& one : contents_of_all_types(mark)) make.meet(one.octets, one.ending);
        make.meet(contents_of_all_types(nibble_off(mark, 12, false)).back().octets);
    }
    return make.take();
}

Kind of_logic() {
    KindMaker make("logic-targets", 302);
    for (const char* target : targets) {
        const std::string left = "conformance" + std::to_string(make.random().below(100000));
        make.ldb("Target", "Target:" + std::string(target) + ";0&1;" + hex(left) + ';' + hex("second"));
        for (const Typed& one : contents_of_all_types(left + "second")) make.meet(one.octets, one.ending);
        make.meet(contents_of_all_types(left + "secomd").back().octets);
    }
    return make.take();
}

}  // namespace

void add_target_kinds(std::vector<Kind>& out) {
    out.push_back(of_bodies());
    out.push_back(of_logic());
}

}  // namespace postern::signatures::tests
