// SPDX-License-Identifier: Apache-2.0
// ScandProcess: a scanning service of the relay's own, started by it, watched by it, and gone with it.
//
// When it ends it is started again at once, and then at growing intervals while it keeps ending. Messages that
// come meanwhile are answered 451 by whoever asks it: nothing passes unscanned.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace postern::relay {

class ScandProcess {
public:
    struct Options {
        std::vector<std::string> words;  // the program and its arguments
        std::string socket;              // the Unix socket that it listens on once it is ready
        std::function<void(const std::string&)> tell;  // sentences about its life; called by a thread of its own
    };

    explicit ScandProcess(Options options);
    // Ends it, and waits for its end.
    ~ScandProcess();

    // Waits until it has a set loaded and answers. False: it did not in that time.
    bool wait_until_ready(std::chrono::milliseconds time);
    // Passes a signal on, such as SIGHUP.
    void signal(int number);
    const std::vector<std::string>& words() const;
    // How often it has ended, and was started again.
    unsigned ends() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::relay
