// SPDX-License-Identifier: Apache-2.0
#include "relay/queue.h"

#include "relay/queue_check.h"
#include "relay/queue_rows.h"
#include "relay/queue_schema.h"
#include "relay/queue_writer.h"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <mutex>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace postern::relay {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

QueueError unusable(const fs::path& folder, const std::string& why) {
    return QueueError(folder.string() + ": the queue's folder " + why);
}

void make_folders(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error && ::mkdir(queue_spool(folder).c_str(), 0700) != 0 && errno != EEXIST) {
        error = {errno, std::system_category()};
    }
    // The names are on disk before anything is said to lie below them.
    for (const fs::path& each : {fs::absolute(folder).parent_path(), folder}) {
        if (!error) sync_folder(each);
    }
    if (error) throw unusable(folder, "cannot be made: " + error.message() + "; make it for the user who runs postern");
}

// Two relays on one queue would deliver everything twice.
Descriptor lock_folder(const fs::path& folder) {
    const fs::path path = folder / "lock";
    Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock.is_open()) {
        throw unusable(folder, "cannot be written to: " + std::system_category().message(errno) +
                                   "; it must belong to the user who runs postern");
    }
    if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
        throw unusable(folder, "is in use by another postern relay; stop that one, or name another state_directory");
    }
    return lock;
}

QueueError unusable_database(const fs::path& folder, const std::string& why) {
    return QueueError(queue_database(folder).string() + ": the queue's database " + why);
}

QueueId prepare(const QueueOptions& options, std::vector<QueueProblem>& found) {
    const fs::path& folder = options.folder;
    Database database(queue_database(folder), Database::Access::create);
    const std::string trouble = prepare_queue(database);
    if (!trouble.empty()) throw unusable_database(folder, trouble);
    ::chmod(queue_database(folder).c_str(), 0600);
    found = check_at_start(folder, database);
    if (database.error()) throw unusable_database(folder, damage_of(database.message()));
    for (const QueueProblem& problem : found) {
        if (problem.id == QueueId{}) throw unusable_database(folder, damage_of(problem.what));
    }
    give_turns(database, options);
    Statement last(database, "SELECT max(id) FROM message");
    return QueueId{last.step() ? last.integer(0) : 0};
}

}  // namespace

struct Queue::Impl {
    explicit Impl(QueueOptions given)
        : options((make_folders(given.folder), std::move(given))),
          lock(lock_folder(options.folder)),
          writer(options, prepare(options, at_start)),
          reading(queue_database(options.folder), Database::Access::write),
          rows(reading) {}

    // Runs `read` on the reading connection, and gives its error back.
    template <typename Read>
    auto read(std::error_code& error, Read read) {
        const std::lock_guard guard(reading_mutex);
        auto found = read(rows);
        error = reading.error();
        reading.clear_error();
        return found;
    }

    std::uint64_t free_octets() {
        const std::lock_guard guard(room_mutex);
        if (Clock::now() < asked + std::chrono::seconds(1)) return free;
        struct statvfs disk{};
        if (::statvfs(options.folder.c_str(), &disk) == 0) {
            free = disk.f_files != 0 && disk.f_favail < 64 ? 0 : std::uint64_t{disk.f_bavail} * disk.f_frsize;
            asked = Clock::now();
        }
        return free;
    }

    mutable std::mutex options_mutex;
    QueueOptions options;
    const Descriptor lock;
    std::vector<QueueProblem> at_start;
    QueueWriter writer;
    std::mutex reading_mutex;
    Database reading;
    QueueReaderRows rows;
    std::mutex room_mutex;
    Clock::time_point asked{};
    std::uint64_t free = 0;
};

Queue::Queue(QueueOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Queue::~Queue() = default;

std::chrono::seconds QueueOptions::turn(bool delay_reported) const {
    return delay_reported ? lifetime : std::min(delay_warning, lifetime);
}

QueueOptions Queue::options() const {
    const std::lock_guard lock(impl_->options_mutex);
    return impl_->options;
}

void Queue::change_ages(std::chrono::seconds delay_warning, std::chrono::seconds lifetime) {
    const std::lock_guard lock(impl_->options_mutex);
    impl_->options.delay_warning = delay_warning;
    impl_->options.lifetime = lifetime;
    impl_->writer.change_ages(impl_->options);
}

const std::vector<QueueProblem>& Queue::found_at_start() const { return impl_->at_start; }

std::error_code Queue::trouble() const {
    const std::error_code writing = impl_->writer.trouble();
    return writing ? writing : room(0);
}

std::unique_ptr<IncomingMessage> Queue::receive() {
    return std::make_unique<IncomingMessage>(queue_spool(impl_->options.folder), impl_->writer.next_id(),
                                             impl_->options.small_message);
}

std::error_code Queue::room(std::uint64_t octets) const {
    if (impl_->free_octets() >= octets + impl_->options.free_space) return {};
    return {ENOSPC, std::system_category()};
}

void Queue::commit(std::unique_ptr<IncomingMessage> message, Acceptance acceptance, CommitHandler handler) {
    impl_->writer.accept(std::move(message), std::move(acceptance), std::move(handler));
}

void Queue::on_due(std::function<void(std::vector<Due>)> handler) { impl_->writer.on_due(std::move(handler)); }

std::vector<Due> Queue::due() const {
    std::error_code error;
    return impl_->read(error, [](QueueReaderRows& rows) { return rows.due(); });
}

std::vector<QueueId> Queue::aged(Time time) const {
    std::error_code error;
    return impl_->read(error, [&](QueueReaderRows& rows) { return rows.aged(time); });
}

std::optional<QueuedMessage> Queue::load(QueueId id, std::error_code& error) const {
    return impl_->read(error, [&](QueueReaderRows& rows) { return rows.load(id); });
}

std::shared_ptr<const StoredContent> Queue::content(QueueId id, std::error_code& error) const {
    auto found = impl_->read(error, [&](QueueReaderRows& rows) { return rows.content(id); });
    if (error || !found) return nullptr;
    if (!found->in_file) return std::make_shared<StoredContent>(std::move(found->front), std::move(found->octets));
    Descriptor file(::open(spool_file(queue_spool(impl_->options.folder), id).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        error = {errno, std::system_category()};
        return nullptr;
    }
    return std::make_shared<StoredContent>(std::move(found->front), std::move(file), found->size);
}

void Queue::record(Record record, std::function<void()> handler) {
    impl_->writer.record(std::move(record), std::move(handler));
}

}  // namespace postern::relay
