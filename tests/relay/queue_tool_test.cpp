// SPDX-License-Identifier: Apache-2.0
// The operators' side of the queue, beside a relay that runs.
#include "relay/queue_tool.h"

#include "tests/relay/queue_harness.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <mutex>
#include <thread>

namespace postern::relay::tests {
namespace {

using postern::tests::TemporaryFolder;

using Ids = std::vector<QueueId>;

class QueueToolTest : public ::testing::Test {
protected:
    QueueToolTest() : queue(options_for(folder.path())), tool(folder.path()) {
        queue.on_due([this](std::vector<Due> due) {
            const std::lock_guard lock(mutex);
            for (const Due& each : due) {
                if (each.next == Time{}) asked.push_back(each.id);
            }
        });
        a = accept(queue, {envelope_to({"a@x.example", "b@Y.example"}), "", ""}, text_of_size(9000))
                .id;
        Envelope from_nobody = envelope_to({"c@y.example"});
        from_nobody.reverse_path.clear();
        b = accept(queue, {from_nobody, "", "policy"}, "x\r\n").id;
    }
    std::vector<QueueId> ids(QueueFilter filter) {
        std::vector<QueueId> found;
        tool.each(filter, [&](const QueuedMessage& message) { found.push_back(message.id); });
        return found;
    }
    bool noticed(QueueId id) {
        for (int i = 0; i < 1000; ++i) {
            {
                const std::lock_guard lock(mutex);
                if (std::ranges::find(asked, id) != asked.end()) return true;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }

    TemporaryFolder folder;
    std::mutex mutex;
    std::vector<QueueId> asked;
    Queue queue;
    QueueTool tool;
    QueueId a, b;
};

TEST_F(QueueToolTest, ChoosesByEachFilter) {
    EXPECT_EQ(ids({}), (Ids{a, b}));
    EXPECT_EQ(ids({.ids = Ids{b, QueueId{7}}}), Ids{b});
    EXPECT_EQ(ids({.sender = "SENDER@example.org"}), Ids{a});
    EXPECT_EQ(ids({.sender = "<>"}), Ids{b});
    EXPECT_EQ(ids({.recipient = "@y.example"}), (Ids{a, b}));
    EXPECT_EQ(ids({.recipient = "Y.example"}), (Ids{a, b}));
    EXPECT_EQ(ids({.recipient = "a@x.example"}), Ids{a});
    EXPECT_EQ(ids({.ids = Ids{b, a, b}}), (Ids{a, b}));
    EXPECT_EQ(ids({.ids = Ids{a, b}, .sender = "example.org"}), Ids{a});
    EXPECT_TRUE(ids({.ids = Ids{}}).empty());  // none was named, which is not all
    EXPECT_FALSE(QueueFilter{.ids = Ids{}}.is_empty());
    QueueFilter filter;
    filter.held = true;
    EXPECT_EQ(ids(filter), Ids{b});
    filter.held.reset();
    filter.older = std::chrono::hours(1);
    EXPECT_TRUE(ids(filter).empty());
}

TEST_F(QueueToolTest, HoldReleaseRetryAndRemoveAreNoticedByTheRelay) {
    EXPECT_EQ(tool.hold({}, "looked at"), Ids{a});  // b is held already
    EXPECT_TRUE(queue.due().empty());
    EXPECT_EQ(tool.find(a)->hold, "looked at");
    EXPECT_TRUE(tool.retry({}).empty());
    EXPECT_EQ(tool.release({.ids = Ids{b}}), Ids{b});
    EXPECT_TRUE(noticed(b));
    EXPECT_EQ(tool.release({.ids = Ids{a}}), Ids{a});
    EXPECT_EQ(tool.retry({.ids = Ids{a}}), Ids{a});
    EXPECT_TRUE(noticed(a));
    EXPECT_EQ(tool.remove({}), (Ids{a, b}));
    EXPECT_TRUE(queue.due().empty());
    EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "spool"));
}

TEST_F(QueueToolTest, ChangesMoreThanOneTransactionTakes) {
    Ids all;
    for (int i = 0; i < 1100; ++i)
        all.push_back(accept(queue, {envelope_to({"m@many.example"}), "", ""}, "x\r\n").id);
    EXPECT_EQ(tool.hold({.recipient = "many.example"}, "all of them"), all);
    EXPECT_EQ(tool.release({.recipient = "many.example"}), all);
    EXPECT_EQ(tool.remove({.recipient = "many.example"}), all);
    EXPECT_EQ(ids({}), (Ids{a, b}));
}

TEST_F(QueueToolTest, CountsAndChecks) {
    const QueueStatistics statistics = tool.statistics();
    EXPECT_EQ(statistics.all.messages, 2u);
    EXPECT_EQ(statistics.held.messages, 1u);
    EXPECT_EQ(statistics.waiting.messages, 1u);
    EXPECT_EQ(statistics.waiting.octets, text_of_size(9000).size());
    EXPECT_EQ(statistics.domains.at("y.example"), 2u);
    EXPECT_TRUE(tool.check().empty());
    std::filesystem::remove(folder.path() / "spool" / a.text());
    ASSERT_EQ(tool.check().size(), 1u);
    EXPECT_EQ(tool.check()[0].id, a);
    folder.write("spool/0000000BCDF", "nobody's");
    EXPECT_EQ(tool.check().size(), 1u);  // it may be just coming in
    const auto yesterday = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24);
    std::filesystem::last_write_time(folder.path() / "spool/0000000BCDF", yesterday);
    EXPECT_EQ(tool.check().size(), 2u);
}

TEST_F(QueueToolTest, FindsContentThatIsGone) {
    Database database(folder.path() / "queue.db", Database::Access::write);
    ASSERT_TRUE(database.execute("DELETE FROM content"));
    ASSERT_EQ(tool.check().size(), 1u);
    EXPECT_EQ(tool.check()[0].id, b);
}

TEST(QueueTool, SaysWhereThereIsNoQueue) {
    const TemporaryFolder folder;
    EXPECT_THROW(QueueTool{folder.path()}, QueueError);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "queue.db"));
}

}  // namespace
}  // namespace postern::relay::tests
