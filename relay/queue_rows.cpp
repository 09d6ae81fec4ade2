// SPDX-License-Identifier: Apache-2.0
// Writing rows. Reading them: queue_rows_read.cpp.
#include "relay/queue_rows.h"

#include <algorithm>

namespace postern::relay {

namespace {

bool is_final(const RecipientOutcome& outcome) { return outcome.state != RecipientState::queued; }

}  // namespace

std::int64_t number_of(const Notify& notify) {
    return (notify.never ? 1 : 0) | (notify.success ? 2 : 0) | (notify.failure ? 4 : 0) | (notify.delay ? 8 : 0);
}

std::int64_t number_of(Time time) { return time.time_since_epoch().count(); }

QueueWriterRows::QueueWriterRows(Database& database)
    : insert_message_(database,
                      "INSERT INTO message(id, arrived, born, turn, hold, size, eight_bit, eight_bit_header, in_file,"
                      " reverse_path, body, smtputf8, ret, envelope_id, client_address, client_port, helo, protocol,"
                      " tls, user, listener, front) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"),
      insert_recipient_(database,
                        "INSERT INTO recipient(message, position, mailbox, domain, notify, original_recipient, state,"
                        " next) VALUES (?,?,?,?,?,?,0,?)"),
      insert_content_(database, "INSERT INTO content(id, octets) VALUES (?,?)"),
      insert_attempt_(database, "INSERT OR IGNORE INTO attempt(message, at, position, host, reply) VALUES (?,?,?,?,?)"),
      select_message_(database, "SELECT in_file, hold, born, delay_reported FROM message WHERE id = ?"),
      select_open_(database, "SELECT position, domain, next FROM recipient WHERE message = ? AND state = 0"),
      update_recipient_(database,
                        "UPDATE recipient SET state = ?, attempts = attempts + 1, next = ?, last_at = ?, last_host = ?,"
                        " last_reply = ? WHERE message = ? AND position = ? AND state = 0"),
      update_message_(database, "UPDATE message SET turn = ?, delay_reported = ? WHERE id = ?"),
      delete_message_(database, "DELETE FROM message WHERE id = ?"),
      delete_recipients_(database, "DELETE FROM recipient WHERE message = ?"),
      delete_content_(database, "DELETE FROM content WHERE id = ?"),
      delete_attempts_(database, "DELETE FROM attempt WHERE message = ?") {}

struct QueueWriterRows::Open {
    std::uint32_t position;
    Due due;
};

void QueueWriterRows::insert(const NewMessage& message, const QueueOptions& options) {
    const Envelope& envelope = message.envelope;
    const Client& client = envelope.client;
    const std::int64_t arrived = number_of(message.arrived);
    insert_message_.with(message.id.value).with(arrived).with(arrived);
    insert_message_.with(number_of(message.arrived + options.turn(false))).with(message.hold);
    insert_message_.with(static_cast<std::int64_t>(message.facts.size)).with(std::int64_t{message.facts.eight_bit});
    insert_message_.with(std::int64_t{message.facts.eight_bit_header}).with(std::int64_t{message.in_file});
    insert_message_.with(envelope.reverse_path).with(static_cast<std::int64_t>(envelope.body));
    insert_message_.with(std::int64_t{envelope.smtputf8}).with(static_cast<std::int64_t>(envelope.ret));
    insert_message_.with(envelope.envelope_id).with(client.address).with(std::int64_t{client.port}).with(client.helo);
    insert_message_.with(client.protocol).with(client.tls).with(client.user).with(client.listener);
    insert_message_.with_octets(message.front).run();
    std::int64_t position = 0;
    for (const ForwardPath& path : envelope.forward_paths) {
        const std::string domain = domain_of(path.mailbox);
        insert_recipient_.with(message.id.value).with(position++).with(path.mailbox).with(domain);
        insert_recipient_.with(number_of(path.notify)).with(path.original_recipient).with(arrived).run();
    }
    if (!message.in_file) insert_content_.with(message.id.value).with_octets(message.octets).run();
}

std::vector<QueueWriterRows::Open> QueueWriterRows::open_recipients(QueueId id) {
    std::vector<Open> open;
    select_open_.with(id.value);
    while (select_open_.step()) {
        open.push_back({static_cast<std::uint32_t>(select_open_.integer(0)),
                        {id, std::string(select_open_.text(1)), time_of(select_open_.integer(2))}});
    }
    return open;
}

void QueueWriterRows::update(const Record& record, const RecipientOutcome& outcome) {
    update_recipient_.with(static_cast<std::int64_t>(outcome.state)).with(number_of(outcome.next));
    update_recipient_.with(number_of(outcome.last.at)).with(outcome.last.host).with(outcome.last.reply);
    update_recipient_.with(record.id.value).with(std::int64_t{outcome.position}).run();
    insert_attempt_.with(record.id.value).with(number_of(outcome.last.at)).with(std::int64_t{outcome.position});
    insert_attempt_.with(outcome.last.host).with(outcome.last.reply).run();
}

Recorded QueueWriterRows::apply(const Record& record, const QueueOptions& options) {
    Recorded done;
    select_message_.with(record.id.value);
    if (!select_message_.step()) return done;
    done.found = true;
    done.had_file = select_message_.integer(0) != 0;
    const bool held = !select_message_.text(1).empty();
    const Time born = time_of(select_message_.integer(2));
    const bool reported = record.delay_reported || select_message_.integer(3) != 0;
    select_message_.reset();

    for (Open& open : open_recipients(record.id)) {
        const auto outcome = std::ranges::find(record.outcomes, open.position, &RecipientOutcome::position);
        if (outcome != record.outcomes.end() && is_final(*outcome)) continue;
        if (outcome != record.outcomes.end()) open.due.next = outcome->next;
        done.due.push_back(std::move(open.due));
    }
    if (done.due.empty()) {
        done.finished = true;
        erase(record.id);
        return done;
    }
    for (const RecipientOutcome& outcome : record.outcomes) update(record, outcome);
    const Time turn = born + options.turn(reported);
    update_message_.with(number_of(turn)).with(std::int64_t{reported}).with(record.id.value).run();
    if (held) done.due.clear();
    return done;
}

void give_turns(Database& database, const QueueOptions& options) {
    const std::string turn = "born + CASE delay_reported WHEN 0 THEN ?1 ELSE ?2 END";
    Statement update(database, "UPDATE message SET turn = " + turn + " WHERE turn <> " + turn);
    using std::chrono::milliseconds;
    update.with(milliseconds(options.turn(false)).count()).with(milliseconds(options.turn(true)).count()).run();
}

void QueueWriterRows::erase(QueueId id) {
    for (Statement* statement : {&delete_message_, &delete_recipients_, &delete_content_, &delete_attempts_}) {
        statement->with(id.value).run();
    }
}

}  // namespace postern::relay
