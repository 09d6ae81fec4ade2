// SPDX-License-Identifier: Apache-2.0
#include "relay/queue_rows.h"

namespace postern::relay {

namespace {

const std::string message_columns =
    "SELECT arrived, born, delay_reported, hold, size, eight_bit, eight_bit_header, reverse_path, body, smtputf8, ret,"
    " envelope_id, client_address, client_port, helo, protocol, tls, user, listener, id FROM message ";
const std::string recipient_columns =
    "SELECT position, mailbox, notify, original_recipient, state, attempts, next, last_at, last_host, last_reply, message"
    " FROM recipient ";

template <typename Enum>
Enum enumerator(std::int64_t number, Enum last) {
    return number > 0 && number <= static_cast<std::int64_t>(last) ? static_cast<Enum>(number) : Enum{};
}

std::string string_of(const Statement& row, int column) { return std::string(row.text(column)); }

Client client_of(const Statement& row, int column) {
    Client client;
    client.address = string_of(row, column);
    client.port = static_cast<std::uint16_t>(row.integer(column + 1));
    client.helo = string_of(row, column + 2);
    client.protocol = string_of(row, column + 3);
    client.tls = string_of(row, column + 4);
    client.user = string_of(row, column + 5);
    client.listener = string_of(row, column + 6);
    return client;
}

QueuedMessage message_of(const Statement& row) {
    QueuedMessage message;
    message.id = QueueId{row.integer(19)};
    message.arrived = time_of(row.integer(0));
    message.born = time_of(row.integer(1));
    message.delay_reported = row.integer(2) != 0;
    message.hold = string_of(row, 3);
    message.facts.size = static_cast<std::uint64_t>(row.integer(4));
    message.facts.eight_bit = row.integer(5) != 0;
    message.facts.eight_bit_header = row.integer(6) != 0;
    message.envelope.reverse_path = string_of(row, 7);
    message.envelope.body = enumerator(row.integer(8), Body::eight_bit_mime);
    message.envelope.smtputf8 = row.integer(9) != 0;
    message.envelope.ret = enumerator(row.integer(10), Return::headers);
    message.envelope.envelope_id = string_of(row, 11);
    message.envelope.client = client_of(row, 12);
    return message;
}

QueuedRecipient recipient_of(const Statement& row) {
    QueuedRecipient recipient;
    recipient.position = static_cast<std::uint32_t>(row.integer(0));
    recipient.path.mailbox = string_of(row, 1);
    recipient.path.notify = notify_of(row.integer(2));
    recipient.path.original_recipient = string_of(row, 3);
    recipient.state = enumerator(row.integer(4), RecipientState::removed);
    recipient.attempts = static_cast<std::uint32_t>(row.integer(5));
    recipient.next = time_of(row.integer(6));
    recipient.last = {time_of(row.integer(7)), string_of(row, 8), string_of(row, 9)};
    return recipient;
}

}  // namespace

Notify notify_of(std::int64_t number) {
    return {(number & 1) != 0, (number & 2) != 0, (number & 4) != 0, (number & 8) != 0};
}

Time time_of(std::int64_t milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }

QueueReaderRows::QueueReaderRows(Database& database)
    : message_(database, message_columns + "WHERE id = ?"),
      recipients_(database, recipient_columns + "WHERE message = ? ORDER BY position"),
      messages_(database, message_columns + "ORDER BY id"),
      all_recipients_(database, recipient_columns + "ORDER BY message, position"),
      content_(database,
               "SELECT front, size, in_file, octets FROM message LEFT JOIN content USING(id) WHERE message.id = ?"),
      due_(database,
           "SELECT message, domain, min(next) FROM recipient JOIN message ON message.id = recipient.message"
           " WHERE state = 0 AND hold = '' GROUP BY message, domain"),
      due_of_(database,
              "SELECT message, domain, min(next) FROM recipient JOIN message ON message.id = recipient.message"
              " WHERE message.id = ? AND state = 0 AND hold = '' GROUP BY domain"),
      aged_(database, "SELECT id FROM message WHERE hold = '' AND turn <= ? ORDER BY turn LIMIT 1000") {}

std::optional<QueuedMessage> QueueReaderRows::load(QueueId id) {
    message_.with(id.value);
    if (!message_.step()) return std::nullopt;
    QueuedMessage message = message_of(message_);
    message_.reset();
    recipients_.with(id.value);
    while (recipients_.step()) message.recipients.push_back(recipient_of(recipients_));
    return message;
}

// Both tables in the order of their keys, side by side.
void QueueReaderRows::each(const std::function<void(const QueuedMessage&)>& see) {
    bool more = all_recipients_.step();
    while (messages_.step()) {
        QueuedMessage message = message_of(messages_);
        while (more && all_recipients_.integer(10) <= message.id.value) {
            if (all_recipients_.integer(10) == message.id.value) message.recipients.push_back(recipient_of(all_recipients_));
            more = all_recipients_.step();
        }
        see(message);
    }
    all_recipients_.reset();
}

std::optional<QueueReaderRows::Content> QueueReaderRows::content(QueueId id) {
    content_.with(id.value);
    if (!content_.step()) return std::nullopt;
    Content content{string_of(content_, 0), string_of(content_, 3), static_cast<std::uint64_t>(content_.integer(1)),
                    content_.integer(2) != 0};
    content_.reset();
    return content;
}

std::vector<Due> QueueReaderRows::gather(Statement& statement) {
    std::vector<Due> due;
    while (statement.step()) {
        due.push_back({QueueId{statement.integer(0)}, string_of(statement, 1), time_of(statement.integer(2))});
    }
    return due;
}

std::vector<Due> QueueReaderRows::due() { return gather(due_); }
std::vector<Due> QueueReaderRows::due(QueueId id) { return gather(due_of_.with(id.value)); }

std::vector<QueueId> QueueReaderRows::aged(Time time) {
    std::vector<QueueId> ids;
    aged_.with(number_of(time));
    while (aged_.step()) ids.push_back(QueueId{aged_.integer(0)});
    return ids;
}

}  // namespace postern::relay
