// SPDX-License-Identifier: Apache-2.0
// VerdictExchange: one message and its verdict over one connection, without the connection.
//
// What is to be sent comes out of next(), what arrives goes into received(). The request is
//
//   zVERDICT FILDES [as=message|file] [name=NAME] [id=TOKEN] NUL    then one octet; beside all a
//   descriptor zVERDICT INSTREAM [as=…] [name=…] [id=…] NUL                    then chunks as
//   clamd's INSTREAM has them
//
// and the answer one JSON object and a NUL. A service may answer before it has read everything (the
// message is too large); so both directions are open until the answer is whole.
//
// Invariants
//  (1) answered only after a whole and well-formed answer, ended by its NUL and followed by
//  nothing. (2) What accepts the message speaks of as many octets as the message has. (3) Whatever
//  arrives, no more than max_answer octets of it are held.
#pragma once

#include "engine/service/client/message_source.h"

#include <optional>
#include <string>
#include <string_view>

namespace postern::engine::service::client {

enum class Transfer { descriptor, stream };

// The command line of a request, with its NUL.
std::string verdict_command(const ScanRequest& request, Transfer transfer);

class VerdictExchange {
public:
    static constexpr std::size_t max_answer = 16 << 20;

    enum class State {
        open,       // sends or waits
        answered,   // report() is the verdict
        broken,     // failure() is what the service did; another may answer
        unreadable  // failure() is what is wrong with the message itself; no other service would
                    // help
    };

    // Octets to send, and a descriptor that goes with the first of them (or -1).
    struct Outgoing {
        std::span<const std::byte> octets{};
        int descriptor = -1;
    };

    // REQUIRES: what `request` borrows outlives the exchange. Transfer::descriptor asks for one in
    // it.
    VerdictExchange(const ScanRequest& request, Transfer transfer);

    State state() const { return state_; }

    // No octets: nothing is left to send. What is borrowed lasts until the next call.
    Outgoing next();
    void sent(std::size_t octets);

    void received(std::span<const std::byte> octets);
    // The service closed the connection, or it broke: `why` says how.
    void closed(std::string_view why);

    // REQUIRES: answered.
    Report take_report() { return std::move(*report_); }
    const std::string& failure() const { return failure_; }

private:
    void fill();
    void fail(State state, std::string failure);
    void read_answer();

    MessageSource source_;
    Transfer transfer_;
    int descriptor_;
    State state_ = State::open;
    std::string out_;
    std::size_t out_sent_ = 0;
    std::uint64_t streamed_ = 0;
    bool all_queued_ = false;
    bool descriptor_is_next_ = false;
    std::string in_;
    std::optional<Report> report_;
    std::string failure_;
};

}  // namespace postern::engine::service::client
