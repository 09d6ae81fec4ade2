// SPDX-License-Identifier: Apache-2.0
// The delivery's workings: what its coroutines share. Only delivery*.cpp include it, since Asio's types show here.
#pragma once

#include "relay/delivery.h"
#include "relay/delivery_record.h"
#include "relay/outgoing_connection.h"

#include <map>
#include <random>
#include <span>
#include <thread>
#include <unordered_map>

#include <boost/asio/executor_work_guard.hpp>

namespace postern::relay {

// A connection that is greeted, and its session.
struct Link {
    std::shared_ptr<OutgoingConnection> connection;
    ClientSession session;
    std::size_t messages = 0;
    OutgoingConnection::Clock::time_point idle_since{};
};
using LinkPtr = std::unique_ptr<Link>;

// Where a destination's mail goes, by the options in force when it was named.
struct Target {
    std::string domain;
    std::string host;  // empty: the domain's mail servers
    std::uint16_t port = 25;
    TlsPolicy tls = TlsPolicy::may;

    std::string key() const;
};

Target target_of(const DeliveryOptions& options, const std::string& domain);

// What waits in the context says `this` and nothing keeps it: a shared pointer there would keep the context that
// it lies in. Those outside (the queue, the resolver), whose answers may come late, hold one.
struct Delivery::Impl : std::enable_shared_from_this<Delivery::Impl> {
    template <typename T>
    using Awaitable = boost::asio::awaitable<T>;
    using Options = std::shared_ptr<const DeliveryOptions>;

    Impl(Queue& queue, Resolver& resolver, DeliveryEvents& events, DeliveryOptions options);

    // delivery.cpp: what begins when
    void start();
    void add(const std::vector<Due>& due);
    void kick();
    void stop_when_quiet();
    void run_lane(Schedule::Job job);
    void change(Options fresh);
    void say_goodbye(LinkPtr link);
    Awaitable<void> tidy();                      // every second: idle connections, aged messages
    void age();
    void age(const QueuedMessage& message);
    void put(Record record, const QueuedMessage& message, std::function<void()> then);

    // delivery_lane.cpp: a destination's messages, one after the other
    Awaitable<void> lane(Schedule::Job job);
    Awaitable<void> deliver(const Schedule::Job& job, LinkPtr& link);
    struct Parcel {
        Schedule::Job job;
        QueuedMessage message;
        std::shared_ptr<const StoredContent> content;
        std::vector<QueuedRecipient> recipients;
        Options options;
    };
    std::optional<Parcel> load(const Schedule::Job& job);
    // A parcel on its way: who is to be tried yet, and what became of the others.
    struct Progress {
        std::vector<QueuedRecipient> left;
        std::vector<Attempted> attempted;
        OutgoingConnection::Clock::time_point begin = OutgoingConnection::Clock::now();

        void note(const Outcome& outcome, const QueuedRecipient& recipient, const Link* link);
    };
    Awaitable<bool> connect(const Parcel& parcel, Progress& progress, LinkPtr& link);
    Awaitable<bool> transact(const Parcel& parcel, Progress& progress, LinkPtr& link);
    Awaitable<Step> send(Link& link, const Parcel& parcel, Step step);
    Awaitable<Step> send_content(Link& link, const StoredContent& content);
    LinkPtr take_idle(const std::string& destination);
    void settle(const Parcel& parcel, std::vector<Attempted> attempted);

    // delivery_connect.cpp: from a destination to a greeted connection
    struct Reached {
        LinkPtr link;     // null: `failure`
        Outcome failure;
        std::string host; // the last one tried
    };
    static Reached not_reached(Outcome failure, std::string host);
    Awaitable<Reached> reach(const Target& target, const DeliveryOptions& options);
    Awaitable<MailHosts> look_up(const Target& target, const DeliveryOptions& options);
    Awaitable<Reached> greet(OutgoingConnection::Place place, TlsPolicy policy, const DeliveryOptions& options);
    Awaitable<Step> obey(Link& link, Step step, TlsPolicy policy);

    Queue& queue;
    Resolver& resolver;
    DeliveryEvents& events;
    Options options;
    boost::asio::io_context context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
    boost::asio::steady_timer wake;
    boost::asio::ssl::context tls;
    Schedule schedule;
    std::unordered_map<std::string, Target> targets;
    std::map<std::string, std::vector<LinkPtr>> idle;
    std::unordered_map<std::string, OutgoingConnection::Clock::time_point> shunned;  // addresses that did not answer
    std::unordered_map<std::string, std::string> unreachable;  // destinations, and why nobody was reached the last time
    std::mt19937 random{std::random_device{}()};
    Time started{};
    Time aged_at{};
    bool stopping = false;
    std::thread thread;
};

}  // namespace postern::relay
