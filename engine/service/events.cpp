// SPDX-License-Identifier: Apache-2.0
#include "engine/service/events.h"

namespace postern::engine::service {

std::string_view name_of(WorkerEnd end) {
    static constexpr std::string_view names[worker_end_count] = {"crashed", "forbidden", "hung"};
    return names[static_cast<std::size_t>(end)];
}

}  // namespace postern::engine::service
