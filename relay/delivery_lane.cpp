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
constexpr std::size_t most_remembered = 10'000;   // destinations that were not reached
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
    Progress progress{parcel->recipients, {}};
    // Something is always tried, so that a message never comes back as it went.
    for (bool on = true; on && !progress.left.empty() && (!stopping || progress.attempted.empty());) {
        on = co_await transact(*parcel, progress, link);
    }
    settle(*parcel, std::move(progress.attempted));
}

void Delivery::Impl::Progress::note(const Outcome& outcome, const QueuedRecipient& recipient, const Link* link) {
    Attempted each{recipient, outcome, {}, {}, {}, false, {}, {}};
    if (link != nullptr) {
        each.host = link->connection->name();
        each.tls = link->connection->tls();
        each.source_address = link->connection->source_address();
        each.reports_itself = link->session.offer().dsn;
    }
    each.took = since(begin);
    attempted.push_back(std::move(each));
}

// False: nobody is reached, which is what became of all that are left.
asio::awaitable<bool> Delivery::Impl::connect(const Parcel& parcel, Progress& progress, LinkPtr& link) {
    const std::string& destination = parcel.job.destination;
    Reached reached = co_await reach(targets.at(destination), *parcel.options);
    link = std::move(reached.link);
    if (link) {
        unreachable.erase(destination);
        co_return true;
    }
    if (reached.failure.kind == Outcome::Kind::deferred) {
        schedule.unreachable(destination, now());
        if (unreachable.size() >= most_remembered) unreachable.clear();
        unreachable[destination] = reached.failure.text;
    }
    for (const QueuedRecipient& recipient : progress.left) {
        progress.note(reached.failure, recipient, nullptr);
        progress.attempted.back().host = reached.host;
    }
    co_return false;
}

// One transaction, over the connection there is or a new one. A connection that was kept may have been closed
// meanwhile; then nothing was said, and a new one is tried. False: what is left is for another connection.
asio::awaitable<bool> Delivery::Impl::transact(const Parcel& parcel, Progress& progress, LinkPtr& link) {
    const bool kept = link != nullptr;
    if (!kept) {
        const bool reached = co_await connect(parcel, progress, link);
        if (!reached) co_return false;
    }
    std::vector<QueuedRecipient>& left = progress.left;
    const std::size_t most = std::max<std::size_t>(1, parcel.options->recipients_per_transaction);
    const auto end = left.begin() + static_cast<std::ptrdiff_t>(std::min(most, left.size()));
    const std::span<const QueuedRecipient> some(left.begin(), end);
    const Step first = link->session.begin(transaction_of(parcel.message, some, parcel.content->size()));
    const Step step = co_await send(*link, parcel, first);
    if (step.action == Action::close && kept && !link->session.was_answered()) {
        link.reset();
        co_return true;
    }
    std::vector<QueuedRecipient> again;
    for (std::size_t i = 0; i < some.size(); ++i) {
        const Outcome& outcome = link->session.outcomes()[i];
        const bool at_once = outcome.too_many && step.action == Action::done;
        at_once ? again.push_back(some[i]) : progress.note(outcome, some[i], link.get());
    }
    left.erase(left.begin(), end);
    left.insert(left.end(), again.begin(), again.end());
    if (step.action != Action::done) {
        schedule.troubled(parcel.job.destination);
        link.reset();
        co_return false;
    }
    schedule.succeeded(parcel.job.destination);
    if (++link->messages < parcel.options->messages_per_connection) co_return true;
    co_await obey(*link, link->session.quit(), TlsPolicy::none);
    link.reset();
    co_return true;
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
    Record record = record_of({parcel.message, parcel.content.get(), *parcel.options, time, lot, {}}, attempted);
    for (const Attempted& each : attempted) {
        events.attempted({parcel.message, each.recipient, each.outcome, each.host, each.tls, each.source_address, each.next, each.took});
    }
    std::size_t left = 0;
    for (const QueuedRecipient& recipient : parcel.message.recipients) left += recipient.state == RecipientState::queued;
    for (const RecipientOutcome& outcome : record.outcomes) left -= outcome.state != RecipientState::queued;
    const auto then = [this, job = parcel.job, completed = left == 0, message = parcel.message] {
        schedule.finish(job);
        if (completed) events.completed(message);
        kick();
    };
    put(std::move(record), parcel.message, then);
}

}  // namespace postern::relay
