// SPDX-License-Identifier: Apache-2.0
// What begins when, and how it ends. A lane's work: delivery_lane.cpp.
#include "relay/delivery_impl.h"

#include "relay/command.h"
#include "relay/tls_context.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <future>

namespace postern::relay {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto idle_time = 2s;        // that a connection nobody uses is kept
constexpr auto age_every = 10s;
constexpr auto first_chance = 1h;     // after a start, before what was never tried may expire

asio::ssl::context context_for(const DeliveryOptions& options) {
    asio::ssl::context tls(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    boost::system::error_code error;
    if (options.trusted_certificates.empty()) {
        tls.set_default_verify_paths(error);
        return tls;
    }
    tls.load_verify_file(options.trusted_certificates, error);
    if (error) {
        throw TlsError(options.trusted_certificates + ": cannot be read as trusted certificates (" + error.message() +
                       "); it must be a readable PEM file with at least one certificate");
    }
    return tls;
}

}  // namespace

std::string Target::key() const {
    return (host.empty() ? domain : host) + ":" + std::to_string(port) + "/" + std::to_string(static_cast<int>(tls));
}

const Route* route_of(const std::vector<Route>& routes, const std::string& domain) {
    const Route* best = nullptr;
    for (const Route& route : routes) {
        const bool exact = same_word(route.domain, domain);
        const bool below = route.domain.starts_with('.') && domain.size() > route.domain.size() &&
                           same_word(route.domain, std::string_view(domain).substr(domain.size() - route.domain.size()));
        if (!exact && !below && route.domain != "*") continue;
        // An exact domain is longer than what it lies below, and "*" is the shortest.
        if (best == nullptr || route.domain.size() > best->domain.size()) best = &route;
    }
    return best;
}

Target target_of(const DeliveryOptions& options, const std::string& domain) {
    Target target{domain, {}, options.port, options.tls};
    if (const Route* route = route_of(options.routes, domain)) {
        target.host = route->host;
        if (route->port != 0) target.port = route->port;
        target.tls = route->tls.value_or(options.tls);
    }
    return target;
}

Delivery::Impl::Impl(Queue& q, Resolver& r, DeliveryEvents& e, DeliveryOptions o)
    : queue(q),
      resolver(r),
      events(e),
      options(std::make_shared<const DeliveryOptions>(std::move(o))),
      work(context.get_executor()),
      wake(context),
      tls(context_for(*options)),
      schedule(options->limits) {}

void Delivery::Impl::start() {
    started = now();
    queue.on_due([weak = weak_from_this()](std::vector<Due> due) {
        const auto self = weak.lock();
        if (!self) return;
        asio::post(self->context, [impl = self.get(), due = std::move(due)] { impl->add(due); });
    });
    asio::post(context, [this] { add(queue.due()); });
    asio::co_spawn(context, [this] { return tidy(); }, asio::detached);
    thread = std::thread([this] { context.run(); });
}

void Delivery::Impl::add(const std::vector<Due>& due) {
    for (const Due& each : due) {
        Target target = target_of(*options, each.domain);
        const std::string key = target.key();
        schedule.add(each.id, key, each.next);
        targets.insert_or_assign(key, std::move(target));
    }
    kick();
}

void Delivery::Impl::kick() {
    if (stopping) return;
    const Time time = now();
    while (std::optional<Schedule::Job> job = schedule.enter(time)) run_lane(std::move(*job));
    const std::optional<Time> next = schedule.next_time();
    if (!next || *next <= time) return;  // what could begin now waits for a lane, whose end kicks again
    wake.expires_after(*next - time + 1ms);
    wake.async_wait([this](const boost::system::error_code& error) {
        if (!error) kick();
    });
}

void Delivery::Impl::run_lane(Schedule::Job job) {
    asio::co_spawn(
        context, [this, job = std::move(job)] { return lane(job); }, asio::detached);
}

asio::awaitable<void> Delivery::Impl::tidy() {
    asio::steady_timer timer(context);
    while (!stopping) {
        timer.expires_after(1s);
        co_await timer.async_wait(asio::use_awaitable);
        std::vector<LinkPtr> leaving;
        for (auto& [destination, links] : idle) {
            while (!links.empty() && links.front()->idle_since + idle_time < Clock::now()) {
                leaving.push_back(std::move(links.front()));
                links.erase(links.begin());
            }
        }
        std::erase_if(idle, [](const auto& each) { return each.second.empty(); });
        std::erase_if(shunned, [](const auto& each) { return each.second < Clock::now(); });
        for (LinkPtr& link : leaving) say_goodbye(std::move(link));
        if (now() >= aged_at + age_every) age();
    }
}

void Delivery::Impl::say_goodbye(LinkPtr link) {
    asio::co_spawn(
        context,
        [this, link = std::shared_ptr<Link>(std::move(link))]() -> Awaitable<void> {
            co_await obey(*link, link->session.quit(), TlsPolicy::none);
        },
        asio::detached);
}

// Connections that are kept were made as the options before had it.
void Delivery::Impl::change(Options fresh) {
    try {
        tls = context_for(*fresh);
    } catch (const TlsError& error) {
        events.told(std::string(error.what()) + ". Those read before stay in force");
    }
    options = std::move(fresh);
    schedule.change(options->limits);
    for (auto& [destination, links] : idle) {
        for (LinkPtr& link : links) say_goodbye(std::move(link));
    }
    idle.clear();
    add(queue.due());  // each under the destination it has now
}

void Delivery::Impl::age() {
    aged_at = now();
    for (const QueueId id : queue.aged(aged_at)) {
        if (schedule.is_in_flight(id)) continue;
        std::error_code error;
        const std::optional<QueuedMessage> message = queue.load(id, error);
        if (message) age(*message);
    }
}

void Delivery::Impl::age(const QueuedMessage& message) {
    const Time end = message.born + queue.options().lifetime;
    std::error_code error;
    const auto content = queue.content(message.id, error);
    const auto unreached = [this](const QueuedRecipient& recipient) {
        const auto known = unreachable.find(target_of(*options, domain_of(recipient.path.mailbox)).key());
        return known == unreachable.end() ? std::string() : known->second;
    };
    const RecordingContext recording{message, content.get(), *options, aged_at, 0, unreached};
    if (aged_at < end) {
        const bool late = !message.delay_reported && aged_at >= message.born + queue.options().delay_warning;
        put(late ? delay_of(recording, end) : Record{message.id, {}, message.delay_reported, {}}, message, {});
        return;
    }
    const bool tried = std::ranges::all_of(message.recipients, [](const QueuedRecipient& recipient) {
        return recipient.attempts > 0 || recipient.state != RecipientState::queued;
    });
    if (!tried && aged_at < started + first_chance) return;
    for (const QueuedRecipient& recipient : message.recipients) {
        if (recipient.state == RecipientState::queued) events.expired(message, recipient);
    }
    put(expiry_of(recording), message, [this, message] { events.completed(message); });
}

void Delivery::Impl::put(Record record, const QueuedMessage& message, std::function<void()> then) {
    for (const Report& report : record.reports) events.reported(message, report.about);
    queue.record(std::move(record), [self = shared_from_this(), then = std::move(then)] {
        if (then) asio::post(self->context, then);
    });
}

void Delivery::Impl::stop_when_quiet() {
    if (schedule.lanes() == 0) work.reset(), context.stop();
}

Delivery::Delivery(Queue& queue, Resolver& resolver, DeliveryEvents& events, DeliveryOptions options)
    : impl_(std::make_shared<Impl>(queue, resolver, events, std::move(options))) {}

Delivery::~Delivery() { stop(0s); }

void Delivery::start() { impl_->start(); }

void Delivery::reload(DeliveryOptions options) {
    asio::post(impl_->context, [impl = impl_.get(), options = std::make_shared<const DeliveryOptions>(std::move(options))] {
        impl->change(options);
    });
}

bool Delivery::turns(std::chrono::milliseconds patience) const {
    const auto round = std::make_shared<std::promise<void>>();
    std::future<void> done = round->get_future();
    asio::post(impl_->context, [round] { round->set_value(); });
    return done.wait_for(patience) == std::future_status::ready;
}

void Delivery::stop(std::chrono::seconds patience) {
    if (!impl_->thread.joinable()) return;
    asio::post(impl_->context, [impl = impl_.get()] {
        impl->stopping = true;
        impl->stop_when_quiet();
    });
    const auto deadline = std::make_shared<asio::steady_timer>(impl_->context, patience);
    asio::post(impl_->context, [impl = impl_.get(), deadline] {
        deadline->async_wait([impl, deadline](const boost::system::error_code& error) {
            if (!error) impl->context.stop();
        });
    });
    impl_->thread.join();
}

}  // namespace postern::relay
