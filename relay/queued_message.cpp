// SPDX-License-Identifier: Apache-2.0
#include "relay/queued_message.h"

#include <algorithm>

namespace postern::relay {

bool QueuedMessage::is_queued() const {
    return std::ranges::any_of(recipients, [](const QueuedRecipient& recipient) {
        return recipient.state == RecipientState::queued;
    });
}

}  // namespace postern::relay
