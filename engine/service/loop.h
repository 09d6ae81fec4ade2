// SPDX-License-Identifier: Apache-2.0
// Loop: the supervisor's one thread, waiting for descriptors, clocks and signals (Boost.Asio).
//
// Everything in it is called by the thread that called run(), and by no other; post() alone may be
// called by any. A callback may destroy what it was called for.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace postern::engine::service {

class Loop {
public:
    using Callback = std::function<void()>;

    Loop();
    ~Loop();

    // Until stop(). Throws what a callback throws.
    void run();
    void stop();
    void post(Callback callback);
    // `work` on a thread of its own, then `then` here. Works are done one after the other.
    void in_background(Callback work, Callback then);
    void on_signal(int signal, Callback callback);

    struct State;
    State& state() { return *state_; }

private:
    std::unique_ptr<State> state_;
};

// Waits for one descriptor, which must stay open as long as this lives.
class Watch {
public:
    Watch(Loop& loop, int descriptor);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // Once. REQUIRES: not waited for already.
    void when_readable(Loop::Callback callback);
    void when_writable(Loop::Callback callback);

private:
    struct State;
    std::shared_ptr<State> state_;
};

// One clock; setting it anew forgets what it was set to.
class Timer {
public:
    explicit Timer(Loop& loop);
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    void after(std::chrono::milliseconds time, Loop::Callback callback);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace postern::engine::service
