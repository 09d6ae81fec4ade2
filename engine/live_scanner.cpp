// SPDX-License-Identifier: Apache-2.0
#include "engine/live_scanner.h"

#include "signatures/store/file_watch.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

namespace postern::engine {

namespace {

using signatures::Activation;
using signatures::FileWatch;
using signatures::StoreState;
using ScannerPointer = std::shared_ptr<const Scanner>;

// What the state says is in force, without when and by whom.
std::string in_force(const StoreState& state) {
    return state.current()->generation + (state.shadow ? " " + state.shadow->generation : std::string());
}

}  // namespace

struct LiveScanner::State {
    State(signatures::Store the_store, Options the_options)
        : store(std::move(the_store)), options(std::move(the_options)), watch(store.folder(), "state") {
        load();
        thread = std::thread([this] { follow(); });
    }

    ~State() {
        watch.stop();
        thread.join();
    }

    void load() {
        const StoreState state = store.state();
        if (state.current() == nullptr) {
            throw signatures::SetFileError(store.folder().native() +
                                           ": holds no set yet; `postern signatures activate SET` puts one in force");
        }
        const std::string wanted = in_force(state);
        if (wanted == loaded) return;
        auto next = std::make_shared<const Scanner>(
            SignatureSets(store.load(state.current()->generation),
                          state.shadow ? store.load(state.shadow->generation) : nullptr),
            options.limits, options.threads);
        next->make_ready();
        {
            const std::lock_guard lock(mutex);
            std::swap(now, next);
        }
        if (next) retired.push_back(std::move(next));
        if (!loaded.empty()) tell("generation " + state.current()->generation + " is in force now");
        loaded = wanted;
    }

    void follow() {
        for (;;) {
            // While old sets are in use, their users' end is looked for; nobody waits for it.
            constexpr std::chrono::milliseconds soon{20};
            constexpr std::chrono::milliseconds later{60'000};
            const auto event = watch.wait(retired.empty() ? later : soon);
            if (event == FileWatch::Event::stopped) return;
            if (event == FileWatch::Event::replaced) try_to_load();
            // Nobody can take up again what only this list holds.
            std::erase_if(retired, [](const ScannerPointer& old) { return old.use_count() == 1; });
        }
    }

    // What fails here, memory and threads too, must not end a service that scans well.
    void try_to_load() try {
        load();
    } catch (const std::exception& error) {
        tell(std::string(error.what()) + "; the set in force stays");
    }

    void tell(const std::string& sentence) const {
        if (options.tell) options.tell(sentence);
    }

    signatures::Store store;
    Options options;
    FileWatch watch;
    std::string loaded;
    mutable std::mutex mutex;
    ScannerPointer now;
    std::vector<ScannerPointer> retired;  // the watching thread's
    std::thread thread;
};

LiveScanner::LiveScanner(signatures::Store store, Options options)
    : state_(std::make_unique<State>(std::move(store), std::move(options))) {}

LiveScanner::~LiveScanner() = default;

ScannerPointer LiveScanner::current() const {
    const std::lock_guard lock(state_->mutex);
    return state_->now;
}

}  // namespace postern::engine
