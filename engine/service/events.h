// SPDX-License-Identifier: Apache-2.0
// Events: what scand tells whoever watches it. Metrics and logs are made of these and of nothing
// else.
//
// Every call comes from the supervisor's one thread, in the order in which things happened. An
// observer returns soon, never throws, and never calls back: what takes time goes to a thread of
// its own. What came from a client or a message (names, ids, paths, reasons) is hostile text: made
// harmless only by whoever prints it.
//
// The texts in these structs live as long as the call.
#pragma once

#include "engine/policy.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postern::engine::service {

using Seconds = std::chrono::duration<double>;

// Who asked: "unix:pid=812,uid=108" (as the kernel says) or "192.0.2.7:51034".
struct ClientName {
    std::string text;
    bool local = false;  // over a Unix socket
};

// One message or file, answered.
struct ScanFinished {
    const ClientName& client;
    std::string_view command;  // "INSTREAM", "FILDES", "SCAN", "CONTSCAN", ..., "VERDICT"
    std::string_view name;     // as the client calls it: a path, VERDICT's name=; may be empty
    std::string_view id;       // VERDICT's id=; may be empty
    Action decision = Action::accept;
    std::string_view reason;  // the sentence; empty for accept
    // What clamd's clients are told: "Eicar-Signature", "Policy.FileType.PE". Sorted, each once.
    const std::vector<std::string>& found;
    // The coverage's reasons, each once: "encrypted", "produced-bytes", "damaged",
    // "scanner-failed". Empty: complete.
    const std::vector<std::string>& not_scanned;
    std::string_view generation;
    std::uint64_t bytes = 0;
    Seconds queued{};    // from whole in our hands to a worker's
    Seconds scanning{};  // in the worker's hands, there and back
    Seconds total{};     // from the command to the answer, the receiving of a stream included
};

// Why a worker ended that should not have.
enum class WorkerEnd : std::uint8_t {
    crashed,    // by a signal of its own doing, or an exit: SIGSEGV, SIGABRT, memory used up
    forbidden,  // the sandbox ended it (SIGSYS)
    hung,       // no answer within the time for one message; ended by the supervisor
};
inline constexpr std::size_t worker_end_count = 3;
std::string_view name_of(WorkerEnd end);  // "crashed", "forbidden", "hung"

struct WorkerEnded {
    WorkerEnd end = WorkerEnd::crashed;
    int signal = 0;             // that ended it; 0: it left by itself
    std::size_t in_flight = 0;  // messages that it had, which are scanned again one at a time
    int process = 0;
};

// What ended two workers, and is deferred.
struct MessageGivenUp {
    std::string_view name;
    std::string_view id;
    std::string_view sha256;  // hex; empty where it could not be read any more
    std::uint64_t bytes = 0;
    WorkerEnd end = WorkerEnd::crashed;
    int signal = 0;
    std::string_view
        kept_in;  // the file with its fingerprint; empty: none is configured, or it failed
};

struct GenerationChanged {
    std::string_view generation;
    std::string_view before;  // empty: the first
    std::chrono::system_clock::time_point in_force_since{};
    Seconds loading{};
    std::size_t signatures = 0;
};

// The levels of now; told when one changed, at most ten times a second.
struct Load {
    std::size_t connections = 0;
    std::size_t scans_waiting = 0;  // whole, not yet in a worker's hands
    std::size_t scans_running = 0;
    std::uint64_t bytes_held = 0;     // of messages in flight, received or being received
    std::uint64_t bytes_allowed = 0;  // the budget
    std::size_t streams_waiting = 0;  // not read on until others have ended
};

enum class Level : std::uint8_t { information, warning, error };

class Events {
public:
    virtual ~Events() = default;

    virtual void scan_finished(const ScanFinished&) {}
    // A worker is ready for messages, so long after it was asked for.
    virtual void worker_started(Seconds) {}
    virtual void worker_ended(const WorkerEnded&) {}
    virtual void message_given_up(const MessageGivenUp&) {}
    // A set is in force from now on; the first one makes the service ready.
    virtual void generation_changed(const GenerationChanged&) {}
    virtual void connection_opened(const ClientName&) {}
    // `reason`: empty where the client ended it; else "idle", "command too long", "too many
    // connections", ...
    virtual void connection_closed(const ClientName&, std::string_view /*reason*/) {}
    virtual void load_changed(const Load&) {}
    // Listening on these addresses, as users write them, and a set is in force.
    virtual void ready(const std::vector<std::string>& /*addresses*/) {}
    virtual void reloading() {}
    virtual void stopping() {}
    // Once a second while the loop turns: for a watchdog.
    virtual void alive() {}
    // Anything else worth a line: one sentence, no line end.
    virtual void told(Level, std::string_view /*sentence*/) {}
};

}  // namespace postern::engine::service
