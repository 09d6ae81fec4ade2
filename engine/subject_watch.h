// SPDX-License-Identifier: Apache-2.0
// SubjectWatch: whoever wants to see everything that signatures are matched against, as they see it.
//
// For `postern signatures match`, which says why a signature does not match; no other scan has one.
// Called in the order of the scan, by the scanning thread.
#pragma once

#include "engine/file_type.h"
#include "signatures/matcher.h"

#include <string_view>

namespace postern::engine {

// What was matched; borrowed for the call.
struct WatchedSubject {
    std::string_view path;  // of the content; "" is the message itself
    std::string_view form;  // "as it stands", "normal form of text" ...
    FileType type{};
    const signatures::Subject& subject;
};

class SubjectWatch {
public:
    virtual ~SubjectWatch() = default;
    virtual void subject(const WatchedSubject& watched) = 0;
    // Before the YARA rules look at the subject that came last.
    virtual void rules(const signatures::yara::RuleSubject& subject) = 0;
    virtual void member(std::string_view path, const signatures::MemberFacts& facts) = 0;
};

}  // namespace postern::engine
