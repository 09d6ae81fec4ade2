// SPDX-License-Identifier: Apache-2.0
#include "relay/event_loop.h"

#include <utility>  // Boost 1.74 forgets it

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace postern::relay {

struct EventLoop::State {
    boost::asio::io_context context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
        context.get_executor()};
};

EventLoop::EventLoop() : state_(std::make_unique<State>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::run() {
    state_->context.run();
}
void EventLoop::finish() {
    state_->work.reset();
}
void EventLoop::post(std::function<void()> task) {
    boost::asio::post(state_->context, std::move(task));
}
void* EventLoop::native() {
    return &state_->context;
}

}  // namespace postern::relay
