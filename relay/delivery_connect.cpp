// SPDX-License-Identifier: Apache-2.0
// From a destination to a connection that is greeted and may take mail: names, addresses, TLS.
#include "relay/delivery_impl.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/redirect_error.hpp>

#include <algorithm>

namespace postern::relay {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Action = Step::Action;
using Clock = OutgoingConnection::Clock;

namespace {

constexpr std::size_t most_addresses = 8;  // tried for one connection
constexpr auto shun_time = 60s;            // an address that did not answer comes last

// A function with a handler as something to wait for; the handler may be called on any thread, once. It alone keeps
// the context: a coroutine that did would lie in what it keeps.
template <typename Result, typename Begin>
asio::awaitable<Result> wait_for(std::shared_ptr<asio::io_context> kept, Begin begin) {
    asio::io_context& context = *kept;
    const auto result = std::make_shared<Result>();
    const auto timer = std::make_shared<asio::steady_timer>(context, asio::steady_timer::time_point::max());
    begin([kept = std::move(kept), result, timer](Result found) {
        asio::post(*kept, [result, timer, found = std::move(found)]() mutable {
            *result = std::move(found);
            timer->expires_at(asio::steady_timer::time_point::min());
        });
    });
    boost::system::error_code ignored;
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return std::move(*result);
}

LinkPtr new_link(asio::io_context& context, ClientOptions options) {
    return std::make_unique<Link>(Link{std::make_shared<OutgoingConnection>(context), ClientSession(std::move(options)), 0, {}});
}

MailHosts configured(const std::string& host, const std::string& address) {
    MailHosts hosts;
    hosts.status = MailHosts::Status::found;
    hosts.hosts.push_back({host, {address}});
    return hosts;
}

std::string source_for(const DeliveryOptions& options, const asio::ip::address& to) {
    for (const std::string& source : options.source_addresses) {
        if ((source.find(':') != std::string::npos) == to.is_v6()) return source;
    }
    return {};
}

}  // namespace

asio::awaitable<MailHosts> Delivery::Impl::look_up(const Target& target, const DeliveryOptions& with) {
    std::shared_ptr<asio::io_context> kept(shared_from_this(), &context);
    if (!target.host.empty()) {
        boost::system::error_code error;
        const auto address = asio::ip::make_address(target.host, error);
        if (!error) co_return configured(target.host, address.to_string());
        const auto ask = [&](auto handler) { find_addresses(resolver, target.host, handler); };
        co_return co_await wait_for<MailHosts>(std::move(kept), ask);
    }
    const auto may_use = with.may_use ? with.may_use : [](const std::string& address) {
        return is_public_address(address) && !is_own_address(address);
    };
    const auto ask = [&](auto handler) { find_mail_hosts(resolver, target.domain, {with.hostname, may_use}, handler); };
    co_return co_await wait_for<MailHosts>(std::move(kept), ask);
}

Delivery::Impl::Reached Delivery::Impl::not_reached(Outcome failure, std::string host) {
    return {nullptr, std::move(failure), std::move(host)};
}

// Hosts in order, and of each all addresses; what did not answer a moment ago comes last.
asio::awaitable<Delivery::Impl::Reached> Delivery::Impl::reach(const Target& target, const DeliveryOptions& with) {
    const MailHosts hosts = co_await look_up(target, with);
    if (hosts.status != MailHosts::Status::found) {
        const bool never = hosts.status == MailHosts::Status::never;
        co_return not_reached(local_outcome(never ? Outcome::Kind::refused : Outcome::Kind::deferred, hosts.code, hosts.why), "");
    }
    std::vector<OutgoingConnection::Place> places;
    for (const MailHost& host : hosts.hosts) {
        for (const std::string& text : host.addresses) {
            const auto address = asio::ip::make_address(text);
            OutgoingConnection::Place place;
            place.to = asio::ip::tcp::endpoint(address, target.port);
            place.host = host.name;
            place.source = source_for(with, address);
            places.push_back(std::move(place));
        }
    }
    std::stable_partition(places.begin(), places.end(), [&](const OutgoingConnection::Place& place) {
        const auto found = shunned.find(place.to.address().to_string());
        return found == shunned.end() || found->second < Clock::now();
    });
    if (places.size() > most_addresses) places.resize(most_addresses);
    Reached reached;
    for (const OutgoingConnection::Place& place : places) {
        reached = co_await greet(place, target.tls, with);
        if (reached.link || stopping) break;
        shunned[place.to.address().to_string()] = Clock::now() + shun_time;
    }
    co_return reached;
}

asio::awaitable<Delivery::Impl::Reached> Delivery::Impl::greet(OutgoingConnection::Place place, TlsPolicy policy,
                                                               const DeliveryOptions& with) {
    const ClientOptions session{with.hostname, policy, with.times};
    LinkPtr link = new_link(context, session);
    const std::string trouble = co_await link->connection->connect(place, with.times.connect);
    const std::string name = link->connection->name();
    if (!trouble.empty()) {
        co_return not_reached(local_outcome(Outcome::Kind::deferred, "4.4.1", name + ": " + trouble), name);
    }
    const Step step = co_await obey(*link, link->session.start(), policy);
    if (step.action == Action::ready) {
        Reached reached;
        reached.link = std::move(link);
        reached.host = name;
        co_return reached;
    }
    // RFC 7435: what was only hoped for is done without.
    if (policy == TlsPolicy::may && link->session.handshake_failed()) co_return co_await greet(place, TlsPolicy::none, with);
    Outcome failure = link->session.failure();
    if (!failure.remote) failure.text = name + ": " + failure.text;
    co_return not_reached(std::move(failure), name);
}

// Does what the steps say, up to one that is somebody else's.
asio::awaitable<Step> Delivery::Impl::obey(Link& link, Step step, TlsPolicy policy) {
    OutgoingConnection& connection = *link.connection;
    for (;;) {
        const std::string output = link.session.take_output();
        if (!output.empty()) {
            const std::string trouble = co_await connection.write(output, std::max(step.wait, std::chrono::seconds(1)));
            // A server that refuses may close before all is said: its reply counts.
            if (!trouble.empty() && step.action != Action::read) step = link.session.on_trouble(trouble);
        }
        if (step.action == Action::read) {
            const OutgoingConnection::Answer answer = co_await connection.read_reply(step.wait);
            step = answer.trouble.empty() ? link.session.on_reply(answer.reply) : link.session.on_trouble(answer.trouble);
        } else if (step.action == Action::start_tls) {
            // Whatever came behind the 220 in plain text is an attempt to be heard inside of TLS.
            std::string trouble = connection.has_unread() ? "the server spoke between its 220 and TLS" : "";
            if (trouble.empty()) trouble = co_await connection.handshake(tls, policy, step.wait);
            step = trouble.empty() ? link.session.on_tls() : link.session.on_failed_handshake(trouble);
        } else {
            if (step.action == Action::close) connection.abort();
            co_return step;
        }
    }
}

}  // namespace postern::relay
