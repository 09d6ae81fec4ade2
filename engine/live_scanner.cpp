// SPDX-License-Identifier: Apache-2.0
// Switching costs the scanning threads nothing but the pointer: the watching thread reads, maps, makes scratch
// and gives memory back, and does it with the least claim to the processor, since a scan that shares a core
// with it would wait for it.
#include "engine/live_scanner.h"

#include "signatures/store/file_watch.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace postern::engine {

namespace {

using signatures::FileWatch;
using signatures::SignatureSet;
using signatures::StoreState;
using ScannerPointer = std::shared_ptr<const Scanner>;
using SetPointer = std::shared_ptr<const SignatureSet>;

// What the state says is in force, without when and by whom.
struct InForce {
    std::string active;
    std::string shadow;  // empty: none
    bool operator==(const InForce&) const = default;
};

InForce in_force(const StoreState& state) {
    return {state.current() != nullptr ? state.current()->generation : "", state.shadow ? state.shadow->generation : ""};
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

    // What the state names can be pruned before it is opened; then the state is another one by now.
    void load() {
        InForce wanted = in_force(store.state());
        for (;;) {
            try {
                if (wanted != in_use || !now) take(wanted);
                return;
            } catch (const signatures::SetFileError&) {
                InForce now_wanted = in_force(store.state());
                if (now_wanted == wanted) throw;
                wanted = std::move(now_wanted);
            }
        }
    }

    void take(const InForce& wanted) {
        if (wanted.active.empty()) {
            throw signatures::SetFileError(store.folder().native() +
                                           ": holds no set yet; `postern signatures activate SET` puts one in force");
        }
        SetPointer next_active = set_of(wanted.active);
        SetPointer next_shadow = shadow_of(wanted.shadow);
        auto next = std::make_shared<const Scanner>(SignatureSets(next_active, next_shadow), options.limits,
                                                    options.threads);
        next->make_ready();
        put_in_force(std::move(next));
        active = std::move(next_active);
        shadow = std::move(next_shadow);
        tell_change(wanted);
        in_use = wanted;
    }

    void put_in_force(ScannerPointer next) {
        {
            const std::lock_guard lock(mutex);
            std::swap(now, next);
        }
        if (next) retired.push_back(std::move(next));
    }

    // One that is in use already is not loaded a second time.
    SetPointer set_of(const std::string& generation) const {
        for (const SetPointer& set : {active, shadow}) {
            if (set && set->generation() == generation) return set;
        }
        return store.load(generation);
    }

    // A shadow decides nothing: what is wrong with it must not keep the active set from being taken up.
    SetPointer shadow_of(const std::string& generation) const try {
        return generation.empty() ? nullptr : set_of(generation);
    } catch (const std::exception& error) {
        tell(std::string(error.what()) + "; there is no shadow set until another one is activated");
        return nullptr;
    }

    void follow() {
        // Of this thread alone, and those it starts. Where it is not allowed, the switch is only less gentle.
        constexpr int least = 19;
        static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), least));
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

    void tell_change(const InForce& wanted) const {
        if (in_use.active.empty()) return;
        if (wanted.active != in_use.active) tell("generation " + wanted.active + " is in force now");
        if (wanted.shadow != in_use.shadow && shadow) tell("generation " + wanted.shadow + " is listened to now as a shadow");
        if (wanted.shadow.empty() && !in_use.shadow.empty()) tell("there is no shadow set any more");
    }

    void tell(const std::string& sentence) const {
        if (options.tell) options.tell(sentence);
    }

    signatures::Store store;
    Options options;
    FileWatch watch;
    InForce in_use;  // these four the constructor's, then the watching thread's
    SetPointer active;
    SetPointer shadow;
    std::vector<ScannerPointer> retired;
    mutable std::mutex mutex;
    ScannerPointer now;
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
