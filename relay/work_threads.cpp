// SPDX-License-Identifier: Apache-2.0
#include "relay/work_threads.h"

namespace postern::relay {

WorkThreads::WorkThreads(int threads) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

WorkThreads::~WorkThreads() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void WorkThreads::add(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(work));
    }
    wake_.notify_one();
}

void WorkThreads::run() {
    while (const std::function<void()> work = take()) work();
}

std::function<void()> WorkThreads::take() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return {};
    std::function<void()> work = std::move(waiting_.front());
    waiting_.pop_front();
    return work;
}

}  // namespace postern::relay
