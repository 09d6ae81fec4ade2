// SPDX-License-Identifier: Apache-2.0
// Generations: which set is in force, which one is being loaded, and which only have to answer what
// they were given.
//
// Another set is another family, loaded beside the one in force; when its first worker is ready, it
// takes over. What cannot be loaded changes nothing and is told.
#pragma once

#include "engine/service/events.h"
#include "engine/service/family.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace postern::engine::service {

// Grows with each failure in a row, and begins anew.
class Patience {
public:
    std::chrono::milliseconds after_a_failure();
    void begin_anew() { failures_ = 0; }

private:
    unsigned failures_ = 0;
};

class Generations {
public:
    // Of the families in force, and of those that leave. Worker_ready: it belongs to the one in
    // force, and stands by.
    struct Listener {
        std::function<void(const std::string& why)> cannot_start;  // nothing was ever in force
        decltype(FamilyListener::worker_ready) worker_ready;
        decltype(FamilyListener::answered) answered;
        decltype(FamilyListener::worker_lost) worker_lost;
        decltype(FamilyListener::worker_ended) worker_ended;
    };

    // REQUIRES: the loop and the events outlive it.
    Generations(Loop& loop, std::vector<std::string> command, Events& events, Listener listener);

    void reload();
    // Null: none, yet or for the moment.
    Family* now() const { return now_.get(); }
    // That in force, and those that leave.
    std::vector<Family*> all() const;

private:
    void begin_next();
    void could_not_load(Family& family, const std::string& why);
    void no_next(const std::string& why);
    void worker_ready(Family& family, WorkerLink& worker);
    void worker_ended(Family& family, std::unique_ptr<WorkerLink> worker, int status);
    void take_over();
    void closed(Family& family);
    void forget_the_empty();

    Loop& loop_;
    std::vector<std::string> command_;
    Events& events_;
    Listener listener_;
    FamilyListener of_families_;
    std::shared_ptr<Family> now_;   // null until the first set is in force
    std::shared_ptr<Family> next_;  // loading, or about to take over
    std::vector<std::shared_ptr<Family>> before_;
    bool ever_loaded_ = false;
    bool reload_again_ = false;  // asked for while one was being loaded
    Patience patience_;
    Timer load_again_;
};

}  // namespace postern::engine::service
