// SPDX-License-Identifier: Apache-2.0
// Judge: octets in, an Answer out; what a worker does with what it is given.
//
// ScannerJudge asks a set and a policy. Small messages are scanned by the thread that has them,
// large ones by all threads of an arena: a small one never stands behind the tasks of a large one.
#pragma once

#include "engine/policy.h"
#include "engine/service/request.h"
#include "engine/signature_sets.h"
#include "mime/message.h"

#include <functional>
#include <memory>

namespace postern::engine::service {

// From this size on a message is large: it waits for its turn among large ones.
inline constexpr std::uint64_t large_from = 1024 * 1024;

class Judge {
public:
    virtual ~Judge() = default;
    // Thread-safe. What it throws ends the worker, as a crash would.
    virtual Answer judge(const Request& request, const mime::Message& octets) const = 0;
    // In the worker, before the first message: threads can be started from here on.
    virtual void begin() {}
};

class ScannerJudge final : public Judge {
public:
    struct Options {
        unsigned threads = 1;        // of the arena, and so many large messages at once
        unsigned small_threads = 1;  // that scan small messages
        std::function<bool(std::span<const std::byte>)> looks_like_message;
    };
    // Makes all scratch now, for as many threads as there will be.
    ScannerJudge(SignatureSets sets, Policy policy, Options options);
    ~ScannerJudge() override;

    Answer judge(const Request& request, const mime::Message& octets) const override;
    void begin() override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::engine::service
