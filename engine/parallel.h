// SPDX-License-Identifier: Apache-2.0
// Parallelism: the arena in which everything runs, tasks that belong together, and an ordered pipeline.
//
// Our words for the few things of oneTBB that the engine uses. A thread that waits here may run another
// task meanwhile: never hold a Matcher or an Identifier across wait().
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace postern::engine {

// Runs with at most `threads` threads, the caller's among them. 0: all cores.
class Arena {
public:
    explicit Arena(unsigned threads);
    ~Arena();
    unsigned threads() const { return threads_; }
    void run(const std::function<void()>& work);

private:
    struct State;
    std::unique_ptr<State> state_;
    unsigned threads_;
};

// Tasks of one piece of work. Serial: each runs at once, in the caller, in the order given.
class TaskGroup {
public:
    enum class Order { parallel, serial };
    explicit TaskGroup(Order order);
    // REQUIRES: wait() was called after the last run().
    ~TaskGroup();
    void run(std::function<void()> task);
    void wait();
    bool serial() const { return state_ == nullptr; }

private:
    struct State;
    std::unique_ptr<State> state_;
};

// One thing that goes through the pipeline.
class Job {
public:
    virtual ~Job() = default;
    virtual void work() = 0;  // in parallel with other jobs
    virtual void emit() = 0;  // one at a time, in the order in which the jobs came
};

// Takes jobs from `next` (called one at a time) until it gives none, works on at most `in_flight` at once.
// REQUIRES: called inside Arena::run.
void pipeline(std::size_t in_flight, const std::function<std::unique_ptr<Job>()>& next);

}  // namespace postern::engine
