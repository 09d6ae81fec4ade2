// SPDX-License-Identifier: Apache-2.0
#include "engine/service/pool.h"

#include "engine/service/nursery_link.h"
#include "engine/service/worker_link.h"

#include <algorithm>
#include <csignal>
#include <deque>
#include <map>

#include <sys/wait.h>

namespace postern::engine::service {

namespace {

using std::chrono::milliseconds;

// A nursery and the workers that it forked.
struct Family {
    std::unique_ptr<NurseryLink> nursery;
    std::map<std::uint64_t, std::unique_ptr<WorkerLink>> workers;
    bool loaded = false;

    WorkerLink* in(WorkerState state) const {
        for (const auto& [id, worker] : workers) {
            if (worker->state == state) return worker.get();
        }
        return nullptr;
    }
};

struct End {
    WorkerEnd kind = WorkerEnd::crashed;
    int signal = 0;
};

End end_of(const WorkerLink& worker, int status) {
    End end;
    if (status >= 0 && WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    if (worker.hung)
        end.kind = WorkerEnd::hung;
    else if (end.signal == SIGSYS)
        end.kind = WorkerEnd::forbidden;
    return end;
}

}  // namespace

struct Pool::State {
    State(Loop& the_loop, Options the_options, Events& the_events, Listener the_listener)
        : loop(the_loop),
          options(std::move(the_options)),
          events(the_events),
          listener(std::move(the_listener)),
          line(options.capacity),
          watchdog(the_loop),
          fork_again(the_loop),
          load_again(the_loop) {}

    Loop& loop;
    Options options;
    Events& events;
    Listener listener;
    WaitingLine line;
    std::deque<JobPointer> suspects;  // their worker ended; each goes alone
    std::shared_ptr<Family> now;      // null until the first set is in force
    std::shared_ptr<Family> next;     // loading, or about to take over
    std::vector<std::shared_ptr<Family>> before;
    bool reload_again = false;
    bool ever_loaded = false;
    std::uint64_t last_id = 0;
    std::uint64_t last_ticket = 0;
    std::size_t in_flight = 0;
    unsigned failed_starts = 0;
    bool waits_to_fork = false;
    Timer watchdog;
    Timer fork_again;
    Timer load_again;

    // --- Sets.
    std::shared_ptr<Family> start_family();
    void reload();
    void could_not_load(Family& family, const std::string& why);
    void no_next(const std::string& why);
    void load_later();
    milliseconds patience() const;
    void take_over();
    void family_closed(Family& family);
    void leave_when_done();

    // --- Workers.
    void fork_into(Family& family);
    void keep_workers();
    void worker_ready(Family& family, WorkerLink& worker);
    void worker_lost(WorkerLink& worker);
    void worker_ended(Family& family, std::uint64_t id, int status);
    void retire(WorkerLink& worker);
    void give_up(const JobPointer& job, End end);

    // --- Jobs.
    void pump();
    void dispatch(WorkerLink& worker, const JobPointer& job);
    void answered(Family& family, WorkerLink& worker, const JobPointer& job,
                  std::optional<Answer> answer);
    void look_for_hung();
    void end_hung(Family& family);
    milliseconds hang_time() const;
};

std::shared_ptr<Family> Pool::State::start_family() {
    auto family = std::make_shared<Family>();
    Family* of = family.get();
    // A family is destroyed by the loop, outside of its own callbacks (forget()).
    NurseryLink::Listener to{
        [this, of](const LoadedFacts&) {
            of->loaded = true;
            fork_into(*of);
        },
        [this, of](const std::string& why) { could_not_load(*of, why); },
        [of](std::uint64_t id, int process) {
            if (const auto at = of->workers.find(id); at != of->workers.end())
                at->second->process = process;
        },
        [this, of](std::uint64_t id, int status) { worker_ended(*of, id, status); },
        [this, of] { family_closed(*of); },
    };
    family->nursery = std::make_unique<NurseryLink>(loop, options.nursery, std::move(to));
    return family;
}

void Pool::State::reload() {
    if (next) {
        reload_again = true;
        return;
    }
    if (now) events.reloading();
    try {
        next = start_family();
    } catch (const std::exception& error) {
        no_next(error.what());
    }
}

void Pool::State::no_next(const std::string& why) {
    if (!ever_loaded) return listener.cannot_start(why);
    events.told(Level::error, now ? why + "; the set in force stays" : why);
    if (!now || std::exchange(reload_again, false)) load_later();
}

void Pool::State::load_later() {
    ++failed_starts;
    load_again.after(patience(), [this] { reload(); });
}

milliseconds Pool::State::patience() const {
    return milliseconds(std::min(5000u, 50u << std::min(failed_starts, 7u)));
}

void Pool::State::could_not_load(Family& family, const std::string& why) {
    if (next.get() != &family) return;
    loop.post([gone = std::move(next)] {});
    next = nullptr;
    no_next(why);
}

// The first worker of the next family is ready: it is active from here on.
void Pool::State::take_over() {
    GenerationChanged change;
    change.generation = next->nursery->facts().generation;
    if (now) change.before = now->nursery->facts().generation;
    change.in_force_since = next->nursery->facts().since;
    change.loading = Seconds(next->nursery->facts().loading_seconds);
    change.signatures = next->nursery->facts().signatures;
    ever_loaded = true;
    const std::shared_ptr<Family> old = std::exchange(now, std::exchange(next, nullptr));
    if (old) {
        before.push_back(old);
        for (const auto& [id, worker] : old->workers) {
            if (worker->state != WorkerState::lost) retire(*worker);
        }
        leave_when_done();
    }
    events.generation_changed(change);
    if (std::exchange(reload_again, false)) reload();
}

void Pool::State::leave_when_done() {
    for (auto at = before.begin(); at != before.end();) {
        if (!(*at)->workers.empty()) {
            ++at;
            continue;
        }
        loop.post([gone = std::move(*at)] {});
        at = before.erase(at);
    }
}

// The nursery itself is gone, and its workers go with it.
void Pool::State::family_closed(Family& family) {
    if (&family == next.get() && !family.loaded)
        return could_not_load(family, "the nursery ended while it loaded");
    std::vector<std::uint64_t> ids;
    for (const auto& [id, worker] : family.workers) ids.push_back(id);
    if (&family == now.get()) {
        before.push_back(std::exchange(now, nullptr));
        events.told(Level::error, "the nursery ended; everything is loaded anew");
    } else if (&family == next.get()) {
        before.push_back(std::exchange(next, nullptr));
    }
    for (const std::uint64_t id : ids) worker_ended(family, id, SIGKILL);
    leave_when_done();
    if (!now && !next) load_later();
}

void Pool::State::fork_into(Family& family) {
    const std::uint64_t id = ++last_id;
    Family* of = &family;
    auto link = std::make_unique<WorkerLink>(
        loop, id,
        WorkerLink::Listener{
            [this, of, id] { worker_ready(*of, *of->workers.at(id)); },
            [this, of, id](const JobPointer& job, std::optional<Answer> answer) {
                answered(*of, *of->workers.at(id), job, std::move(answer));
            },
            [this, of, id] { worker_lost(*of->workers.at(id)); },
        });
    Packet ends = link->take_worker_ends();
    family.workers[id] = std::move(link);
    if (!family.nursery->fork_worker(id, std::move(ends))) {
        loop.post([this, of, id] { worker_ended(*of, id, -1); });
    }
}

// One that works, one that stands by, and one for suspects while there are some.
void Pool::State::keep_workers() {
    if (!now) return;
    if (now->in(WorkerState::active) == nullptr) {
        if (WorkerLink* ready = now->in(WorkerState::standby)) ready->state = WorkerState::active;
    }
    WorkerLink* solo = now->in(WorkerState::solo);
    if (!suspects.empty() && solo == nullptr && now->in(WorkerState::active) != nullptr) {
        if (WorkerLink* ready = now->in(WorkerState::standby)) ready->state = WorkerState::solo;
    }
    if (suspects.empty() && solo != nullptr && solo->in_flight() == 0) {
        solo->state = WorkerState::standby;
    }
    std::size_t have = 0;
    for (const auto& [id, worker] : now->workers)
        have += worker->state != WorkerState::lost ? 1 : 0;
    const std::size_t want = suspects.empty() ? 2 : 3;
    for (; have > want; --have) {
        WorkerLink* spare = now->in(WorkerState::standby);
        if (spare == nullptr) break;
        retire(*spare);
    }
    if (waits_to_fork) return;
    for (; have < want; ++have) fork_into(*now);
}

void Pool::State::worker_ready(Family& family, WorkerLink& worker) {
    if (&family != now.get() && &family != next.get()) return retire(worker);
    failed_starts = 0;
    worker.state = WorkerState::standby;
    if (&family == next.get()) take_over();
    pump();
    listener.changed();
}

void Pool::State::retire(WorkerLink& worker) {
    worker.state = WorkerState::draining;
    if (worker.in_flight() == 0) worker.hang_up();
}

// Its sockets are closed: others take over at once; why it ended is told by the nursery, soon.
void Pool::State::worker_lost(WorkerLink& worker) {
    worker.state = WorkerState::lost;
    pump();
}

void Pool::State::worker_ended(Family& family, std::uint64_t id, int status) {
    const auto at = family.workers.find(id);
    if (at == family.workers.end()) return;
    const std::unique_ptr<WorkerLink> worker = std::move(at->second);
    family.workers.erase(at);
    const bool was_starting = worker->state == WorkerState::starting;
    std::vector<JobPointer> jobs = worker->take_in_flight();
    // What was under way the longest is the likeliest culprit: others do not wait behind it again.
    std::sort(jobs.begin(), jobs.end(), [](const JobPointer& a, const JobPointer& b) {
        return a->dispatched > b->dispatched;
    });
    const bool as_it_should =
        jobs.empty() && status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    const End end = end_of(*worker, status);
    in_flight -= jobs.size();
    if (!as_it_should) events.worker_ended({end.kind, end.signal, jobs.size(), worker->process});
    const bool alone = jobs.size() == 1;
    for (const JobPointer& job : jobs) {
        line.give_back(*job);
        ++job->failures;
        if (job->failures >= 2 && alone)
            give_up(job, end);
        else
            suspects.push_back(job);
    }
    if (!as_it_should && was_starting) {
        if (&family == next.get())
            return could_not_load(family, "a worker with the new set could not be started");
        ++failed_starts;
        waits_to_fork = true;
        fork_again.after(patience(), [this] {
            waits_to_fork = false;
            pump();
        });
    }
    leave_when_done();
    pump();
    listener.changed();
}

void Pool::State::give_up(const JobPointer& job, End end) {
    Outcome outcome;
    outcome.end = end.kind;
    outcome.signal = end.signal;
    if (now) outcome.generation = now->nursery->facts().generation;
    job->done(*job, outcome);
}

void Pool::State::pump() {
    keep_workers();
    WorkerLink* active = now ? now->in(WorkerState::active) : nullptr;
    WorkerLink* solo = now ? now->in(WorkerState::solo) : nullptr;
    if (solo != nullptr && solo->in_flight() == 0 && !suspects.empty()) {
        const JobPointer job = std::move(suspects.front());
        suspects.pop_front();
        line.lend(*job);
        dispatch(*solo, job);
    }
    for (const Lane lane : {Lane::small, Lane::large}) {
        while (active != nullptr && active->state == WorkerState::active) {
            const JobPointer job = line.take(lane);
            if (!job) break;
            dispatch(*active, job);
        }
    }
}

milliseconds Pool::State::hang_time() const {
    if (options.hang_time.count() > 0) return options.hang_time;
    return 3 * now->nursery->facts().time_limit + milliseconds(5000);
}

void Pool::State::dispatch(WorkerLink& worker, const JobPointer& job) {
    // An own ticket for each time: what an ended worker said cannot be taken for another's answer.
    job->request.ticket = ++last_ticket;
    job->dispatched = Clock::now();
    if (in_flight++ == 0) look_for_hung();
    // What cannot be sent to a worker that ends this moment is in flight all the same, and its end
    // settles it.
    if (!worker.send(job, job->dispatched + hang_time())) worker.state = WorkerState::lost;
}

void Pool::State::answered(Family& family, WorkerLink& worker, const JobPointer& job,
                           std::optional<Answer> answer) {
    if (!answer) {
        worker.state = WorkerState::lost;
        family.nursery->end_worker(worker.id());
        return;
    }
    --in_flight;
    line.give_back(*job);
    if (worker.state == WorkerState::draining && worker.in_flight() == 0) worker.hang_up();
    pump();
    Outcome outcome;
    outcome.answer = std::move(answer);
    job->done(*job, outcome);
    listener.changed();
}

void Pool::State::look_for_hung() {
    if (in_flight == 0 || !now) return;
    const milliseconds soon = std::clamp(hang_time() / 8, milliseconds(10), milliseconds(250));
    watchdog.after(soon, [this] {
        std::vector<Family*> families{now.get()};
        for (const auto& family : before) families.push_back(family.get());
        for (Family* family : families) {
            if (family != nullptr) end_hung(*family);
        }
        pump();
        look_for_hung();
    });
}

// A worker that hangs is given nothing more; what else it has it may still answer, for a while.
void Pool::State::end_hung(Family& family) {
    const auto now_is = Clock::now();
    for (const auto& [id, worker] : family.workers) {
        const std::size_t overdue = worker->overdue(now_is);
        if (overdue == 0) continue;
        if (!worker->hung) {
            worker->hung = true;
            worker->state = WorkerState::lost;
            worker->patience_ends = now_is + hang_time() / 4;
        }
        if (overdue == worker->in_flight() || worker->patience_ends < now_is)
            family.nursery->end_worker(id);
    }
}

Pool::Pool(Loop& loop, Options options, Events& events, Listener listener)
    : state_(std::make_unique<State>(loop, std::move(options), events, std::move(listener))) {
    state_->reload();
}

Pool::~Pool() = default;

void Pool::submit(JobPointer job) {
    job->queued = Clock::now();
    state_->line.put(std::move(job));
    state_->pump();
    state_->listener.changed();
}

void Pool::reload() {
    state_->reload();
}

bool Pool::ready() const {
    return state_->now && state_->now->in(WorkerState::active) != nullptr;
}

const LoadedFacts* Pool::facts() const {
    return state_->now ? &state_->now->nursery->facts() : nullptr;
}

std::size_t Pool::waiting() const {
    return state_->line.waiting() + state_->suspects.size();
}

std::size_t Pool::running() const {
    return state_->in_flight;
}

std::vector<std::pair<double, std::string>> Pool::first_jobs(std::size_t most) const {
    std::vector<std::pair<double, std::string>> jobs;
    const auto add = [&](const JobPointer& job) {
        if (jobs.size() < most)
            jobs.emplace_back(Seconds(Clock::now() - job->queued).count(), job->request.name);
    };
    if (state_->now) {
        for (const auto& [id, worker] : state_->now->workers) {
            for (const JobPointer& job : worker->jobs()) add(job);
        }
    }
    for (const Lane lane : {Lane::small, Lane::large}) {
        for (const JobPointer& job : state_->line.line(lane)) add(job);
    }
    return jobs;
}

}  // namespace postern::engine::service
