// SPDX-License-Identifier: Apache-2.0
// Protocol: one connection's half of clamd's language, without a socket.
//
// Octets and descriptors that came go in; what is to be done comes out, one step at a time. The
// machine knows nothing of scanning: answers are framed by `framed()` and go out when they are
// ready, in any order.
//
//     while (running(step = protocol.next(input))) obey(step);      // until NeedInput or Close
//
// Invariants
//  (1) Every octet is looked at once; what is kept is never longer than one command.
//  (2) A stream's octets come out as they came in, between one StreamBegin and one StreamEnd or
//  StreamTooLong. (3) After Close nothing comes any more.
//
// For one thread at a time.
#pragma once

#include "engine/service/command.h"
#include "engine/service/descriptor.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace postern::engine::service {

// Which command an answer belongs to, and how it is written.
struct Mark {
    unsigned number = 0;  // within a session; 0: there is none
    Form form = Form::bare;
};

// "3: stream: OK" and the terminator of the command.
std::string framed(const Mark& mark, std::string_view text);

namespace step {

struct NeedInput {};
// Something to be answered at once: ping, version, version_commands, stats, ready, reload,
// shutdown.
struct Query {
    Mark mark;
    Verb verb{};
};
struct ScanPath {
    Mark mark;
    Verb verb{};
    std::string path;
};
struct ScanDescriptor {
    Mark mark;
    Verb verb{};
    VerdictOptions options;
    Descriptor descriptor;
};
struct StreamBegin {
    Mark mark;
    Verb verb{};
    VerdictOptions options;
};
struct StreamOctets {
    std::span<const std::byte> octets;  // of the input: good until that changes
};
struct StreamEnd {};
// The stream that was begun is over, and so is the connection: Close is next.
struct StreamTooLong {};
// A reply that needs nothing else.
struct Say {
    std::string octets;
};
// Nothing more is read; the connection ends when all is answered.
struct Close {
    std::string reason;  // empty: as it should
};

}  // namespace step

using Step = std::variant<step::NeedInput, step::Query, step::ScanPath, step::ScanDescriptor,
                          step::StreamBegin, step::StreamOctets, step::StreamEnd,
                          step::StreamTooLong, step::Say, step::Close>;

class Protocol {
public:
    // `most_stream`: octets of one stream.
    explicit Protocol(std::uint64_t most_stream) : most_stream_(most_stream) {}

    // Takes from the front of `input` what it needs for one step.
    Step next(std::span<const std::byte>& input);
    // A descriptor came, with the octets that are given next or before.
    void give(Descriptor descriptor);
    // The client has ended its side.
    Step end_of_input();

    bool in_session() const { return in_session_; }
    // Something was begun and has not come to its end: a command, a stream, a descriptor.
    bool in_the_middle() const { return state_ != State::command || !line_.empty(); }

private:
    enum class State : std::uint8_t {
        command,
        chunk_length,
        chunk,
        descriptor,
        closed,
    };

    Step read_command(std::span<const std::byte>& input);
    Step obey(std::string_view text, Form form);
    Step begin(const Mark& mark, Command command);
    Step read_length(std::span<const std::byte>& input);
    Step end_of_stream();
    Step read_chunk(std::span<const std::byte>& input);
    Step read_descriptor(std::span<const std::byte>& input);
    Step refuse(const Mark& mark, std::string_view text);
    Step close(std::string reason);

    std::uint64_t most_stream_;
    State state_ = State::command;
    bool in_session_ = false;
    bool then_close_ = false;  // the next step is Close
    std::string close_reason_;
    unsigned commands_ = 0;
    std::string line_;  // of a command, as far as it came
    std::uint32_t length_ = 0;
    unsigned length_octets_ = 0;
    std::uint64_t stream_octets_ = 0;
    Mark mark_;  // of the command that waits for a descriptor
    Command command_;
    std::deque<Descriptor> descriptors_;
};

}  // namespace postern::engine::service
