// SPDX-License-Identifier: Apache-2.0
// Connection: one client's socket, obeying what Protocol says. Internal to the server.
#pragma once

#include "engine/service/path_run.h"
#include "engine/service/protocol.h"
#include "engine/service/server_state.h"

#include <list>
#include <memory>
#include <optional>
#include <string>

namespace postern::engine::service {

class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(std::shared_ptr<Server::State> server, Descriptor socket, ClientName name);

    void begin();
    // The gate is open: the stream that waits goes on.
    void go_on();
    // Since the server does not wait for this client any longer.
    void time_out();

    const ClientName& name() const { return name_; }
    Clock::time_point deadline() const { return deadline_; }
    // Nothing is under way, and nothing was begun.
    bool idles() const {
        return pending_ == 0 && !protocol_.in_the_middle() && out_.empty() && !stream_;
    }
    bool busy() const { return pending_ > 0 || !out_.empty(); }
    std::list<std::shared_ptr<Connection>>::iterator place;

private:
    // One command that scans.
    struct Scan {
        Mark mark;
        Verb verb{};
        std::string label;  // "stream", "fd[12]", a path: how replies call it
        VerdictOptions verdict;
        Clock::time_point begun{};
    };
    struct Stream {
        Scan scan;
        Spool spool;
        bool may_grow = false;  // beyond what every stream may have
        bool failed = false;    // it was answered already: what still comes is thrown away
    };
    using Told = std::function<void(bool found)>;

    void wait_to_read();
    void receive();
    void take(std::span<const std::byte> octets);
    // False: nothing more is to be taken now.
    bool obey(Step step);
    bool may_read() const;
    void resume();

    bool stream_octets(std::span<const std::byte> octets);
    void stream_end();
    void stream_too_long();
    void scan_descriptor(step::ScanDescriptor command);
    void scan_path(const step::ScanPath& command);
    void submit(Scan scan, std::variant<Descriptor, Spool> octets, Told told);
    void answer(const Scan& scan, const Job& job, const Outcome& outcome);
    void tell_verdict(const Scan& scan, const Job& job, const Outcome& outcome);
    void keep_fingerprint(const Job& job, const Outcome& outcome);
    void query(const step::Query& command);

    void say(std::string octets);
    void flush();
    void end_when_done();
    void linger();
    void close(std::string_view reason);
    void set_deadline();

    std::shared_ptr<Server::State> kept_;
    Server::State& server_;
    Descriptor socket_;
    ClientName name_;
    Watch watch_;
    Protocol protocol_;
    std::string unread_;  // came, and waits for its turn
    std::string out_;
    std::optional<Stream> stream_;
    std::size_t pending_ = 0;  // commands that will be answered
    Clock::time_point deadline_{};
    Clock::time_point command_began_{};
    Clock::time_point linger_until_{};
    std::string close_reason_;
    bool reading_ = false;  // the socket is waited for
    bool writing_ = false;
    bool input_ended_ = false;
    bool closing_ = false;    // nothing more is read; ends when all is answered and sent
    bool lingering_ = false;  // all is sent; what the client still sends is thrown away
    bool closed_ = false;
    bool gated_ = false;
    bool taking_ = false;  // take() is at work: what is answered at once does not read on
};

}  // namespace postern::engine::service
