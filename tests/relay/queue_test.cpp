// SPDX-License-Identifier: Apache-2.0
#include "relay/queue.h"

#include "relay/database.h"
#include "tests/relay/queue_harness.h"

#include <gtest/gtest.h>
#include <mutex>
#include <thread>

namespace postern::relay::tests {
namespace {

namespace fs = std::filesystem;
using postern::tests::TemporaryFolder;

Envelope rich_envelope() {
    Envelope envelope = envelope_to({"a@Example.NET", "b@example.net", "c@other.example"});
    envelope.forward_paths[0].notify = {false, true, false, true};
    envelope.forward_paths[0].original_recipient = "rfc822;A+2Bx@example.net";
    envelope.forward_paths[1].notify.never = true;
    envelope.body = Body::eight_bit_mime;
    envelope.smtputf8 = true;
    envelope.ret = Return::headers;
    envelope.envelope_id = "QQ+2B1";
    envelope.client = {"192.0.2.1", 4711, "host.example", "ESMTPS", "TLSv1.3 X", "user", "smarthost"};
    return envelope;
}

TEST(Queue, KeepsEveryFieldOverARestart) {
    const TemporaryFolder folder;
    Accepted accepted;
    {
        Queue queue(options_for(folder.path()));
        accepted = accept(queue, {rich_envelope(), "Received: here\r\n", ""}, "Subject: \xc3\xa9\r\n\r\nbody\r\n");
        ASSERT_FALSE(accepted.error) << accepted.error.message();
    }
    const Queue queue(options_for(folder.path()));
    std::error_code error;
    const auto message = queue.load(accepted.id, error);
    ASSERT_TRUE(message);
    Envelope envelope = message->envelope;
    for (const QueuedRecipient& recipient : message->recipients) envelope.forward_paths.push_back(recipient.path);
    EXPECT_EQ(envelope, rich_envelope());
    EXPECT_EQ(message->facts.size, 21u);
    EXPECT_TRUE(message->facts.eight_bit);
    EXPECT_TRUE(message->facts.eight_bit_header);
    EXPECT_EQ(octets_of(queue, accepted.id), "Received: here\r\nSubject: \xc3\xa9\r\n\r\nbody\r\n");
}

TEST(Queue, EightBitIsToldApartInHeaderAndBody) {
    const TemporaryFolder folder;
    IncomingMessage message(folder.path(), QueueId{1}, 4096);
    for (const char c : std::string("A: b\r\n\r")) message.append({&c, 1});
    message.append("\n\xff");
    EXPECT_TRUE(message.facts().eight_bit);
    EXPECT_FALSE(message.facts().eight_bit_header);
}

TEST(Queue, LargeMessagesAreFilesAndGoWithTheirRow) {
    const TemporaryFolder folder;
    Queue queue(options_for(folder.path()));
    const std::string text = text_of_size(600'000);
    const Accepted accepted = accept(queue, {envelope_to({"a@b.example"}), "X: y\r\n", ""}, text);
    ASSERT_FALSE(accepted.error);
    EXPECT_TRUE(fs::exists(folder.path() / "spool" / accepted.id.text()));
    EXPECT_EQ(octets_of(queue, accepted.id), "X: y\r\n" + text);
    record(queue, {accepted.id, {{0, RecipientState::delivered, {}, {now(), "mx", "250 ok"}}}, false, {}});
    std::error_code error;
    EXPECT_FALSE(queue.load(accepted.id, error));
    for (int i = 0; i < 200 && !fs::is_empty(folder.path() / "spool"); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_TRUE(fs::is_empty(folder.path() / "spool"));
}

TEST(Queue, WhatIsNotCommittedLeavesNothing) {
    const TemporaryFolder folder;
    Queue queue(options_for(folder.path()));
    {
        auto message = queue.receive();
        message->append(text_of_size(10'000));
        EXPECT_FALSE(fs::is_empty(folder.path() / "spool"));
    }
    EXPECT_TRUE(fs::is_empty(folder.path() / "spool"));
    EXPECT_TRUE(queue.due().empty());
}

TEST(Queue, TheDescriptorHasExactlyTheOctets) {
    const TemporaryFolder folder;
    for (const std::size_t size : {0u, 100u, 4096u, 4097u, 700'000u}) {
        IncomingMessage message(folder.path(), QueueId{static_cast<std::int64_t>(size + 1)}, 4096);
        const std::string text = text_of_size(size);
        message.append(text);
        const int file = message.descriptor();
        ASSERT_GE(file, 0);
        EXPECT_EQ(postern::tests::read_file("/proc/self/fd/" + std::to_string(file)), text);
    }
}

TEST(Queue, ARecipientLeftKeepsTheMessageAndItsReplies) {
    const TemporaryFolder folder;
    Queue queue(options_for(folder.path()));
    const Accepted accepted = accept(queue, {envelope_to({"a@x.example", "b@y.example"}), "", ""}, "x\r\n");
    const Time later = now() + std::chrono::minutes(5);
    record(queue, {accepted.id,
                   {{0, RecipientState::delivered, {}, {now(), "mx", "250 ok"}},
                    {1, RecipientState::queued, later, {now(), "mx", "450 4.2.0 later"}}},
                   false,
                   {}});
    std::error_code error;
    const auto message = queue.load(accepted.id, error);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->recipients[0].state, RecipientState::delivered);
    EXPECT_EQ(message->recipients[1].next, later);
    EXPECT_EQ(message->recipients[1].attempts, 1u);
    EXPECT_EQ(message->recipients[1].last.reply, "450 4.2.0 later");
    ASSERT_EQ(queue.due().size(), 1u);
    EXPECT_EQ(queue.due()[0].domain, "y.example");
}

TEST(Queue, AReportComesWithItsCauseAndOnce) {
    const TemporaryFolder folder;
    Queue queue(options_for(folder.path()));
    const Accepted accepted = accept(queue, {envelope_to({"a@x.example"}), "", ""}, "x\r\n");
    Envelope to_sender;
    to_sender.forward_paths.push_back({"sender@example.org", {}, {}});
    const Record failed{accepted.id, {{0, RecipientState::failed, {}, {now(), "mx", "550 no"}}}, false,
                        {{to_sender, "Subject: report\r\n\r\n"}}};
    record(queue, failed);
    record(queue, failed);
    ASSERT_EQ(queue.due().size(), 1u);
    EXPECT_EQ(octets_of(queue, queue.due()[0].id), "Subject: report\r\n\r\n");
}

TEST(Queue, HeldMessagesAreNotDueAndDoNotAge) {
    const TemporaryFolder folder;
    Queue queue(options_for(folder.path()));
    accept(queue, {envelope_to({"a@x.example"}), "", "policy: hold"}, "x\r\n");
    const Accepted free = accept(queue, {envelope_to({"a@x.example"}), "", ""}, "x\r\n");
    EXPECT_EQ(queue.due().size(), 1u);
    EXPECT_TRUE(queue.aged(now()).empty());
    EXPECT_EQ(queue.aged(now() + std::chrono::hours(5)), std::vector<QueueId>{free.id});
    record(queue, {free.id, {}, true, {}});  // the delay is reported: then comes the end
    EXPECT_TRUE(queue.aged(now() + std::chrono::hours(5)).empty());
    EXPECT_FALSE(queue.aged(now() + std::chrono::hours(121)).empty());
}

TEST(Queue, TellsWhatIsDueAfterTheCommit) {
    const TemporaryFolder folder;
    Queue queue(options_for(folder.path()));
    std::mutex mutex;
    std::vector<Due> due;
    queue.on_due([&](std::vector<Due> some) {
        const std::lock_guard lock(mutex);
        due.insert(due.end(), some.begin(), some.end());
    });
    const Accepted accepted = accept(queue, {rich_envelope(), "", ""}, "x\r\n");
    for (int i = 0; i < 500; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        const std::lock_guard lock(mutex);
        if (!due.empty()) break;
    }
    const std::lock_guard lock(mutex);
    ASSERT_EQ(due.size(), 2u);
    EXPECT_EQ(due[0].id, accepted.id);
    EXPECT_EQ(due[0].domain, "example.net");
    EXPECT_EQ(due[1].domain, "other.example");
}

TEST(Queue, ManySessionsAtOnce) {
    const TemporaryFolder folder;
    Queue queue(options_for(folder.path()));
    std::vector<std::thread> sessions;
    for (int session = 0; session < 8; ++session) {
        sessions.emplace_back([&, session] {
            for (int i = 0; i < 40; ++i) {
                const std::string text = text_of_size(i % 4 == 0 ? 9000 : 100) + std::to_string(session) + "\r\n";
                const Accepted accepted = accept(queue, {envelope_to({"a@x.example"}), "", ""}, text);
                EXPECT_FALSE(accepted.error);
                EXPECT_EQ(octets_of(queue, accepted.id), text);
            }
        });
    }
    for (std::thread& session : sessions) session.join();
    EXPECT_EQ(queue.due().size(), 320u);
}

TEST(Queue, TheStartSweepsOrphansAndHoldsWhatIsDamaged) {
    const TemporaryFolder folder;
    Accepted accepted;
    {
        Queue queue(options_for(folder.path()));
        accepted = accept(queue, {envelope_to({"a@x.example"}), "", ""}, text_of_size(9000));
    }
    folder.write("spool/0000000BCDF.new", "half");
    folder.write("spool/0000000BCDF", "renamed, but the row never came");
    fs::resize_file(folder.path() / "spool" / accepted.id.text(), 10);
    Queue queue(options_for(folder.path()));
    EXPECT_FALSE(fs::exists(folder.path() / "spool/0000000BCDF"));
    EXPECT_FALSE(fs::exists(folder.path() / "spool/0000000BCDF.new"));
    std::error_code error;
    EXPECT_NE(queue.load(accepted.id, error)->hold.find("damaged: "), std::string::npos);
    EXPECT_TRUE(queue.due().empty());
}

void damage(const fs::path& folder, const char* sql) {
    Database database(folder / "queue.db", Database::Access::write);
    ASSERT_TRUE(database.execute(sql)) << database.message();
}

TEST(Queue, TheStartHoldsWhatHasNoFileAndSaysSo) {
    const TemporaryFolder folder;
    Accepted lost, whole;
    {
        Queue queue(options_for(folder.path()));
        lost = accept(queue, {envelope_to({"a@x.example"}), "", ""}, text_of_size(9000));
        whole = accept(queue, {envelope_to({"a@x.example"}), "", ""}, text_of_size(9000));
    }
    fs::remove(folder.path() / "spool" / lost.id.text());
    Queue queue(options_for(folder.path()));
    ASSERT_EQ(queue.found_at_start().size(), 1u);
    EXPECT_EQ(queue.found_at_start()[0].id, lost.id);
    ASSERT_EQ(queue.due().size(), 1u);
    EXPECT_EQ(queue.due()[0].id, whole.id);
}

std::string refusal(const fs::path& folder) {
    try {
        Queue queue(options_for(folder));
    } catch (const QueueError& error) {
        return error.what();
    }
    return "";
}

TEST(Queue, ASecondRelayIsRefused) {
    const TemporaryFolder folder;
    const Queue queue(options_for(folder.path()));
    EXPECT_NE(refusal(folder.path()).find("in use by another postern relay"), std::string::npos);
}

TEST(Queue, AStrangeDatabaseIsRefusedAndLeftAlone) {
    const TemporaryFolder folder;
    folder.write("queue.db", std::string(20'000, 'x'));
    EXPECT_NE(refusal(folder.path()).find("is damaged"), std::string::npos) << refusal(folder.path());
    EXPECT_EQ(fs::file_size(folder.path() / "queue.db"), 20'000u);
}

// Octets in the middle of the pages of rows, as a bad disk gives them.
TEST(Queue, ADatabaseWithDamagedPagesIsRefusedAndLeftAlone) {
    const TemporaryFolder folder;
    {
        Queue queue(options_for(folder.path()));
        for (int i = 0; i < 300; ++i) accept(queue, {envelope_to({"a@x.example"}), text_of_size(200), ""}, "x\r\n");
    }
    damage(folder.path(), "PRAGMA wal_checkpoint(TRUNCATE)");
    const std::string before = postern::tests::read_file(folder.path() / "queue.db");
    std::string octets = before;
    for (std::size_t at = 8192; at + 8192 <= octets.size(); at += 8192) octets.replace(at + 8, 40, std::string(40, '\xaa'));
    folder.write("queue.db", octets);
    EXPECT_NE(refusal(folder.path()).find("is damaged"), std::string::npos) << refusal(folder.path());
    EXPECT_EQ(postern::tests::read_file(folder.path() / "queue.db"), octets);
}

TEST(Queue, NewAgesHoldForWhatIsThereAndOverAStart) {
    const TemporaryFolder folder;
    const auto is_turn_of = [](const Queue& queue, QueueId id, std::chrono::seconds age) {
        for (int i = 0; i < 500; ++i) {
            if (queue.aged(now() + age) == std::vector<QueueId>{id}) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    };
    Accepted accepted;
    {
        Queue queue(options_for(folder.path()));
        accepted = accept(queue, {envelope_to({"a@x.example"}), "", ""}, "x\r\n");
        EXPECT_TRUE(queue.aged(now() + std::chrono::hours(1)).empty());
        queue.change_ages(std::chrono::minutes(10), std::chrono::hours(24));
        EXPECT_TRUE(is_turn_of(queue, accepted.id, std::chrono::minutes(11)));
        EXPECT_EQ(queue.options().lifetime, std::chrono::hours(24));
        record(queue, {accepted.id, {}, true, {}});
        EXPECT_TRUE(queue.aged(now() + std::chrono::hours(23)).empty());
        EXPECT_TRUE(is_turn_of(queue, accepted.id, std::chrono::hours(25)));
    }
    QueueOptions options = options_for(folder.path());
    options.lifetime = std::chrono::minutes(2);
    const Queue queue(options);
    EXPECT_TRUE(is_turn_of(queue, accepted.id, std::chrono::minutes(3)));
}

TEST(Queue, AWarningIsNotWaitedForBeyondTheEndOfLife) {
    const TemporaryFolder folder;
    QueueOptions options = options_for(folder.path());
    options.lifetime = std::chrono::hours(1);  // below delay_warning
    Queue queue(options);
    const Accepted accepted = accept(queue, {envelope_to({"a@x.example"}), "", ""}, "x\r\n");
    EXPECT_EQ(queue.aged(now() + std::chrono::minutes(61)), std::vector<QueueId>{accepted.id});
}

TEST(Queue, TheDiskIsAskedForRoom) {
    const TemporaryFolder folder;
    QueueOptions options = options_for(folder.path());
    options.free_space = std::uint64_t{1} << 60;
    const Queue queue(options);
    EXPECT_EQ(queue.room(0), std::errc::no_space_on_device);
    EXPECT_EQ(queue.trouble(), std::errc::no_space_on_device);
}

}  // namespace
}  // namespace postern::relay::tests
