// SPDX-License-Identifier: Apache-2.0
// EventLoop: one thread that waits for many things. A connection lives on one loop from its first octet to its last, so
// nothing of a session is ever shared.
#pragma once

#include <functional>
#include <memory>

namespace postern::relay {

class EventLoop {
public:
    EventLoop();
    ~EventLoop();

    // Returns after finish(), when everything that was begun on it has ended.
    void run();
    void finish();
    // Thread-safe: `task` runs on the loop's thread.
    void post(std::function<void()> task);

    // The boost::asio::io_context, for .cpp files that wait on it.
    void* native();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::relay
