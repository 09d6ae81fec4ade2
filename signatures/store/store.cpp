// SPDX-License-Identifier: Apache-2.0
// A set is proved where it lies in the store, not where it came from: what was copied is what will be mapped.
#include "signatures/store/store.h"

#include "signatures/set_file/new_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace postern::signatures {

namespace {

namespace fs = std::filesystem;

constexpr const char* ending = ".set";

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
    throw SetFileError(path.native() + ": " + why);
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm fields{};
    gmtime_r(&now, &fields);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &fields);
    return text.data();
}

std::string one_word(std::string text) {
    for (char& c : text) {
        if (c <= ' ' || c > '~') c = '_';
    }
    return text.empty() ? "unknown" : text;
}

// A folder that is made here is on the disk with all that is above it, and whoever may read what is above may
// read it.
void make_folder(const fs::path& folder) {
    if (fs::is_directory(folder)) return;
    const fs::path above = folder.has_parent_path() ? folder.parent_path() : ".";
    if (above != folder) make_folder(above);
    std::error_code error;
    const bool is_mine = fs::create_directory(folder, error);
    if (error) refuse(folder, "cannot be made: " + error.message());
    if (is_mine) fs::permissions(folder, fs::perms(0755), error);
    sync_folder(above);
}

// Copies to where NewFile is, through its own name only when all is there.
void copy_into(const fs::path& from, NewFile& to) {
    std::ifstream in(from, std::ios::binary);
    if (!in) refuse(from, std::string("cannot be read: ") + std::strerror(errno));
    std::vector<char> piece(std::size_t{1} << 20);
    std::uint64_t at = 0;
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
        const auto size = static_cast<std::size_t>(in.gcount());
        to.write(std::as_bytes(std::span(piece.data(), size)), at);
        at += size;
    }
    if (in.bad()) refuse(from, "cannot be read to its end");
}

}  // namespace

// One change of a store at a time, among all threads and processes; what a crash of an earlier one left is gone.
class Store::Change {
public:
    explicit Change(const fs::path& folder) {
        const fs::path path = folder / "lock";
        // Not for all to read: who can open it can hold it, and scanners have no business there.
        descriptor_ = ::open(path.c_str(), O_CREAT | O_RDONLY | O_CLOEXEC, 0640);
        if (descriptor_ < 0) refuse(path, std::string("cannot be opened: ") + std::strerror(errno));
        if (!wait_for_turn()) {
            const int reason = errno;
            ::close(descriptor_);
            refuse(path, reason == EWOULDBLOCK ? "is held by another change of this store; try again when that has ended"
                                               : std::string("cannot be locked: ") + std::strerror(reason));
        }
        remove_left_over(folder, "state");
        remove_left_over(folder / "sets", "");
    }
    ~Change() { ::close(descriptor_); }
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;

private:
    // A set of some hundred megabytes is copied and proved in seconds.
    bool wait_for_turn() const {
        constexpr std::chrono::seconds patience{60};
        const auto end = std::chrono::steady_clock::now() + patience;
        while (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
            if (errno != EINTR && errno != EWOULDBLOCK) return false;
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return true;
    }

    // Nobody else writes while the lock is held.
    static void remove_left_over(const fs::path& folder, std::string_view name) {
        std::error_code ignored;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
            const fs::path& path = entry.path();
            if (NewFile::is_left_over(path) && path.filename().native().starts_with(name)) fs::remove(path, ignored);
        }
    }

    int descriptor_ = -1;
};

Store::Store(fs::path folder, StoreOptions options)
    : folder_(std::move(folder)), options_(std::move(options)) {
    options_.who = one_word(options_.who);
}

fs::path Store::set_file(std::string_view generation) const {
    return folder_ / "sets" / (std::string(generation) + ending);
}

StoreState Store::state() const {
    const fs::path path = folder_ / "state";
    std::ifstream file(path, std::ios::binary);
    if (!file.is_open()) {
        if (errno == ENOENT) return {};
        refuse(path, std::string("cannot be read: ") + std::strerror(errno));
    }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto state = parse_store_state(text);
    if (!state) refuse(path, "is no state of a store; activate a set to write it anew, after moving this file away");
    return std::move(*state);
}

Store::Keys Store::keys() const {
    Keys keys;
    if (!options_.key.empty()) keys.push_back(VerifyingKey::read(options_.key));
    const fs::path own = folder_ / "key.pem";
    if (fs::exists(own)) keys.push_back(VerifyingKey::read(own));
    return keys;
}

SetFileInfo Store::prove(const fs::path& set, const Keys& keys) const {
    if (keys.empty()) return verify_set(set, {});
    SetFileInfo info;
    for (const VerifyingKey& key : keys) info = verify_set(set, {&key, 0});
    return info;
}

// Proved before it is copied, so that the sentence names the user's file; loaded from where it will be, so
// that a set that this machine cannot use is never put in force.
std::string Store::take_in(const fs::path& set) const {
    const Keys with = keys();
    const std::string generation = prove(set, with).generation;
    if (!is_generation(generation)) refuse(set, "says no generation; build it again with `postern signatures build`");
    NewFile file(set_file(generation));
    copy_into(set, file);
    file.let_all_read();
    if (prove(file.temporary(), with).generation != generation) refuse(set, "was changed while it was copied");
    static_cast<void>(load_set(file.temporary(), {with.empty() ? nullptr : &with.front(), 0}));
    file.take_its_place();
    return generation;
}

void Store::replace(const StoreState& state) const {
    const std::string text = to_text(state);
    NewFile file(folder_ / "state");
    file.write(std::as_bytes(std::span(text)), 0);
    file.let_all_read();
    file.take_its_place();
}

Activation Store::now(std::string generation) const { return {std::move(generation), utc_now(), options_.who}; }

Activation Store::activate(const fs::path& set) {
    make_folder(folder_ / "sets");
    const Change change(folder_);
    StoreState state = this->state();
    const Activation one = now(take_in(set));
    // What is in force already is not a step that rolling back could undo.
    if (state.current() != nullptr && state.current()->generation == one.generation) {
        state.active.front() = one;
    } else {
        state.active.insert(state.active.begin(), one);
    }
    replace(state);
    return one;
}

Activation Store::roll_back() {
    if (!fs::exists(folder_ / "state")) refuse(folder_, "holds no set yet; `postern signatures activate SET` puts one in force");
    const Change change(folder_);
    StoreState state = this->state();
    if (state.active.size() < 2) refuse(folder_, "no set was in force before the current one, so there is nothing to go back to");
    state.active.erase(state.active.begin());
    static_cast<void>(load(state.current()->generation));
    replace(state);
    return *state.current();
}

Activation Store::activate_shadow(const fs::path& set) {
    make_folder(folder_ / "sets");
    const Change change(folder_);
    StoreState state = this->state();
    state.shadow = now(take_in(set));
    replace(state);
    return *state.shadow;
}

bool Store::end_shadow() {
    if (!fs::exists(folder_ / "state")) return false;
    const Change change(folder_);
    StoreState state = this->state();
    if (!state.shadow) return false;
    state.shadow.reset();
    replace(state);
    return true;
}

// A state that changed meanwhile may name what was deleted meanwhile.
std::vector<StoredSet> Store::list() const {
    StoreState state = this->state();
    for (;;) {
        std::vector<StoredSet> sets = list(state);
        StoreState now = this->state();
        if (now == state) return sets;
        state = std::move(now);
    }
}

std::vector<StoredSet> Store::list(const StoreState& state) const {
    std::vector<StoredSet> sets;
    const Keys with = keys();
    const auto add = [&](const Activation& one, StoredAs as) {
        StoredSet set{one.generation, as, one.when, one.who, {}, {}};
        try {
            set.info = prove(set_file(one.generation), with);
        } catch (const SetFileError& error) {
            set.error = error.what();
        }
        sets.push_back(std::move(set));
    };
    for (const Activation& one : state.active) {
        add(one, &one == state.current() ? StoredAs::current : StoredAs::before);
    }
    if (state.shadow) add(*state.shadow, StoredAs::shadow);
    std::vector<std::string> kept;
    std::error_code none;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_ / "sets", none)) {
        const std::string name = entry.path().stem().native();
        if (entry.path().extension() == ending && is_generation(name) && !state.names(name)) kept.push_back(name);
    }
    std::sort(kept.begin(), kept.end());
    for (const std::string& generation : kept) add({generation, "", ""}, StoredAs::kept);
    return sets;
}

std::size_t Store::prune(std::size_t keep) {
    if (!fs::exists(folder_ / "state")) return 0;
    const Change change(folder_);
    StoreState state = this->state();
    if (state.active.size() > keep) {
        state.active.resize(keep);
        replace(state);
    }
    std::size_t deleted = 0;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_ / "sets", error)) {
        const std::string name = entry.path().stem().native();
        if (entry.path().extension() != ending || !is_generation(name) || state.names(name)) continue;
        if (!fs::remove(entry.path(), error)) refuse(entry.path(), "cannot be deleted: " + error.message());
        ++deleted;
    }
    return deleted;
}

std::shared_ptr<const SignatureSet> Store::load(std::string_view generation, unsigned threads) const {
    const Keys with = keys();
    const fs::path file = set_file(generation);
    if (with.size() > 1) prove(file, with);
    return load_set(file, {with.empty() ? nullptr : &with.front(), threads});
}

}  // namespace postern::signatures
