// SPDX-License-Identifier: Apache-2.0
// Log: records to one place, written by a thread of its own, so that who tells something never
// waits for a disk.
//
// To the journal each line begins with its priority (sd-daemon(3)), and to syslog it goes by the
// facility "mail"; both know the time by themselves. A file is appended to.
//
// Thread-safe.
#pragma once

#include "app/telemetry/record.h"

#include <memory>
#include <mutex>
#include <string>

namespace postern::app::telemetry {

enum class LogFormat { text, json };

struct LogOptions {
    std::string target = "stderr";  // "stderr", "journal", "syslog", or a file by its whole path
    LogFormat format = LogFormat::text;
    Severity least = Severity::information;  // what weighs less is left out
    std::string program = "postern";         // its name in syslog
};

class Log {
public:
    // Throws UsageError when the target is none, or its file cannot be written.
    explicit Log(const LogOptions& options);
    // Writes out what was told.
    ~Log();

    void write(const Record& record);
    // From now on each writes where the other did. A file that was moved away is so let go of.
    void swap(Log& other);

private:
    struct State;
    std::shared_ptr<State> state() const;

    mutable std::mutex mutex_;  // of state_
    std::shared_ptr<State> state_;
};

}  // namespace postern::app::telemetry
