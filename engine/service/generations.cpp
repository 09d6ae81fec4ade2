// SPDX-License-Identifier: Apache-2.0
#include "engine/service/generations.h"

#include <algorithm>
#include <utility>

namespace postern::engine::service {

std::chrono::milliseconds Patience::after_a_failure() {
    ++failures_;
    return std::chrono::milliseconds(std::min(5000u, 50u << std::min(failures_, 7u)));
}

Generations::Generations(Loop& loop, std::vector<std::string> command, Events& events,
                         Listener listener)
    : loop_(loop),
      command_(std::move(command)),
      events_(events),
      listener_(std::move(listener)),
      load_again_(loop) {
    of_families_ = {
        [](Family& family) { family.fork(); },
        [this](Family& family, const std::string& why) { could_not_load(family, why); },
        [this](Family& family) { closed(family); },
        [this](Family& family, WorkerLink& worker) { worker_ready(family, worker); },
        listener_.answered,
        listener_.worker_lost,
        [this](Family& family, std::unique_ptr<WorkerLink> worker, int status) {
            worker_ended(family, std::move(worker), status);
        },
    };
}

std::vector<Family*> Generations::all() const {
    std::vector<Family*> all;
    if (now_) all.push_back(now_.get());
    for (const auto& family : before_) all.push_back(family.get());
    return all;
}

void Generations::reload() {
    if (next_) {
        reload_again_ = true;
        return;
    }
    if (now_) events_.reloading();
    begin_next();
}

void Generations::begin_next() {
    try {
        next_ = std::make_shared<Family>(loop_, command_, of_families_);
    } catch (const std::exception& error) {
        no_next(error.what());
    }
}

void Generations::could_not_load(Family& family, const std::string& why) {
    if (next_.get() != &family) return;
    loop_.post([gone = std::exchange(next_, nullptr)] {});
    no_next(why);
}

void Generations::no_next(const std::string& why) {
    if (!ever_loaded_) return listener_.cannot_start(why);
    events_.told(Level::error, now_ ? why + "; the set in force stays" : why);
    if (now_ && !std::exchange(reload_again_, false)) return;
    load_again_.after(patience_.after_a_failure(), [this] { reload(); });
}

void Generations::worker_ready(Family& family, WorkerLink& worker) {
    if (&family != now_.get() && &family != next_.get()) return family.retire(worker);
    worker.state = WorkerState::standby;
    events_.worker_started(Clock::now() - worker.began());
    if (&family == next_.get()) take_over();
    listener_.worker_ready(family, worker);
}

// The first worker of the next family is ready: what comes is its own from here on.
void Generations::take_over() {
    const LoadedFacts& facts = next_->facts();
    GenerationChanged change;
    change.generation = facts.generation;
    if (now_) change.before = now_->facts().generation;
    change.in_force_since = facts.since;
    change.loading = Seconds(facts.loading_seconds);
    change.signatures = facts.signatures;
    ever_loaded_ = true;
    patience_.begin_anew();
    const std::shared_ptr<Family> old = std::exchange(now_, std::exchange(next_, nullptr));
    if (old) {
        before_.push_back(old);
        old->retire_all();
        forget_the_empty();
    }
    events_.generation_changed(change);
    if (std::exchange(reload_again_, false)) reload();
}

void Generations::worker_ended(Family& family, std::unique_ptr<WorkerLink> worker, int status) {
    if (&family == next_.get())
        return could_not_load(family, "a worker with the new set could not be started");
    listener_.worker_ended(family, std::move(worker), status);
    forget_the_empty();
}

void Generations::closed(Family& family) {
    if (&family == next_.get()) return could_not_load(family, "the nursery ended while it loaded");
    if (&family == now_.get()) {
        before_.push_back(std::exchange(now_, nullptr));
        events_.told(Level::error, "the nursery ended; everything is loaded anew");
    }
    family.bury_all();
    forget_the_empty();
    if (!now_ && !next_) load_again_.after(patience_.after_a_failure(), [this] { reload(); });
}

void Generations::forget_the_empty() {
    for (auto at = before_.begin(); at != before_.end();) {
        if (!(*at)->empty()) {
            ++at;
            continue;
        }
        loop_.post([gone = std::move(*at)] {});
        at = before_.erase(at);
    }
}

}  // namespace postern::engine::service
