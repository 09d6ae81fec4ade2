// SPDX-License-Identifier: Apache-2.0
#include "engine/service/scand.h"

#include "engine/service/judge.h"
#include "engine/service/pool.h"
#include "signatures/store/file_watch.h"

#include <csignal>
#include <optional>
#include <stdexcept>
#include <thread>

#include <sys/resource.h>

namespace postern::engine::service {

unsigned small_threads_for(unsigned cores) {
    return 2 * cores + 2;
}

namespace {

// Says when a store's state is another one.
class StoreFollower {
public:
    StoreFollower(const std::filesystem::path& store, std::function<void()> changed)
        : watch_(store, "state"), changed_(std::move(changed)), thread_([this] { follow(); }) {}
    ~StoreFollower() {
        watch_.stop();
        thread_.join();
    }

private:
    void follow() {
        for (;;) {
            const auto event = watch_.wait(std::chrono::milliseconds(60'000));
            if (event == signatures::FileWatch::Event::stopped) return;
            if (event == signatures::FileWatch::Event::replaced) changed_();
        }
    }

    signatures::FileWatch watch_;
    std::function<void()> changed_;
    std::thread thread_;
};

// A connection is a descriptor, and a stream or a job another one.
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

WaitingLine::Capacity capacity_for(const ScandOptions& options) {
    // One that waits beside each that is scanned: a thread that has answered finds the next one at
    // once.
    return {2 * std::size_t{small_threads_for(options.threads)}, options.threads,
            options.memory / 2};
}

}  // namespace

struct Scand::State {
    State(ScandOptions the_options, Events& the_events)
        : options(std::move(the_options)), events(the_events), seconds(loop), patience(loop) {
        raise_descriptor_limit();
        listeners = inherited_listeners();
        for (Listening& one : listen_at(options.listen)) listeners.push_back(std::move(one));
        for (const Listening& one : listeners) addresses.push_back(one.address);
        pool.emplace(loop,
                     Pool::Options{options.nursery_command, capacity_for(options),
                                   small_threads_for(options.threads), options.hang_time},
                     events,
                     Pool::Listener{[this](const std::string& why) {
                                        failure = why;
                                        loop.stop();
                                    },
                                    [this] { pool_changed(); }});
        server.emplace(loop, *pool, events, server_options());
        if (!options.store.empty()) {
            follower.emplace(options.store, [this] { loop.post([this] { pool->reload(); }); });
        }
    }

    ServerOptions server_options() {
        ServerOptions to;
        to.limits = options.limits;
        to.roots = options.roots;
        to.failed_folder = options.failed_folder;
        to.room.most_in_memory = options.memory / 4;
        to.room.folder = options.spool_folder;
        to.threads = small_threads_for(options.threads) + options.threads;
        to.reload = [this] { pool->reload(); };
        if (options.shutdown_command) to.shut_down = [this] { finish(); };
        return to;
    }

    void pool_changed() {
        if (!serving && pool->ready()) {
            serving = true;
            server->serve(std::move(listeners));
            events.ready(addresses);
        }
        server->levels_changed();
    }

    void tick() {
        events.alive();
        seconds.after(std::chrono::milliseconds(1000), [this] { tick(); });
    }

    void finish() {
        if (std::exchange(finishing, true)) return;
        events.stopping();
        server->finish([this] { loop.stop(); });
        patience.after(std::chrono::milliseconds(30'000), [this] { loop.stop(); });
    }

    ScandOptions options;
    Events& events;
    Loop loop;
    Timer seconds;
    Timer patience;
    std::vector<Listening> listeners;
    std::vector<std::string> addresses;
    std::optional<Pool> pool;
    std::optional<Server> server;
    std::optional<StoreFollower> follower;
    std::string failure;
    bool serving = false;
    bool finishing = false;
};

Scand::Scand(ScandOptions options, Events& events)
    : state_(std::make_unique<State>(std::move(options), events)) {}

Scand::~Scand() = default;

void Scand::run() {
    State& state = *state_;
    for (const int signal : {SIGTERM, SIGINT})
        state.loop.on_signal(signal, [&] { state.finish(); });
    state.loop.on_signal(SIGHUP, [&] { state.pool->reload(); });
    state.tick();
    state.loop.run();
    if (!state.failure.empty()) throw std::runtime_error(state.failure);
}

void Scand::stop() {
    state_->loop.post([this] { state_->finish(); });
}

void Scand::reload() {
    state_->loop.post([this] { state_->pool->reload(); });
}

const std::vector<std::string>& Scand::addresses() const {
    return state_->addresses;
}

}  // namespace postern::engine::service
