// SPDX-License-Identifier: Apache-2.0
// The socket of a connection: what is read and when, what is written, how it ends.
#include "engine/service/connection.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/ioctl.h>
#include <sys/socket.h>

namespace postern::engine::service {

namespace {

// Replies that a client leaves lying; more, and nothing more of it is read.
constexpr std::size_t most_unsent = 1024 * 1024;
constexpr int reads_a_turn = 8;
constexpr std::chrono::milliseconds linger_time{2000};

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang 14 deduces none by itself

}  // namespace

Connection::Connection(std::shared_ptr<Server::State> server, Descriptor socket, ClientName name)
    : kept_(std::move(server)),
      server_(*kept_),
      socket_(std::move(socket)),
      name_(std::move(name)),
      watch_(server_.loop, socket_.get()),
      protocol_(server_.options.limits.stream) {}

void Connection::begin() {
    set_deadline();
    receive();
}

void Connection::wait_to_read() {
    if (reading_ || closed_) return;
    reading_ = true;
    watch_.when_readable([self = weak_from_this()] {
        const auto connection = self.lock();
        if (!connection) return;
        connection->reading_ = false;
        if (connection->lingering_)
            connection->linger();
        else
            connection->receive();
    });
}

bool Connection::may_read() const {
    return !closing_ && !closed_ && !gated_ && pending_ < server_.options.limits.commands &&
           out_.size() < most_unsent;
}

void Connection::receive() {
    const auto self = shared_from_this();
    server_.connections.splice(server_.connections.end(), server_.connections, place);
    for (int i = 0; i < reads_a_turn; ++i) {
        if (!may_read() || input_ended_) return;
        iovec vector{server_.buffer.data(), server_.buffer.size()};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(16 * sizeof(int))> control{};
        msghdr header{};
        header.msg_iov = &vector;
        header.msg_iovlen = 1;
        header.msg_control = control.data();
        header.msg_controllen = control.size();
        const ssize_t size = ::recvmsg(socket_.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return wait_to_read();
        if (size < 0) return close("");
        for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
             part = CMSG_NXTHDR(&header, part)) {
            if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
            for (std::size_t at = CMSG_LEN(0); at + sizeof(int) <= part->cmsg_len;
                 at += sizeof(int)) {
                int number = -1;
                std::memcpy(&number, reinterpret_cast<const char*>(part) + at, sizeof number);
                protocol_.give(Descriptor(number));
            }
        }
        if (size == 0) {
            input_ended_ = true;
            obey(protocol_.end_of_input());
            return;
        }
        take(std::span(server_.buffer).first(static_cast<std::size_t>(size)));
    }
    if (may_read()) wait_to_read();
}

// Keeps for later what cannot be taken now.
void Connection::take(std::span<const std::byte> octets) {
    const bool was_in_the_middle = protocol_.in_the_middle();
    taking_ = true;
    while (!closed_ && may_read()) {
        Step step = protocol_.next(octets);
        if (std::holds_alternative<step::NeedInput>(step)) break;
        if (!obey(std::move(step))) break;
    }
    taking_ = false;
    if (closed_) return;
    if (!octets.empty() && !closing_) {
        unread_.insert(0, reinterpret_cast<const char*>(octets.data()), octets.size());
    }
    if (!was_in_the_middle) command_began_ = Clock::now();
    set_deadline();
}

void Connection::resume() {
    if (closed_ || taking_ || !may_read()) return;
    if (!unread_.empty()) {
        const std::string octets = std::exchange(unread_, {});
        take(std::as_bytes(std::span(octets)));
    }
    if (closed_ || !may_read()) return;
    if (input_ended_ && unread_.empty())
        obey(protocol_.end_of_input());
    else if (!reading_)
        receive();
}

bool Connection::obey(Step step) {
    return std::visit(Overloaded{
                          [](step::NeedInput&) { return false; },
                          [&](step::Query& one) {
                              query(one);
                              return true;
                          },
                          [&](step::ScanPath& one) {
                              scan_path(one);
                              return true;
                          },
                          [&](step::ScanDescriptor& one) {
                              scan_descriptor(std::move(one));
                              return true;
                          },
                          [&](step::StreamBegin& one) {
                              stream_.emplace(Stream{{one.mark, one.verb, "stream",
                                                      std::move(one.options), Clock::now()},
                                                     Spool(server_.room)});
                              ++pending_;
                              return true;
                          },
                          [&](step::StreamOctets& one) { return stream_octets(one.octets); },
                          [&](step::StreamEnd&) {
                              stream_end();
                              return true;
                          },
                          [&](step::StreamTooLong&) {
                              stream_too_long();
                              return true;
                          },
                          [&](step::Say& one) {
                              say(std::move(one.octets));
                              return true;
                          },
                          [&](step::Close& one) {
                              if (stream_) {  // cut off: nobody waits for an answer
                                  if (!stream_->failed) --pending_;
                                  stream_.reset();
                              }
                              closing_ = true;
                              close_reason_ = std::move(one.reason);
                              end_when_done();
                              return false;
                          },
                      },
                      step);
}

void Connection::say(std::string octets) {
    if (octets.empty() || closed_) return;
    out_ += octets;
    if (!writing_) flush();
}

void Connection::flush() {
    while (!out_.empty() && !closed_) {
        const ssize_t sent =
            ::send(socket_.get(), out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) {
            writing_ = true;
            set_deadline();
            return watch_.when_writable([self = weak_from_this()] {
                const auto connection = self.lock();
                if (!connection || connection->closed_) return;
                connection->writing_ = false;
                connection->flush();
                connection->set_deadline();
                connection->resume();
                connection->end_when_done();
            });
        }
        if (sent < 0) return close("");
        out_.erase(0, static_cast<std::size_t>(sent));
    }
}

void Connection::end_when_done() {
    if (!closing_ || lingering_ || closed_ || pending_ > 0 || !out_.empty()) return set_deadline();
    // Closing while something lies unread would take the reply away from the client.
    int left = 0;
    ::ioctl(socket_.get(), FIONREAD, &left);
    if (input_ended_ || (left == 0 && close_reason_.empty())) return close(close_reason_);
    lingering_ = true;
    deadline_ = Clock::now() + linger_time;
    linger_until_ = Clock::now() + server_.options.limits.command_time;
    ::shutdown(socket_.get(), SHUT_WR);
    linger();
}

void Connection::linger() {
    for (int i = 0; i < reads_a_turn; ++i) {
        const ssize_t size =
            ::recv(socket_.get(), server_.buffer.data(), server_.buffer.size(), MSG_DONTWAIT);
        if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
            return close(close_reason_);
        if (size < 0) break;
        deadline_ = std::min(Clock::now() + linger_time, linger_until_);
    }
    wait_to_read();
}

void Connection::close(std::string_view reason) {
    if (std::exchange(closed_, true)) return;
    server_.close(*this, reason);
}

void Connection::time_out() {
    if (lingering_) return close(close_reason_);
    if (!out_.empty()) return close("does not take its replies");
    const bool middle = protocol_.in_the_middle();
    if (middle || !protocol_.in_session()) say("COMMAND READ TIMED OUT\n");
    close(middle ? "too slow" : "idle");
}

void Connection::set_deadline() {
    if (lingering_) return;
    const ServerLimits& limits = server_.options.limits;
    const auto now = Clock::now();
    if (!out_.empty())
        deadline_ = now + limits.write_time;
    else if (gated_ || (pending_ > 0 && !stream_))
        deadline_ = Clock::time_point::max();
    else if (stream_)
        deadline_ = now + limits.read_time;
    else if (protocol_.in_the_middle())
        deadline_ = command_began_ + limits.command_time;
    else
        deadline_ = now + limits.idle_time;
}

}  // namespace postern::engine::service
