// SPDX-License-Identifier: Apache-2.0
// A handler that the library still holds when its Watch or Timer is gone finds that out by a weak
// pointer.
#include "engine/service/loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <list>

namespace postern::engine::service {

namespace asio = boost::asio;
using Error = boost::system::error_code;

struct Loop::State {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::list<asio::signal_set> signals;
    asio::thread_pool background{1};

    void wait_for(asio::signal_set& set, std::shared_ptr<Callback> callback) {
        set.async_wait([this, &set, callback](const Error& error, int) {
            if (error) return;
            (*callback)();
            wait_for(set, callback);
        });
    }
};

Loop::Loop() : state_(std::make_unique<State>()) {}

Loop::~Loop() {
    state_->context.stop();
    state_->background.join();
}

void Loop::run() {
    state_->context.run();
}

void Loop::stop() {
    state_->context.stop();
}

void Loop::post(Callback callback) {
    asio::post(state_->context, std::move(callback));
}

void Loop::in_background(Callback work, Callback then) {
    asio::post(state_->background,
               [this, work = std::move(work), then = std::move(then)]() mutable {
                   work();
                   post(std::move(then));
               });
}

void Loop::on_signal(int signal, Callback callback) {
    asio::signal_set& set = state_->signals.emplace_back(state_->context, signal);
    state_->wait_for(set, std::make_shared<Callback>(std::move(callback)));
}

struct Watch::State {
    State(Loop& loop, int number) : descriptor(loop.state().context, number) {}
    asio::posix::stream_descriptor descriptor;
};

Watch::Watch(Loop& loop, int descriptor) : state_(std::make_shared<State>(loop, descriptor)) {}

// The descriptor is its owner's to close.
Watch::~Watch() {
    state_->descriptor.release();
}

namespace {

template <class State>
auto unless_gone(const std::shared_ptr<State>& state, Loop::Callback callback) {
    return
        [weak = std::weak_ptr<State>(state), callback = std::move(callback)](const Error& error) {
            if (!error && !weak.expired()) callback();
        };
}

}  // namespace

void Watch::when_readable(Loop::Callback callback) {
    state_->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                  unless_gone(state_, std::move(callback)));
}

void Watch::when_writable(Loop::Callback callback) {
    state_->descriptor.async_wait(asio::posix::stream_descriptor::wait_write,
                                  unless_gone(state_, std::move(callback)));
}

struct Timer::State {
    explicit State(Loop& loop) : timer(loop.state().context) {}
    asio::steady_timer timer;
    unsigned set = 0;
};

Timer::Timer(Loop& loop) : state_(std::make_shared<State>(loop)) {}

Timer::~Timer() {
    state_->timer.cancel();
}

void Timer::after(std::chrono::milliseconds time, Loop::Callback callback) {
    state_->timer.expires_after(time);
    const unsigned set = ++state_->set;
    std::weak_ptr<State> weak(state_);
    state_->timer.async_wait([weak, set, callback = std::move(callback)](const Error& error) {
        const auto state = weak.lock();
        if (!error && state && state->set == set) callback();
    });
}

}  // namespace postern::engine::service
