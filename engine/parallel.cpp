// SPDX-License-Identifier: Apache-2.0
#include "engine/parallel.h"

#include <atomic>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <thread>

namespace postern::engine {

struct Arena::State {
    // The library would not start more threads than there are cores; the user may ask for them.
    explicit State(int threads)
        : allowed(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)),
          arena(threads) {}
    tbb::global_control allowed;
    tbb::task_arena arena;
};

Arena::Arena(unsigned threads)
    : threads_(threads != 0 ? threads : std::max(1u, std::thread::hardware_concurrency())) {
    state_ = std::make_unique<State>(static_cast<int>(threads_));
}

Arena::~Arena() = default;

void Arena::run(const std::function<void()>& work) {
    state_->arena.execute([&] { work(); });
}

// The library is not instrumented for ThreadSanitizer, so what it orders would look unordered there. The
// atomics of TaskGroup::State, Parcel and Passenger say the same order in our own words; they cost nothing
// that can be measured.
struct TaskGroup::State {
    tbb::task_group group;
    std::atomic<std::size_t> finished{0};
};

namespace {

// A task on its way to the thread that runs it.
struct Parcel {
    std::function<void()> task;
    std::atomic<std::size_t>& finished;
    std::atomic<bool> sealed{false};

    void open() {
        while (!sealed.load(std::memory_order_acquire)) {}  // sealed before it was sent: never waits
        task();
        task = nullptr;
        finished.fetch_add(1, std::memory_order_release);
    }
};

// What the library copies about. Its one member is read where ThreadSanitizer does not look.
class Delivery {
public:
    explicit Delivery(Parcel* parcel) : parcel_(parcel) {}
    __attribute__((no_sanitize("thread"))) void operator()() const {
        const std::unique_ptr<Parcel> parcel(parcel_);
        parcel->open();
    }

private:
    Parcel* parcel_;
};

}  // namespace

TaskGroup::TaskGroup(Order order) {
    if (order == Order::parallel) state_ = std::make_unique<State>();
}

TaskGroup::~TaskGroup() = default;

void TaskGroup::run(std::function<void()> task) {
    if (serial()) return task();
    auto parcel = std::unique_ptr<Parcel>(new Parcel{std::move(task), state_->finished});
    parcel->sealed.store(true, std::memory_order_release);
    state_->group.run(Delivery(parcel.release()));
}

void TaskGroup::wait() {
    if (serial()) return;
    state_->group.wait();
    state_->finished.load(std::memory_order_acquire);
}

namespace {

// What travels between the filters: a job, and how far it has come.
struct Passenger {
    std::unique_ptr<Job> job;
    std::atomic<int> step{0};
};

}  // namespace

void pipeline(std::size_t in_flight, const std::function<std::unique_ptr<Job>()>& next) {
    std::atomic<std::size_t> taken{0};  // each serial filter hands itself on from thread to thread
    std::atomic<std::size_t> emitted{0};
    const auto take = [&](tbb::flow_control& flow) -> Passenger* {
        taken.load(std::memory_order_acquire);
        std::unique_ptr<Job> job = next();
        taken.fetch_add(1, std::memory_order_release);
        if (!job) {
            flow.stop();
            return nullptr;
        }
        auto* passenger = new Passenger{std::move(job)};
        passenger->step.store(1, std::memory_order_release);
        return passenger;
    };
    const auto work = [](Passenger* passenger) {
        passenger->step.load(std::memory_order_acquire);
        passenger->job->work();
        passenger->step.store(2, std::memory_order_release);
        return passenger;
    };
    const auto emit = [&](Passenger* passenger) {
        passenger->step.load(std::memory_order_acquire);
        emitted.load(std::memory_order_acquire);
        passenger->job->emit();
        delete passenger;
        emitted.fetch_add(1, std::memory_order_release);
    };
    using Mode = tbb::filter_mode;
    tbb::parallel_pipeline(in_flight,
                           tbb::make_filter<void, Passenger*>(Mode::serial_in_order, take) &
                               tbb::make_filter<Passenger*, Passenger*>(Mode::parallel, work) &
                               tbb::make_filter<Passenger*, void>(Mode::serial_in_order, emit));
    taken.load(std::memory_order_acquire);
    emitted.load(std::memory_order_acquire);
}

}  // namespace postern::engine
