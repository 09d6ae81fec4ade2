// SPDX-License-Identifier: Apache-2.0
// Dissector: one signature and one content: does it match, where, and if not, how far did it get?
//
// What a scan answers in one word is taken apart here: which condition refused, which part or
// subsignature is missing, where most of it stands. Slow, and for people.
//
// For one thread at a time.
#pragma once

#include "signatures/catalog/parsed_line.h"
#include "signatures/matcher.h"

#include <memory>
#include <string>
#include <vector>

namespace postern::signatures {

struct Dissection {
    bool matches = false;
    double share = 0;  // how much of the signature was found, 0 to 1; less than 0: it was not asked
    std::vector<std::string> lines;
};

class Dissector {
public:
    // REQUIRES: `set` was built of this one signature alone.
    Dissector(std::shared_ptr<const SignatureSet> set, Parsed parsed);
    // The rule of this name, "YARA.name", and what it refers to. REQUIRES: `set` was built of these.
    Dissector(std::shared_ptr<const SignatureSet> set, std::string rule);
    ~Dissector();

    Dissection of(const Subject& subject);
    Dissection of(const MemberFacts& facts);
    Dissection of(const yara::RuleSubject& subject);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::signatures
