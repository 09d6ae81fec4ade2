// SPDX-License-Identifier: Apache-2.0
#include "relay/resolver.h"

#include <atomic>
#include <idn2.h>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unbound.h>
#include <unistd.h>
#include <unordered_map>

namespace postern::relay {

using Clock = std::chrono::steady_clock;

namespace {

constexpr int class_in = 1;
constexpr int name_error = 3;  // RFC 1035 4.1.1: NXDOMAIN

// "192.0.2.53:53", "[2001:db8::53]:53" → "192.0.2.53@53", as libunbound wants it.
std::string server_for_unbound(const std::string& server) {
    const std::size_t colon = server.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == server.size()) {
        throw ResolverError(server + ": a DNS server is written ADDRESS:PORT, as \"192.0.2.53:53\" or \"[2001:db8::53]:53\"");
    }
    std::string address = server.substr(0, colon);
    if (address.front() == '[' && address.back() == ']') address = address.substr(1, address.size() - 2);
    return address + "@" + server.substr(colon + 1);
}

void demand(int code, const std::string& what) {
    if (code != 0) throw ResolverError(what + ": " + ub_strerror(code));
}

// The name in ASCII; empty: it is none.
std::string ascii_of(const std::string& name) {
    bool ascii = !name.empty() && name.size() <= 254;
    for (const char c : name) ascii &= static_cast<unsigned char>(c) < 0x80 && c > ' ';
    if (ascii) return name;
    char* converted = nullptr;
    const int code = idn2_to_ascii_8z(name.c_str(), &converted, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    const std::string result = code == IDN2_OK ? converted : "";
    idn2_free(converted);
    return result;
}

DnsAnswer unanswered(DnsAnswer::Status status, std::string why) { return {status, {}, false, std::move(why)}; }

DnsAnswer answer_of(const ub_result& result) {
    DnsAnswer answer;
    answer.secure = result.secure != 0;
    if (result.bogus != 0) {
        answer.why = std::string("the answer is not to be trusted: ") + (result.why_bogus != nullptr ? result.why_bogus : "");
    } else if (result.havedata != 0) {
        answer.status = DnsAnswer::Status::found;
        for (int i = 0; result.data[i] != nullptr; ++i) {
            answer.records.emplace_back(result.data[i], static_cast<std::size_t>(result.len[i]));
        }
    } else if (result.nxdomain != 0 || result.rcode == name_error) {
        answer.status = DnsAnswer::Status::no_such_domain;
    } else if (result.rcode == 0) {
        answer.status = DnsAnswer::Status::no_data;
    } else {
        answer.why = result.rcode == 2 ? "the DNS answers SERVFAIL" : "the DNS answers with code " + std::to_string(result.rcode);
    }
    return answer;
}

}  // namespace

struct Resolver::Impl {
    struct Question {
        std::function<void(DnsAnswer)> handler;
        Clock::time_point deadline;
    };
    // What libunbound carries for us, until it calls back or the context is gone; a question that ran out of time may
    // be answered much later.
    struct Ticket {
        Impl* impl;
        std::uint64_t number;
    };

    explicit Impl(DnsOptions given) : options(std::move(given)), context(ub_ctx_create()) {
        try {
            configure();
        } catch (...) {
            ub_ctx_delete(context);
            throw;
        }
        wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        thread = std::thread([this] { run(); });
    }

    ~Impl() {
        stopping = true;
        nudge();
        thread.join();
        ub_ctx_delete(context);
        ::close(wake);
        for (auto& [number, question] : questions) question.handler(unanswered(DnsAnswer::Status::failed, "the service stops"));
    }

    void configure() {
        if (context == nullptr) throw ResolverError("the DNS library cannot be started: there is no more memory");
        demand(ub_ctx_async(context, 1), "the DNS library's thread");
        if (options.servers.empty()) {
            demand(ub_ctx_resolvconf(context, nullptr), "/etc/resolv.conf");
        }
        for (const std::string& server : options.servers) {
            demand(ub_ctx_set_fwd(context, server_for_unbound(server).c_str()), server);
        }
        // Servers on this machine are as good as any, and what they say of private space is believed.
        demand(ub_ctx_set_option(context, "do-not-query-localhost:", "no"), "do-not-query-localhost");
        demand(ub_ctx_set_option(context, "unblock-lan-zones:", "yes"), "unblock-lan-zones");
        if (!options.trust_anchor.empty()) {
            demand(::access(options.trust_anchor.c_str(), R_OK) == 0 ? 0 : UB_READFILE, options.trust_anchor);
            demand(ub_ctx_add_ta_file(context, options.trust_anchor.c_str()), options.trust_anchor);
        }
    }

    void nudge() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t n = ::write(wake, &one, sizeof one);
    }

    void run() {
        while (!stopping) {
            pollfd ready[] = {{ub_fd(context), POLLIN, 0}, {wake, POLLIN, 0}};
            ::poll(ready, 2, wait_time());
            std::uint64_t count;
            while (::read(wake, &count, sizeof count) > 0) {
            }
            ub_process(context);
            expire();
        }
    }

    int wait_time() {
        const std::lock_guard lock(mutex);
        auto first = Clock::now() + std::chrono::seconds(60);
        for (const auto& [number, question] : questions) first = std::min(first, question.deadline);
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - Clock::now());
        return static_cast<int>(std::max<std::int64_t>(0, left.count()));
    }

    void expire() {
        std::vector<std::uint64_t> late;
        {
            const std::lock_guard lock(mutex);
            for (const auto& [number, question] : questions) {
                if (question.deadline <= Clock::now()) late.push_back(number);
            }
        }
        for (const std::uint64_t number : late) {
            answer(number, unanswered(DnsAnswer::Status::timed_out, "the DNS does not answer"));
        }
    }

    void answer(std::uint64_t number, DnsAnswer with) {
        std::function<void(DnsAnswer)> handler;
        {
            const std::lock_guard lock(mutex);
            const auto question = questions.find(number);
            if (question == questions.end()) return;
            handler = std::move(question->second.handler);
            questions.erase(question);
        }
        handler(std::move(with));
    }

    static void called_back(void* data, int code, ub_result* result) {
        const Ticket ticket = *static_cast<Ticket*>(data);
        const std::unique_ptr<ub_result, void (*)(ub_result*)> owner(result, ub_resolve_free);
        DnsAnswer answer;
        if (code == 0 && result != nullptr) answer = answer_of(*result);
        if (code != 0) answer.why = ub_strerror(code);
        {
            const std::lock_guard lock(ticket.impl->mutex);
            ticket.impl->tickets.erase(ticket.number);
        }
        ticket.impl->answer(ticket.number, std::move(answer));
    }

    void ask(const std::string& name, DnsType type, std::function<void(DnsAnswer)> handler) {
        const std::string ascii = ascii_of(name);
        if (ascii.empty()) return handler(unanswered(DnsAnswer::Status::no_such_domain, "it is no name of a domain"));
        std::uint64_t number;
        Ticket* ticket;
        {
            const std::lock_guard lock(mutex);
            number = ++last;
            questions[number] = {std::move(handler), Clock::now() + options.time};
            ticket = &tickets.emplace(number, Ticket{this, number}).first->second;
        }
        const int code = ub_resolve_async(context, ascii.c_str(), static_cast<int>(type), class_in, ticket, called_back, nullptr);
        if (code != 0) {
            {
                const std::lock_guard lock(mutex);
                tickets.erase(number);
            }
            return answer(number, unanswered(DnsAnswer::Status::failed, ub_strerror(code)));
        }
        nudge();  // it may have been answered from the cache, or be the first to have a deadline
    }

    const DnsOptions options;
    ub_ctx* context;
    int wake = -1;
    std::atomic<bool> stopping = false;
    std::mutex mutex;
    std::uint64_t last = 0;
    std::unordered_map<std::uint64_t, Question> questions;
    std::unordered_map<std::uint64_t, Ticket> tickets;
    std::thread thread;
};

Resolver::Resolver(DnsOptions options) : impl_(std::make_shared<Impl>(std::move(options))) {}
Resolver::~Resolver() = default;

std::shared_ptr<Resolver::Impl> Resolver::impl() const {
    const std::lock_guard lock(mutex_);
    return impl_;
}

void Resolver::swap(Resolver& other) {
    const std::scoped_lock lock(mutex_, other.mutex_);
    impl_.swap(other.impl_);
}

void Resolver::ask(const std::string& name, DnsType type, std::function<void(DnsAnswer)> handler) {
    impl()->ask(name, type, std::move(handler));
}

}  // namespace postern::relay
