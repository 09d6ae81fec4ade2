// SPDX-License-Identifier: Apache-2.0
#include "relay/acl.h"

namespace postern::relay {

void Acl::add(Stage stage, AclStep step) {
    steps_.push_back({stage, std::move(step)});
}

Ruling Acl::ask(const Question& question) const {
    Ruling held;
    for (const Entry& entry : steps_) {
        if (entry.stage != question.stage) continue;
        Ruling ruling = entry.step(question);
        if (ruling.kind == Ruling::Kind::refuse || ruling.kind == Ruling::Kind::defer)
            return ruling;
        if (ruling.kind == Ruling::Kind::hold && held.kind == Ruling::Kind::pass)
            held = std::move(ruling);
    }
    return held;
}

}  // namespace postern::relay
