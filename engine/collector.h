// SPDX-License-Identifier: Apache-2.0
// Collector: where the tasks of one scan put what they see, and where it is put in order at the end.
//
// Thread-safe until settle(), which is called once, when every task has ended.
#pragma once

#include "engine/explanation.h"
#include "engine/verdict.h"

#include <mutex>

namespace postern::engine {

class Collector {
public:
    explicit Collector(Explanation* explanation) : explanation_(explanation) {}

    void add(Finding finding);
    void add_to_shadow(Finding finding);
    void cut_shadow_short();
    void add(Gap gap);
    void add(ContentFact fact);
    bool explains() const { return explanation_ != nullptr; }
    // Null: nobody watches.
    SubjectWatch* watch() const { return explanation_ != nullptr ? explanation_->watch : nullptr; }
    void explain(ContentStep step);
    void explain(MessageStep step);

    // Sorted, each (kind, name, content) once. A signature seen in the raw message is dropped where one of
    // its contents shows it too: that one says more.
    Verdict settle();

private:
    std::mutex mutex_;
    Verdict verdict_;
    Explanation* explanation_;
};

}  // namespace postern::engine
