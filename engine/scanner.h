// SPDX-License-Identifier: Apache-2.0
// The scanner: one Message in, one Verdict out. Start here.
//
// A mail is a tree, and its leaves are independent; so the scanner walks the tree once and makes a task
// of every leaf. What a leaf unfolds into (an archive, a forwarded mail) is again leaves. It knows nothing
// of SMTP and decides nothing: it says what is there, Policy says what to do.
//
// Invariants
//  (1) scan() answers for every input. What could not be looked at is a Gap, not an error.
//  (2) The Verdict is the same for any number of threads. Where the Budget refused something, the order
//      in which contents came would show; so that answer is made again, in serial order.
//  (3) Every decoded octet is charged to the Budget before it is held.
#pragma once

#include "engine/explanation.h"
#include "engine/limits.h"
#include "engine/signature_sets.h"
#include "engine/verdict.h"
#include "mime/message.h"

#include "signatures/rule_tallies.h"

#include <memory>
#include <string_view>
#include <vector>

namespace postern::engine {

class Scanner {
public:
    // `threads` is how many the calling arena has (parallel.h); with 1 nothing is ever spawned.
    Scanner(SignatureSets sets, const Limits& limits, unsigned threads);
    ~Scanner();

    // Thread-safe. Blocks the caller, which may run other tasks of its arena meanwhile.
    Verdict scan(const mime::Message& message, Explanation* explanation = nullptr) const;

    // The same for a bare file: judged as an attachment of that name would be.
    Verdict scan_file(const mime::Message& file, std::string_view name,
                      Explanation* explanation = nullptr) const;

    // Makes now what the threads of the arena would make at their first message. Thread-safe.
    void make_ready() const;

    const signatures::SignatureSet& signatures() const;

    // What each rule of the active set cost so far, and what came of it. REQUIRES: no scan is under way.
    std::vector<signatures::RuleUse> rule_uses() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::engine
