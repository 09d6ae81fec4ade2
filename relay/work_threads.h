// SPDX-License-Identifier: Apache-2.0
// A few threads that do what they are given, in order of arrival: work that waits for a disk.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace postern::relay {

// Thread-safe.
class WorkThreads {
public:
    explicit WorkThreads(int threads);
    // Does all that was added before.
    ~WorkThreads();
    void add(std::function<void()> work);

private:
    void run();
    std::function<void()> take();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> waiting_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace postern::relay
