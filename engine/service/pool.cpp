// SPDX-License-Identifier: Apache-2.0
#include "engine/service/pool.h"

#include "engine/service/generations.h"
#include "engine/service/suspects.h"

#include <algorithm>
#include <csignal>

#include <sys/wait.h>

namespace postern::engine::service {

namespace {

using std::chrono::milliseconds;

// So long may all threads for small messages be at theirs, with others waiting behind.
constexpr milliseconds busy_time{75};
// So long may a suspect keep others waiting.
constexpr milliseconds suspect_time{75};

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
    State(Loop& the_loop, Options the_options, Events& the_events, Listener the_listener);

    Loop& loop;
    Options options;
    Events& events;
    Listener listener;
    Generations generations;
    WaitingLine line;
    Suspects suspects{most_solos};
    std::uint64_t last_ticket = 0;
    std::size_t in_flight = 0;
    Patience patience;  // with workers that cannot be started
    bool waits_to_fork = false;
    bool watches_busy = false;
    bool watches_suspects = false;
    Timer watchdog;
    Timer fork_again;
    Timer busy;
    Timer slice;

    // --- Workers.
    void keep_workers();
    void keep_solos(Family& now);
    void worker_ready();
    void worker_lost(WorkerLink& worker);
    void worker_ended(Family& family, std::unique_ptr<WorkerLink> worker, int status);
    void fork_later();

    // --- Jobs.
    void pump();
    void dispatch(WorkerLink& worker, const JobPointer& job);
    void answered(Family& family, WorkerLink& worker, const JobPointer& job,
                  std::optional<Answer> answer);
    void settle_unanswered(const std::vector<JobPointer>& jobs, End end);
    void give_up(const JobPointer& job, End end);

    // --- Time.
    milliseconds hang_time(const Family& family) const;
    void look_for_hung();
    void end_hung(Family& family);
    void look_for_slow_suspects();
    void put_off_slow_suspects();
    void look_for_busy(Family& family, WorkerLink& worker);
    void relieve(Family& family, WorkerLink& worker);
};

Pool::State::State(Loop& the_loop, Options the_options, Events& the_events, Listener the_listener)
    : loop(the_loop),
      options(std::move(the_options)),
      events(the_events),
      listener(std::move(the_listener)),
      generations(loop, options.nursery, events,
                  {listener.cannot_start, [this](Family&, WorkerLink&) { worker_ready(); },
                   [this](Family& family, WorkerLink& worker, const JobPointer& job,
                          std::optional<Answer> answer) {
                       answered(family, worker, job, std::move(answer));
                   },
                   [this](Family&, WorkerLink& worker) { worker_lost(worker); },
                   [this](Family& family, std::unique_ptr<WorkerLink> worker, int status) {
                       worker_ended(family, std::move(worker), status);
                   }}),
      line(options.capacity),
      watchdog(loop),
      fork_again(loop),
      busy(loop),
      slice(loop) {}

// One that works, one that stands by, and those for suspects.
void Pool::State::keep_workers() {
    using enum WorkerState;
    Family* now = generations.now();
    if (now == nullptr) return;
    if (now->in(active) == nullptr) {
        if (WorkerLink* ready = now->in(standby)) ready->state = active;
    }
    keep_solos(*now);
    std::size_t have = now->count({starting, standby, active, solo});
    const std::size_t want = 2 + suspects.wanted_places();
    for (; have > want; --have) {
        WorkerLink* spare = now->in(standby);
        if (spare == nullptr) break;
        now->retire(*spare);
    }
    if (waits_to_fork) return;
    for (; have < want; ++have) now->fork();
}

// The one that works comes first: suspects wait for a worker of their own.
void Pool::State::keep_solos(Family& now) {
    using enum WorkerState;
    if (now.in(active) == nullptr) return;
    std::size_t solos = now.count({solo});
    for (; solos < suspects.wanted_places(); ++solos) {
        WorkerLink* ready = now.in(standby);
        if (ready == nullptr) return;
        ready->state = solo;
    }
    for (WorkerLink* worker : now.workers()) {
        if (solos <= suspects.wanted_places()) return;
        if (worker->state != solo || worker->in_flight() > 0) continue;
        worker->state = standby;
        --solos;
    }
}

void Pool::State::worker_ready() {
    patience.begin_anew();
    pump();
    listener.changed();
}

// Its sockets are closed: others take over at once.
void Pool::State::worker_lost(WorkerLink& worker) {
    if (worker.state == WorkerState::draining && worker.in_flight() == 0) return;
    worker.state = WorkerState::lost;
    pump();
}

void Pool::State::worker_ended(Family& family, std::unique_ptr<WorkerLink> worker, int status) {
    const std::vector<JobPointer> jobs = worker->take_in_flight();
    in_flight -= jobs.size();
    // One that leaves is ended when it has answered all.
    const bool as_it_should = jobs.empty() && worker->state == WorkerState::draining;
    if (!as_it_should) {
        const End end = end_of(*worker, status);
        events.worker_ended({end.kind, end.signal, jobs.size(), worker->process});
        settle_unanswered(jobs, end);
        if (worker->state == WorkerState::starting && &family == generations.now()) fork_later();
    }
    pump();
    listener.changed();
}

void Pool::State::fork_later() {
    waits_to_fork = true;
    fork_again.after(patience.after_a_failure(), [this] {
        waits_to_fork = false;
        pump();
    });
}

void Pool::State::settle_unanswered(const std::vector<JobPointer>& jobs, End end) {
    std::vector<JobPointer> again;
    for (const JobPointer& job : jobs) {
        line.give_back(*job);
        if (job->failures > 0) suspects.give_back(*job);
        job->slow = job->deadline < Clock::now();
        if (++job->failures == 1)
            again.push_back(job);
        else
            give_up(job, end);
    }
    suspects.put(std::move(again));
}

void Pool::State::give_up(const JobPointer& job, End end) {
    Outcome outcome;
    outcome.end = end.kind;
    outcome.signal = end.signal;
    if (const Family* now = generations.now()) outcome.generation = now->facts().generation;
    job->done(*job, outcome);
}

void Pool::State::pump() {
    keep_workers();
    Family* now = generations.now();
    if (now == nullptr) return;
    for (WorkerLink* worker : now->workers()) {
        if (worker->state != WorkerState::solo || worker->in_flight() > 0) continue;
        const JobPointer job = suspects.take();
        if (!job) break;
        line.lend(*job);
        dispatch(*worker, job);
    }
    if (suspects.quick_ones_wait()) look_for_slow_suspects();
    WorkerLink* active = now->in(WorkerState::active);
    for (const Lane lane : {Lane::small, Lane::large}) {
        while (active != nullptr && active->state == WorkerState::active) {
            const JobPointer job = line.take(lane);
            if (!job) break;
            dispatch(*active, job);
        }
    }
    const bool crowded = active != nullptr && active->state == WorkerState::active &&
                         active->small_in_flight() > options.small_threads;
    if (crowded) look_for_busy(*now, *active);
}

void Pool::State::dispatch(WorkerLink& worker, const JobPointer& job) {
    // An own ticket for each time: what an ended worker said cannot be taken for another's answer.
    job->request.ticket = ++last_ticket;
    job->dispatched = Clock::now();
    job->deadline = job->dispatched + hang_time(*generations.now());
    if (in_flight++ == 0) look_for_hung();
    // What cannot be sent to a worker that ends this moment is in flight all the same, and its end
    // settles it.
    if (!worker.send(job)) worker.state = WorkerState::lost;
}

void Pool::State::answered(Family& family, WorkerLink& worker, const JobPointer& job,
                           std::optional<Answer> answer) {
    if (!answer) {
        worker.state = WorkerState::lost;
        return family.end(worker);
    }
    --in_flight;
    line.give_back(*job);
    if (job->failures > 0) suspects.give_back(*job);
    if (worker.state == WorkerState::draining) family.retire(worker);
    pump();
    Outcome outcome;
    outcome.answer = std::move(answer);
    job->done(*job, outcome);
    listener.changed();
}

milliseconds Pool::State::hang_time(const Family& family) const {
    if (options.hang_time.count() > 0) return options.hang_time;
    return 3 * family.facts().time_limit + milliseconds(5000);
}

void Pool::State::look_for_hung() {
    if (in_flight == 0 || generations.now() == nullptr) return;
    const milliseconds time = hang_time(*generations.now());
    watchdog.after(std::clamp(time / 8, milliseconds(10), milliseconds(250)), [this] {
        for (Family* family : generations.all()) end_hung(*family);
        pump();
        look_for_hung();
    });
}

// A worker that hangs is given nothing more; what else it has it may still answer, for a while.
void Pool::State::end_hung(Family& family) {
    const auto now_is = Clock::now();
    for (WorkerLink* worker : family.workers()) {
        const std::size_t overdue = worker->overdue(now_is);
        if (overdue == 0) continue;
        if (!worker->hung) {
            worker->hung = true;
            worker->state = WorkerState::lost;
            worker->patience_ends = now_is + hang_time(family) / 4;
        }
        if (overdue == worker->in_flight() || worker->patience_ends < now_is) family.end(*worker);
    }
}

void Pool::State::look_for_slow_suspects() {
    if (std::exchange(watches_suspects, true)) return;
    slice.after(suspect_time, [this] {
        watches_suspects = false;
        if (suspects.quick_ones_wait()) put_off_slow_suspects();
        pump();
    });
}

// Not its fault, and no second failure: it is scanned again from the start, with time enough.
void Pool::State::put_off_slow_suspects() {
    Family* now = generations.now();
    if (now == nullptr) return;
    const auto since = Clock::now() - suspect_time;
    for (WorkerLink* worker : now->workers()) {
        if (worker->state != WorkerState::solo || worker->in_flight() == 0) continue;
        const JobPointer job = worker->jobs().front();
        if (job->slow || job->dispatched > since) continue;
        worker->take_in_flight();
        --in_flight;
        line.give_back(*job);
        suspects.put_off(job);
        now->retire(*worker);
    }
}

// Whether the one that works answers anything at all while others wait for it.
void Pool::State::look_for_busy(Family& family, WorkerLink& worker) {
    if (std::exchange(watches_busy, true)) return;
    busy.after(busy_time,
               [this, then = &family, id = worker.id(), answered = worker.small_answered()] {
                   watches_busy = false;
                   Family* now = generations.now();
                   WorkerLink* active = now != nullptr ? now->in(WorkerState::active) : nullptr;
                   const bool same = now == then && active != nullptr && active->id() == id;
                   if (same && active->small_answered() == answered) relieve(*now, *active);
                   pump();
               });
}

void Pool::State::relieve(Family& family, WorkerLink& worker) {
    const bool may = family.in(WorkerState::standby) != nullptr &&
                     family.count({WorkerState::draining}) < most_busy;
    if (!may) return;
    std::vector<JobPointer> unbegun = worker.take_untaken(options.small_threads);
    in_flight -= unbegun.size();
    for (auto job = unbegun.rbegin(); job != unbegun.rend(); ++job) line.put_back(std::move(*job));
    // What it is at takes nobody's place any more.
    for (const JobPointer& job : worker.jobs()) {
        if (WaitingLine::lane_of(*job) == Lane::small) line.give_back(*job);
    }
    family.retire(worker);
}

Pool::Pool(Loop& loop, Options options, Events& events, Listener listener)
    : state_(std::make_unique<State>(loop, std::move(options), events, std::move(listener))) {
    state_->generations.reload();
}

Pool::~Pool() = default;

void Pool::submit(JobPointer job) {
    job->queued = Clock::now();
    state_->line.put(std::move(job));
    state_->pump();
    state_->listener.changed();
}

void Pool::reload() {
    state_->generations.reload();
}

bool Pool::ready() const {
    const Family* now = state_->generations.now();
    return now != nullptr && now->in(WorkerState::active) != nullptr;
}

const LoadedFacts* Pool::facts() const {
    const Family* now = state_->generations.now();
    return now != nullptr ? &now->facts() : nullptr;
}

std::size_t Pool::waiting() const {
    return state_->line.waiting() + state_->suspects.waiting();
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
    for (const Family* family : state_->generations.all()) {
        for (const WorkerLink* worker : family->workers()) {
            for (const JobPointer& job : worker->jobs()) add(job);
        }
    }
    for (const Lane lane : {Lane::small, Lane::large}) {
        for (const JobPointer& job : state_->line.line(lane)) add(job);
    }
    return jobs;
}

}  // namespace postern::engine::service
