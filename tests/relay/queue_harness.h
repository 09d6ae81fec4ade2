// SPDX-License-Identifier: Apache-2.0
// A queue in a temporary folder, and the calls of its tests made blocking.
#pragma once

#include "relay/queue.h"
#include "tests/support/command.h"

#include <future>
#include <string>

namespace postern::relay::tests {

inline QueueOptions options_for(const std::filesystem::path& folder) {
    QueueOptions options;
    options.folder = folder;
    options.small_message = 4096;  // so that both kinds are cheap to have
    options.free_space = 0;
    return options;
}

inline Envelope envelope_to(std::initializer_list<const char*> mailboxes) {
    Envelope envelope;
    envelope.reverse_path = "sender@example.org";
    for (const char* mailbox : mailboxes) envelope.forward_paths.push_back({mailbox, {}, {}});
    return envelope;
}

struct Accepted {
    QueueId id;
    std::error_code error;
};

inline Accepted accept(Queue& queue, Acceptance acceptance, std::string_view octets) {
    auto message = queue.receive();
    const QueueId id = message->id();
    message->append(octets);
    std::promise<std::error_code> done;
    queue.commit(std::move(message), std::move(acceptance), [&](std::error_code error) { done.set_value(error); });
    return {id, done.get_future().get()};
}

inline void record(Queue& queue, Record what) {
    std::promise<void> done;
    queue.record(std::move(what), [&] { done.set_value(); });
    done.get_future().get();
}

inline std::string octets_of(const Queue& queue, QueueId id) {
    std::error_code error;
    const auto content = queue.content(id, error);
    std::string octets;
    char buffer[777];
    while (content) {
        const std::size_t n = content->read(octets.size(), buffer, error);
        if (n == 0) break;
        octets.append(buffer, n);
    }
    return error ? "error: " + error.message() : octets;
}

inline std::string text_of_size(std::size_t size) {
    std::string text = "Subject: x\r\n\r\n";
    while (text.size() < size) text += "line " + std::to_string(text.size()) + "\r\n";
    return text;
}

}  // namespace postern::relay::tests
