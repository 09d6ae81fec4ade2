// SPDX-License-Identifier: Apache-2.0
#include "relay/queue_census.h"

#include "relay/queue_rows.h"
#include "relay/queue_schema.h"

namespace postern::relay {

namespace {

// The ages end at ?1 to ?4.
constexpr const char* counting =
    "SELECT CASE WHEN hold <> '' THEN 2"
    " WHEN EXISTS (SELECT 1 FROM recipient WHERE message = id AND attempts > 0) THEN 1 ELSE 0 END "
    "AS state,"
    " CASE WHEN arrived > ?1 THEN 0 WHEN arrived > ?2 THEN 1 WHEN arrived > ?3 THEN 2"
    " WHEN arrived > ?4 THEN 3 ELSE 4 END AS age,"
    " count(*), sum(size), min(arrived) FROM message GROUP BY state, age";

}  // namespace

QueueCensus::QueueCensus(const std::filesystem::path& folder)
    : database_(queue_database(folder), Database::Access::write), rows_(database_, counting) {}

std::vector<QueueCount> QueueCensus::count(Time time) {
    static_assert(age_limits.size() == 5);
    database_.clear_error();
    std::vector<QueueCount> counts;
    for (std::size_t i = 0; i + 1 < age_limits.size(); ++i)
        rows_.with(number_of(time - age_limits[i]));
    while (rows_.step()) {
        counts.push_back({static_cast<MessageState>(rows_.integer(0)),
                          static_cast<std::size_t>(rows_.integer(1)),
                          static_cast<std::uint64_t>(rows_.integer(2)),
                          static_cast<std::uint64_t>(rows_.integer(3)), time_of(rows_.integer(4))});
    }
    return counts;
}

}  // namespace postern::relay
