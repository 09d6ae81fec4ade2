// SPDX-License-Identifier: Apache-2.0
#include "relay/queue_writer.h"

#include "relay/queue_rows.h"
#include "relay/queue_schema.h"
#include "relay/work_threads.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <unistd.h>

namespace postern::relay {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t largest_group = 256;
constexpr auto retry_after = 1s;             // between attempts to write what must be written
constexpr auto look_for_changes = 500ms;     // of other processes
constexpr auto give_up_after = 10s;          // at the end, when the disk does not take it
constexpr int log_pages_to_move = 1024;      // 8 MiB of write-ahead log
constexpr auto move_at_least_every = 10s;
constexpr int log_pages_at_most = 16 * 1024; // then writing waits for it
constexpr int syncing_threads = 4;

struct Arrival {
    std::unique_ptr<IncomingMessage> message;
    Acceptance acceptance;
    CommitHandler handler;
    Time arrived{};
};

struct Recording {
    Record record;
    std::function<void()> handler;
    Recorded done;
};

}  // namespace

struct QueueWriter::Impl {
    struct Group {
        std::vector<Arrival> arrivals;
        std::vector<Recording> recordings;
        std::vector<QueueId> report_ids;
        std::vector<QueueId> files;  // to be deleted once it is committed
        std::vector<Due> due;
        bool ages_changed = false;
        bool is_probe = false;  // whether the disk takes anything again
        std::error_code error;

        bool has_work() const { return !arrivals.empty() || !recordings.empty() || ages_changed || is_probe; }
    };

    Impl(const QueueOptions& given, QueueId highest)
        : options(given), last(highest.value), database(queue_database(given.folder), Database::Access::write) {
        version = data_version();
        syncers.emplace(syncing_threads);
        writer = std::thread([this] { run(); });
        mover = std::thread([this] { move_log(); });
    }

    ~Impl() {
        syncers.reset();
        {
            const std::lock_guard lock(mutex);
            stopping = true;
        }
        wake.notify_all();
        writer.join();
        {
            const std::lock_guard lock(move_mutex);
            moving = false;
        }
        move.notify_all();
        mover.join();
    }

    void add(Arrival arrival) {
        {
            const std::lock_guard lock(mutex);
            arrivals.push_back(std::move(arrival));
        }
        wake.notify_one();
    }

    // ---- The writing thread
    void run() {
        while (std::optional<Group> group = gather()) {
            if (group->has_work()) write(*group);
            notice_changes();
        }
    }

    bool something_to_do() const {
        const bool can_wait = !recordings.empty() || ages || failing;
        return !arrivals.empty() || (can_wait && Clock::now() >= records_from);
    }

    std::optional<Group> gather() {
        std::unique_lock lock(mutex);
        wake.wait_for(lock, look_for_changes, [this] { return stopping || something_to_do(); });
        if (stopping && arrivals.empty() && (recordings.empty() || is_hopeless())) return std::nullopt;
        Group group;
        take(arrivals, group.arrivals);
        if (Clock::now() < records_from && !stopping) return group;
        take(recordings, group.recordings);
        if (ages) take_ages(group);
        group.is_probe = static_cast<bool>(failing);
        return group;
    }

    void take_ages(Group& group) {
        options.delay_warning = ages->delay_warning;
        options.lifetime = ages->lifetime;
        ages.reset();
        group.ages_changed = true;
    }

    bool is_hopeless() {
        if (!stopping_since) stopping_since = Clock::now();
        return failing && Clock::now() - *stopping_since > give_up_after;
    }

    template <typename Work>
    static void take(std::deque<Work>& from, std::vector<Work>& to) {
        const std::size_t n = std::min(from.size(), largest_group);
        std::move(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(n), std::back_inserter(to));
        from.erase(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(n));
    }

    void write(Group& group) {
        refuse_failed(group);
        publish(group);
        rows_for_writing();
        database.execute("BEGIN IMMEDIATE");
        if (group.ages_changed) give_turns(database, options);
        if (group.is_probe) database.execute("PRAGMA user_version = 1");
        for (Arrival& arrival : group.arrivals) insert(group, arrival);
        for (Recording& recording : group.recordings) apply(group, recording);
        database.execute("COMMIT");
        group.error = database.error();
        if (group.error) {
            roll_back();
            refuse(group);
        } else {
            tell(group);
        }
        shorten_log();
    }

    // What could not even be synced is no part of the transaction.
    static void refuse_failed(Group& group) {
        std::erase_if(group.arrivals, [](Arrival& arrival) {
            const std::error_code error = arrival.message->error();
            if (!error) return false;
            arrival.message.reset();
            arrival.handler(error);
            return true;
        });
    }

    void publish(Group& group) {
        bool any = false;
        for (Arrival& arrival : group.arrivals) any |= arrival.message->is_file() && !arrival.message->publish();
        const std::error_code error = any ? sync_folder(queue_spool(options.folder)) : std::error_code();
        std::erase_if(group.arrivals, [&](Arrival& arrival) {
            const std::error_code own = arrival.message->error() ? arrival.message->error() : error;
            if (!own || !arrival.message->is_file()) return false;
            arrival.message.reset();
            arrival.handler(own);
            return true;
        });
    }

    void insert(Group& group, Arrival& arrival) {
        const IncomingMessage& message = *arrival.message;
        rows->insert({message.id(), arrival.acceptance.envelope, message.facts(), arrival.acceptance.front,
                      arrival.acceptance.hold, message.octets(), message.is_file(), arrival.arrived},
                     options);
        if (arrival.acceptance.hold.empty()) add_due(group, message.id(), arrival.acceptance.envelope, arrival.arrived);
    }

    static void add_due(Group& group, QueueId id, const Envelope& envelope, Time time) {
        const std::size_t first = group.due.size();
        for (const ForwardPath& path : envelope.forward_paths) {
            const std::string domain = domain_of(path.mailbox);
            const bool known = std::any_of(group.due.begin() + static_cast<std::ptrdiff_t>(first), group.due.end(),
                                           [&](const Due& due) { return due.domain == domain; });
            if (!known) group.due.push_back({id, domain, time});
        }
    }

    void apply(Group& group, Recording& recording) {
        recording.done = rows->apply(recording.record, options);
        if (!recording.done.found) return;
        if (recording.done.finished && recording.done.had_file) group.files.push_back(recording.record.id);
        std::ranges::copy(recording.done.due, std::back_inserter(group.due));
        for (const Report& report : recording.record.reports) insert_report(group, report);
    }

    void insert_report(Group& group, const Report& report) {
        const QueueId id = next_id();
        IncomingMessage octets({}, id, report.octets.size());  // small by definition: stays in memory
        octets.append(report.octets);
        rows->insert({id, report.envelope, octets.facts(), "", "", report.octets, false, now()}, options);
        add_due(group, id, report.envelope, now());
    }

    void tell(Group& group) {
        {
            const std::lock_guard lock(mutex);
            failing.clear();
        }
        for (Arrival& arrival : group.arrivals) {
            arrival.message->keep();
            arrival.handler({});
        }
        for (Recording& recording : group.recordings) {
            if (recording.handler) recording.handler();
        }
        for (const QueueId id : group.files) ::unlink(spool_file(queue_spool(options.folder), id).c_str());
        if (due_handler && !group.due.empty()) due_handler(std::move(group.due));
    }

    void refuse(Group& group) {
        for (Arrival& arrival : group.arrivals) {
            arrival.message.reset();
            arrival.handler(group.error);
        }
        const std::lock_guard lock(mutex);
        failing = group.error;
        if (group.ages_changed && !ages) ages = options;
        records_from = Clock::now() + retry_after;
        std::move(group.recordings.rbegin(), group.recordings.rend(), std::front_inserter(recordings));
    }

    // ---- The connection
    void rows_for_writing() {
        if (!rows) rows.emplace(database);
    }

    void roll_back() {
        database.clear_error();
        if (database.in_transaction()) database.execute("ROLLBACK");
        database.clear_error();
        rows.reset();  // prepared anew: what failed may have been a statement itself
    }

    // Another thread moves the log; only when that does not keep up, this one does, and everybody waits.
    void shorten_log() {
        if (database.log_pages() > log_pages_at_most) {
            database.checkpoint();
        } else if (database.log_pages() > log_pages_to_move) {
            move.notify_one();
        }
    }

    void move_log() {
        Database own(queue_database(options.folder), Database::Access::write);
        std::unique_lock lock(move_mutex);
        while (moving) {
            move.wait_for(lock, move_at_least_every);
            own.clear_error();
            own.checkpoint();
        }
    }

    // ---- Changes by `postern queue`
    std::int64_t data_version() {
        Statement statement(database, "PRAGMA data_version");
        const std::int64_t found = statement.step() ? statement.integer(0) : version;
        database.clear_error();
        return found;
    }

    void notice_changes() {
        const std::int64_t found = data_version();
        if (found == version) return;
        version = found;
        std::vector<Due> due = changed();
        database.clear_error();
        if (due_handler && !due.empty()) due_handler(std::move(due));
    }

    std::vector<Due> changed() {
        std::vector<QueueId> ids;
        std::int64_t sequence = 0;
        {
            Statement changes(database, "SELECT sequence, message FROM change ORDER BY sequence");
            while (changes.step()) {
                sequence = changes.integer(0);
                ids.push_back(QueueId{changes.integer(1)});
            }
        }
        std::vector<Due> due;
        QueueReaderRows reader(database);
        for (const QueueId id : ids) std::ranges::move(reader.due(id), std::back_inserter(due));
        if (!ids.empty()) Statement(database, "DELETE FROM change WHERE sequence <= ?").with(sequence).run();
        return due;
    }

    QueueId next_id() {
        const auto time = std::chrono::system_clock::now().time_since_epoch();
        const std::int64_t now_us = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
        std::int64_t before = last.load();
        while (!last.compare_exchange_weak(before, std::max(now_us, before + 1))) {
        }
        return QueueId{std::max(now_us, before + 1)};
    }

    QueueOptions options;  // the ages change on the writing thread
    std::atomic<std::int64_t> last;
    std::function<void(std::vector<Due>)> due_handler;

    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Arrival> arrivals;
    std::deque<Recording> recordings;
    Clock::time_point records_from{};
    bool stopping = false;
    std::optional<Clock::time_point> stopping_since;
    std::error_code failing;                // of the last transaction
    std::optional<QueueOptions> ages;       // to be put in force

    Database database;
    std::optional<QueueWriterRows> rows;
    std::int64_t version = 0;
    std::mutex move_mutex;
    std::condition_variable move;
    bool moving = true;

    std::optional<WorkThreads> syncers;
    std::thread writer;
    std::thread mover;
};

QueueWriter::QueueWriter(const QueueOptions& options, QueueId last)
    : impl_(std::make_unique<Impl>(options, last)) {}

QueueWriter::~QueueWriter() = default;

QueueId QueueWriter::next_id() { return impl_->next_id(); }

void QueueWriter::accept(std::unique_ptr<IncomingMessage> message, Acceptance acceptance, CommitHandler handler) {
    Arrival arrival{std::move(message), std::move(acceptance), std::move(handler), now()};
    if (!arrival.message->is_file()) return impl_->add(std::move(arrival));
    const auto shared = std::make_shared<Arrival>(std::move(arrival));
    impl_->syncers->add([impl = impl_.get(), shared] {
        shared->message->sync();  // an error stays with the message
        impl->add(std::move(*shared));
    });
}

void QueueWriter::record(Record record, std::function<void()> handler) {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->recordings.push_back({std::move(record), std::move(handler), {}});
    }
    impl_->wake.notify_one();
}

void QueueWriter::change_ages(const QueueOptions& options) {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->ages = options;
    }
    impl_->wake.notify_one();
}

std::error_code QueueWriter::trouble() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->failing;
}

void QueueWriter::on_due(std::function<void(std::vector<Due>)> handler) {
    const std::lock_guard lock(impl_->mutex);
    impl_->due_handler = std::move(handler);
}

}  // namespace postern::relay
