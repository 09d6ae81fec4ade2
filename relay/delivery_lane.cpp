// SPDX-License-Identifier: Apache-2.0
// A lane: the messages of one destination, one after the other over one connection.
#include "relay/content_writer.h"
#include "relay/delivery_impl.h"

#include <boost/asio/use_awaitable.hpp>

namespace postern::relay {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Action = Step::Action;
using Clock = OutgoingConnection::Clock;

namespace {

constexpr std::size_t block_size = 64 << 10;      // octets of a message read at a time
constexpr auto disk_pause = 10s;                  // when the queue could not be read
constexpr std::uint64_t slowest = 1024;           // octets a second: a server that takes less is given up

std::chrono::milliseconds since(Clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
}

Transaction transaction_of(const QueuedMessage& message, std::span<const QueuedRecipient> recipients, std::uint64_t size) {
    Transaction transaction{message.envelope, message.facts, size};
    for (const QueuedRecipient& recipient : recipients) transaction.envelope.forward_paths.push_back(recipient.path);
    return transaction;
}

}  // namespace

asio::awaitable<void> Delivery::Impl::lane(Schedule::Job job) {
    const std::string destination = job.destination;
    LinkPtr link = take_idle(destination);
    std::optional<QueueId> next = job.id;
    while (next) {
        const Schedule::Job each{*next, destination};  // named: g++ 12 destroys braced temporaries of a co_await twice
        co_await deliver(each, link);
        next = stopping ? std::nullopt : schedule.take(destination, now());
    }
    if (link && !stopping) {
        link->idle_since = Clock::now();
        idle[destination].push_back(std::move(link));
    } else if (link) {
        co_await obey(*link, link->session.quit(), TlsPolicy::none);
    }
    schedule.leave(destination);
    if (stopping) co_return stop_when_quiet();
    kick();
}

LinkPtr Delivery::Impl::take_idle(const std::string& destination) {
    const auto links = idle.find(destination);
    if (links == idle.end() || links->second.empty()) return nullptr;
    LinkPtr link = std::move(links->second.back());
    links->second.pop_back();
    return link;
}

std::optional<Delivery::Impl::Parcel> Delivery::Impl::load(const Schedule::Job& job) {
    std::error_code error;
    std::optional<QueuedMessage> message = queue.load(job.id, error);
    if (!error && (!message || !message->hold.empty())) {
        schedule.finish(job);
        return std::nullopt;
    }
    std::shared_ptr<const StoredContent> content = error ? nullptr : queue.content(job.id, error);
    if (error || !content) {
        events.told(job.id.text() + " could not be read from the queue and is tried again: " + error.message());
        schedule.finish(job);
        schedule.add(job.id, job.destination, now() + disk_pause);
        return std::nullopt;
    }
    Parcel parcel{job, std::move(*message), std::move(content), {}, options};
    Time later = Time::max();
    const Time until = now() + 1s;  // what is due in a moment goes along
    for (const QueuedRecipient& recipient : parcel.message.recipients) {
        if (recipient.state != RecipientState::queued) continue;
        if (target_of(*options, domain_of(recipient.path.mailbox)).key() != job.destination) continue;
        if (recipient.next <= until) {
            parcel.recipients.push_back(recipient);
        } else {
            later = std::min(later, recipient.next);
        }
    }
    if (!parcel.recipients.empty()) return parcel;
    schedule.finish(job);
    if (later != Time::max()) schedule.add(job.id, job.destination, later);
    return std::nullopt;
}

asio::awaitable<void> Delivery::Impl::deliver(const Schedule::Job& job, LinkPtr& link) {
    const std::optional<Parcel> parcel = load(job);
    if (!parcel) co_return;
    std::vector<Attempted> attempted;
    const std::span<const QueuedRecipient> all = parcel->recipients;
    const std::size_t most = std::max<std::size_t>(1, parcel->options->recipients_per_transaction);
    for (std::size_t at = 0; at < all.size() && !stopping; at += most) {
        co_await transact(*parcel, all.subspan(at, std::min(most, all.size() - at)), link, attempted);
        if (!link) break;  // the rest is tried with the next connection
    }
    settle(*parcel, std::move(attempted));
}

// One transaction, over the connection there is or a new one. A connection that was kept may have been closed
// meanwhile; then nothing was said, and a new one is tried.
asio::awaitable<void> Delivery::Impl::transact(const Parcel& parcel, std::span<const QueuedRecipient> recipients,
                                               LinkPtr& link, std::vector<Attempted>& attempted) {
    const std::string& destination = parcel.job.destination;
    const auto begin = Clock::now();
    const auto note = [&](const Outcome& outcome, const QueuedRecipient& recipient, const std::string& host) {
        attempted.push_back({recipient, outcome, host, link ? link->connection->tls() : "",
                             link ? link->connection->source_address() : "", link && link->session.offer().dsn, since(begin), {}});
    };
    for (;;) {
        const bool kept = link != nullptr;
        if (!link) {
            Reached reached = co_await reach(targets.at(destination), *parcel.options);
            if (!reached.link) {
                if (reached.failure.kind == Outcome::Kind::deferred) schedule.unreachable(destination, now());
                for (const QueuedRecipient& recipient : recipients) note(reached.failure, recipient, reached.host);
                co_return;
            }
            link = std::move(reached.link);
        }
        const Step first = link->session.begin(transaction_of(parcel.message, recipients, parcel.content->size()));
        const Step step = co_await send(*link, parcel, first);
        if (step.action == Action::close && kept && !link->session.was_answered()) {
            link.reset();
            continue;
        }
        for (std::size_t i = 0; i < recipients.size(); ++i) note(link->session.outcomes()[i], recipients[i], link->connection->name());
        if (step.action == Action::done) {
            schedule.succeeded(destination);
            if (++link->messages < parcel.options->messages_per_connection) co_return;
            co_await obey(*link, link->session.quit(), TlsPolicy::none);
        } else {
            schedule.troubled(destination);
        }
        link.reset();
        break;
    }
}

asio::awaitable<Step> Delivery::Impl::send(Link& link, const Parcel& parcel, Step step) {
    step = co_await obey(link, step, TlsPolicy::none);
    if (step.action != Action::content) co_return step;
    step = co_await send_content(link, *parcel.content);
    co_return co_await obey(link, step, TlsPolicy::none);
}

asio::awaitable<Step> Delivery::Impl::send_content(Link& link, const StoredContent& content) {
    const ClientTimes& times = options->times;
    const auto deadline = Clock::now() + times.end_of_data + std::chrono::seconds(content.size() / slowest);
    ContentWriter writer;
    std::string buffer(block_size, '\0');
    std::string out;
    std::uint64_t offset = 0;
    for (bool end = false; !end;) {
        std::error_code error;
        const std::size_t n = content.read(offset, buffer, error);
        if (error) {
            // Half a message must never be taken for a whole one: the connection goes, and no end of data was sent.
            link.connection->abort();
            co_return link.session.on_trouble("the message could not be read from the disk here: " + error.message());
        }
        offset += n;
        end = n == 0;
        out.clear();
        writer.write(std::string_view(buffer).substr(0, n), out);
        if (offset == content.size() && !end) end = true;
        if (end) writer.finish(out);
        const std::string trouble = co_await link.connection->write(out, times.block);
        if (!trouble.empty()) break;  // a reply may tell why: it is read next
        if (Clock::now() > deadline) {
            link.connection->abort();
            co_return link.session.on_trouble("the server takes the message too slowly");
        }
    }
    co_return link.session.on_content_sent();
}

void Delivery::Impl::settle(const Parcel& parcel, std::vector<Attempted> attempted) {
    const double lot = std::uniform_real_distribution<double>(0, 1)(random);
    const Time time = now();
    Record record = record_of({parcel.message, parcel.content.get(), *parcel.options, time, lot}, attempted);
    for (const Attempted& each : attempted) {
        events.attempted({parcel.message, each.recipient, each.outcome, each.host, each.tls, each.source_address, each.next, each.took});
    }
    std::size_t left = 0;
    for (const QueuedRecipient& recipient : parcel.message.recipients) left += recipient.state == RecipientState::queued;
    for (const RecipientOutcome& outcome : record.outcomes) left -= outcome.state != RecipientState::queued;
    const auto then = [self = shared_from_this(), job = parcel.job, completed = left == 0, message = parcel.message] {
        self->schedule.finish(job);
        if (completed) self->events.completed(message);
        self->kick();
    };
    put(std::move(record), parcel.message, then);
}

}  // namespace postern::relay
