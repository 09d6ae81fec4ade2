// SPDX-License-Identifier: Apache-2.0
// QueueWriter: the one thread that writes to the queue's database, and the threads that sync files before it.
//
// Work comes in on a list. The thread takes the whole list as one transaction; while its COMMIT waits for the disk,
// the next list gathers. A group that fails is rolled back: its messages are refused, its records wait a second.
#pragma once

#include "relay/queue.h"

#include <functional>
#include <memory>

namespace postern::relay {

class QueueWriter {
public:
    // REQUIRES: `database` of the folder is prepared. `last`: the highest id there is.
    QueueWriter(const QueueOptions& options, QueueId last);
    ~QueueWriter();

    QueueId next_id();
    void accept(std::unique_ptr<IncomingMessage> message, Acceptance acceptance, CommitHandler handler);
    void record(Record record, std::function<void()> handler);
    // The folder of `options` is not looked at.
    void change_ages(const QueueOptions& options);
    // What the last transaction met; none: it was committed.
    std::error_code trouble() const;
    // Before start().
    void on_due(std::function<void(std::vector<Due>)> handler);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace postern::relay
