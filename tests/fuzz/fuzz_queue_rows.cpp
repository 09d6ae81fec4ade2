// SPDX-License-Identifier: Apache-2.0
// A queue's database is any octets: damaged anywhere, or whole and with any values in its rows, reading it ends, and what
// was read is spoken to servers and reported to senders without a line that was not ours.
#include "relay/bounce.h"
#include "relay/client.h"
#include "relay/database.h"
#include "relay/queue_rows.h"
#include "relay/queue_schema.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace {

using namespace postern::relay;

const std::filesystem::path& folder() {
    static const std::filesystem::path path = [] {
        const bool memory = std::filesystem::exists("/dev/shm");
        auto made = std::filesystem::path(memory ? "/dev/shm" : "/tmp") / ("fuzz_queue_rows." + std::to_string(::getpid()));
        std::filesystem::create_directories(made);
        std::atexit([] { std::filesystem::remove_all(folder()); });
        return made;
    }();
    return path;
}

void insert(QueueWriterRows& rows, std::int64_t id, const std::string& octets) {
    Envelope envelope;
    envelope.reverse_path = "sender@from.example";
    envelope.envelope_id = "id";
    for (int i = 0; i < 3; ++i) envelope.forward_paths.push_back({"u" + std::to_string(i) + "@to.example", {}, "rfc822;u@old.example"});
    const ContentFacts facts;
    rows.insert({QueueId{id}, envelope, facts, "Received: by us\r\n", "", octets, false, Time{}}, QueueOptions{});
}

// A queue of three messages, as octets.
const std::string& whole() {
    static const std::string octets = [] {
        const auto path = folder() / "whole.db";
        {
            Database database(path, Database::Access::create);
            if (!prepare_queue(database).empty()) std::abort();
            QueueWriterRows rows(database);
            for (std::int64_t id = 1; id <= 3; ++id) insert(rows, id << 40, "Subject: x\r\n\r\nbody\r\n");
            database.checkpoint();
        }
        std::ifstream file(path, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    }();
    return octets;
}

void speak(const QueuedMessage& message) {
    ClientSession session({"relay.example", TlsPolicy::none, {}});
    session.start();
    session.on_reply({220, {"hi"}});
    session.on_reply({250, {"me", "PIPELINING", "DSN", "SMTPUTF8", "8BITMIME", "SIZE"}});
    session.take_output();
    Transaction transaction{message.envelope, message.facts, 100};
    std::size_t commands = 2;  // MAIL and DATA
    for (const QueuedRecipient& recipient : message.recipients) transaction.envelope.forward_paths.push_back(recipient.path);
    commands += transaction.envelope.forward_paths.size();
    if (transaction.envelope.forward_paths.empty()) return;
    const bool spoken = session.begin(std::move(transaction)).action == Step::Action::read;
    const std::string said = session.take_output();
    const auto lines = static_cast<std::size_t>(std::count(said.begin(), said.end(), '\n'));
    if (lines != (spoken ? commands : 0) || said.find('\0') != std::string::npos) std::abort();
}

void report(const QueuedMessage& message, const QueueReaderRows::Content& content) {
    std::vector<ReportedRecipient> recipients;
    for (const QueuedRecipient& each : message.recipients)
        recipients.push_back({each.path, "5.0.0", each.last.reply, each.last.host, !each.last.host.empty(), {}});
    if (recipients.empty() || message.envelope.reverse_path.empty()) return;
    const StoredContent stored(content.front, content.octets);
    make_report({ReportKind::failed, message, recipients, "relay.example", Time{}, Time{}}, &stored);
}

void read(Database& database) {
    if (!recognise_queue(database).empty()) return;
    QueueReaderRows rows(database);
    std::vector<QueueId> ids = rows.aged(Time::max());
    for (const Due& due : rows.due()) ids.push_back(due.id);
    database.clear_error();
    ids.resize(std::min<std::size_t>(ids.size(), 20));
    for (const QueueId id : ids) {
        const auto message = rows.load(id);
        const auto content = rows.content(id);
        database.clear_error();
        if (!message) continue;
        speak(*message);
        if (content) report(*message, *content);
    }
    rows.each([](const QueuedMessage&) {});
}

// Four octets say where, one what.
void damage(std::string& octets, std::string_view how) {
    for (; how.size() >= 4; how.remove_prefix(4)) {
        const std::size_t at = (static_cast<unsigned char>(how[0]) << 16 | static_cast<unsigned char>(how[1]) << 8 | static_cast<unsigned char>(how[2])) % octets.size();
        octets[at] = how[3];
    }
}

void change(Database& database, std::uint8_t which, std::string_view value) {
    constexpr const char* columns[] = {
        "UPDATE recipient SET mailbox=?", "UPDATE recipient SET domain=?", "UPDATE recipient SET original_recipient=?",
        "UPDATE recipient SET last_reply=?", "UPDATE recipient SET last_host=?", "UPDATE message SET reverse_path=?",
        "UPDATE message SET envelope_id=?", "UPDATE message SET helo=?", "UPDATE message SET hold=?"};
    constexpr const char* numbers[] = {
        "UPDATE recipient SET notify=?", "UPDATE recipient SET state=?", "UPDATE recipient SET attempts=?", "UPDATE recipient SET next=?",
        "UPDATE message SET body=?", "UPDATE message SET ret=?", "UPDATE message SET born=?", "UPDATE message SET size=?",
        "UPDATE message SET turn=?", "UPDATE message SET in_file=?"};
    if (which < std::size(columns)) {
        Statement(database, columns[which]).with(value).run();
        return;
    }
    std::int64_t number = 0;
    for (const char c : value.substr(0, 8)) number = number << 8 | static_cast<unsigned char>(c);
    Statement(database, numbers[which % std::size(numbers)]).with(number).run();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view rest(reinterpret_cast<const char*>(data) + 2, size - 2);
    std::string octets = whole();
    const bool damaged = (data[0] & 1) != 0;
    if (damaged) damage(octets, rest);
    const auto path = folder() / "queue.db";
    std::filesystem::remove(folder() / "queue.db-wal");
    std::filesystem::remove(folder() / "queue.db-shm");
    std::ofstream(path, std::ios::binary) << octets;
    Database database(path, Database::Access::write);
    if (!damaged) change(database, data[1], rest);
    database.clear_error();
    read(database);
    return 0;
}
