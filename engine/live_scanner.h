// SPDX-License-Identifier: Apache-2.0
// LiveScanner: the scanner of a store's current set, another one as soon as another set is current.
//
// A thread of its own watches the store, loads what was activated and makes its scratch ready; then one
// pointer changes. Who began with a set ends with it; the last one to end does not even pay for giving its
// memory back, which this thread does.
//
// Invariants
//  (1) current() is never empty, and never a scanner whose set was not loaded whole.
//  (2) What cannot be loaded changes nothing and is told. A shadow that cannot be loaded is none.
//  (3) A set that stays in force while the one beside it changes is not loaded again.
//
// current() is thread-safe and takes no longer than a lock that nobody holds for long.
#pragma once

#include "engine/scanner.h"
#include "signatures/store/store.h"

#include <functional>
#include <memory>
#include <string>

namespace postern::engine {

class LiveScanner {
public:
    struct Options {
        Limits limits;
        unsigned threads = 1;  // of the arena that scans
        // Called by the thread that watches, with a sentence: a set was put in force, or could not be.
        // May be null.
        std::function<void(const std::string&)> tell;
    };

    // Loads the current set. Throws SetFileError, KeyError when there is none that can be used.
    LiveScanner(signatures::Store store, Options options);
    ~LiveScanner();

    // To be held for one message.
    std::shared_ptr<const Scanner> current() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::engine
