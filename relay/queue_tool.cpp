// SPDX-License-Identifier: Apache-2.0
#include "relay/queue_tool.h"

#include "relay/queue_rows.h"
#include "relay/queue_schema.h"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

namespace postern::relay {

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

// "b.example" and "@b.example" take every mailbox of the domain, "<>" the empty path.
bool matches(const std::string& wanted, const std::string& mailbox) {
    if (wanted == "<>") return mailbox.empty();
    const std::string pattern = lower(wanted);
    const std::size_t at = pattern.rfind('@');
    if (at == std::string::npos) return domain_of(mailbox) == pattern;
    return at == 0 ? domain_of(mailbox) == pattern.substr(1) : lower(mailbox) == pattern;
}

void add_to(QueueStatistics::Group& group, const QueuedMessage& message) {
    ++group.messages;
    group.octets += message.facts.size;
    group.oldest = std::min(group.oldest, message.arrived);
}

}  // namespace

MessageState state_of(const QueuedMessage& message) {
    if (!message.hold.empty()) return MessageState::held;
    const bool tried =
        std::ranges::any_of(message.recipients, [](const auto& each) { return each.attempts > 0; });
    return tried ? MessageState::deferred : MessageState::waiting;
}

const char* name_of(MessageState state) {
    constexpr const char* names[] = {"waiting", "deferred", "held"};
    return names[static_cast<std::size_t>(state)];
}

const char* name_of(RecipientState state) {
    constexpr const char* names[] = {"queued", "delivered", "failed", "expired", "removed"};
    return names[static_cast<std::size_t>(state)];
}

bool QueueFilter::is_empty() const {
    return !ids && !sender && !recipient && !older && !newer && !held;
}

bool QueueFilter::takes(const QueuedMessage& message, Time time) const {
    if (ids && std::ranges::find(*ids, message.id) == ids->end()) return false;
    if (held && *held == message.hold.empty()) return false;
    if (sender && !matches(*sender, message.envelope.reverse_path)) return false;
    if (older && message.arrived > time - *older) return false;
    if (newer && message.arrived < time - *newer) return false;
    return !recipient || std::ranges::any_of(message.recipients, [&](const QueuedRecipient& each) {
        return each.state == RecipientState::queued && matches(*recipient, each.path.mailbox);
    });
}

QueueTool::QueueTool(std::filesystem::path folder)
    : folder_(std::move(folder)), database_(queue_database(folder_), Database::Access::write) {
    std::error_code error;
    if (!std::filesystem::exists(queue_database(folder_), error)) {
        throw QueueError(
            folder_.string() +
            ": there is no queue here; name the relay's state_directory with --state-directory");
    }
    const std::string trouble = recognise_queue(database_);
    if (!trouble.empty())
        throw QueueError(queue_database(folder_).string() + ": the queue's database " + trouble);
}

void QueueTool::demand() {
    if (!database_.error()) return;
    const std::string what = database_.message();
    database_.clear_error();
    if (database_.in_transaction()) database_.execute("ROLLBACK");
    throw QueueError(queue_database(folder_).string() +
                     ": the queue's database cannot be used: " + what);
}

void QueueTool::each(const QueueFilter& filter,
                     const std::function<void(const QueuedMessage&)>& see) {
    const Time time = now();
    QueueReaderRows rows(database_);
    QueueFilter rest = filter;
    std::vector<QueueId> ids = rest.ids.value_or(std::vector<QueueId>());
    rest.ids.reset();
    const auto take = [&](const QueuedMessage& message) {
        if (rest.takes(message, time)) see(message);
    };
    if (!filter.ids) rows.each(take);
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    for (const QueueId id : ids) {
        if (const std::optional<QueuedMessage> message = rows.load(id)) take(*message);
    }
    demand();
}

std::optional<QueuedMessage> QueueTool::find(QueueId id) {
    std::optional<QueuedMessage> message = QueueReaderRows(database_).load(id);
    demand();
    return message;
}

std::vector<QueueTool::AttemptRow> QueueTool::attempts(QueueId id) {
    std::vector<AttemptRow> found;
    Statement rows(
        database_,
        "SELECT at, position, host, reply FROM attempt WHERE message = ? ORDER BY at, position");
    rows.with(id.value);
    while (rows.step()) {
        found.push_back({time_of(rows.integer(0)), static_cast<std::uint32_t>(rows.integer(1)),
                         std::string(rows.text(2)), std::string(rows.text(3))});
    }
    demand();
    return found;
}

std::shared_ptr<const StoredContent> QueueTool::content(QueueId id) {
    auto found = QueueReaderRows(database_).content(id);
    demand();
    if (!found) return nullptr;
    if (!found->in_file)
        return std::make_shared<StoredContent>(std::move(found->front), std::move(found->octets));
    const std::filesystem::path path = spool_file(queue_spool(folder_), id);
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open())
        throw QueueError(path.string() +
                         ": cannot be read: " + std::system_category().message(errno));
    return std::make_shared<StoredContent>(std::move(found->front), std::move(file), found->size);
}

QueueStatistics QueueTool::statistics() {
    QueueStatistics statistics;
    QueueStatistics::Group* const groups[] = {&statistics.waiting, &statistics.deferred,
                                              &statistics.held};
    each({}, [&](const QueuedMessage& message) {
        add_to(statistics.all, message);
        add_to(*groups[static_cast<std::size_t>(state_of(message))], message);
        for (const QueuedRecipient& recipient : message.recipients) {
            if (recipient.state == RecipientState::queued)
                ++statistics.domains[domain_of(recipient.path.mailbox)];
        }
    });
    return statistics;
}

std::vector<QueueProblem> QueueTool::check() {
    return check_queue(folder_, database_);
}

std::vector<QueueId> QueueTool::change(const QueueFilter& filter,
                                       const std::function<bool(QueueId)>& act) {
    constexpr std::size_t at_once = 500;
    std::vector<QueueId> chosen;
    each(filter, [&](const QueuedMessage& message) { chosen.push_back(message.id); });
    std::vector<QueueId> changed;
    for (std::size_t at = 0; at < chosen.size(); at += at_once) {
        const Ids some = Ids(chosen).subspan(at, std::min(at_once, chosen.size() - at));
        std::ranges::copy(change_some(filter, some, act), std::back_inserter(changed));
    }
    return changed;
}

// Chosen again in the transaction that changes them: what was seen is what is changed.
std::vector<QueueId> QueueTool::change_some(const QueueFilter& filter, Ids ids,
                                            const std::function<bool(QueueId)>& act) {
    QueueFilter these = filter;
    these.ids.emplace(ids.begin(), ids.end());
    database_.execute("BEGIN IMMEDIATE");
    std::vector<QueueId> changed;
    each(these, [&](const QueuedMessage& message) { changed.push_back(message.id); });
    std::erase_if(changed, [&](QueueId id) { return !act(id); });
    {
        Statement note(database_, "INSERT INTO change(message) VALUES (?)");
        for (const QueueId id : changed) note.with(id.value).run();
    }
    database_.execute("COMMIT");
    demand();
    return changed;
}

std::vector<QueueId> QueueTool::hold(const QueueFilter& filter, const std::string& reason) {
    Statement hold(database_, "UPDATE message SET hold = ? WHERE id = ? AND hold = ''");
    return change(filter, [&](QueueId id) {
        return hold.with(reason).with(id.value).run() && database_.changes() > 0;
    });
}

std::vector<QueueId> QueueTool::release(const QueueFilter& filter) {
    Statement release(
        database_, "UPDATE message SET hold = '', born = ?, turn = 0 WHERE id = ? AND hold <> ''");
    Statement now_due(database_, "UPDATE recipient SET next = 0 WHERE message = ? AND state = 0");
    return change(filter, [&](QueueId id) {
        if (!release.with(number_of(now())).with(id.value).run() || database_.changes() == 0)
            return false;
        return now_due.with(id.value).run();
    });
}

std::vector<QueueId> QueueTool::retry(const QueueFilter& filter) {
    Statement now_due(database_,
                      "UPDATE recipient SET next = 0 WHERE message = ? AND state = 0 AND"
                      " EXISTS (SELECT 1 FROM message WHERE id = message AND hold = '')");
    return change(filter, [&](QueueId id) {
        return now_due.with(id.value).run() && database_.changes() > 0;
    });
}

std::vector<QueueId> QueueTool::remove(const QueueFilter& filter) {
    QueueWriterRows rows(database_);
    const std::vector<QueueId> ids = change(filter, [&](QueueId id) {
        rows.erase(id);
        return true;
    });
    for (const QueueId id : ids) ::unlink(spool_file(queue_spool(folder_), id).c_str());
    return ids;
}

}  // namespace postern::relay
