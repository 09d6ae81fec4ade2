// SPDX-License-Identifier: Apache-2.0
#include "engine/service/request.h"

#include "engine/service/packet.h"

#include <algorithm>

namespace postern::engine::service {

namespace {

bool is_token(const std::string& name) {
    return !name.empty() &&
           std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
}

bool is_line(const std::string& text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c == '\0' || c == '\n'; });
}

bool may_be_told(const Answer& answer) {
    const bool object =
        answer.json.empty() || (answer.json.starts_with('{') && answer.json.ends_with('}'));
    return object && is_line(answer.json) && is_line(answer.error) && is_line(answer.reason) &&
           std::all_of(answer.found.begin(), answer.found.end(), is_token) &&
           std::all_of(answer.not_scanned.begin(), answer.not_scanned.end(), is_token) &&
           (answer.decision == Action::accept) == (answer.found.empty() && answer.error.empty());
}

}  // namespace

std::string pack(const Request& request) {
    return Packer()
        .number(request.ticket)
        .number(static_cast<std::uint64_t>(request.as))
        .text(request.name)
        .number(request.wants_json ? 1 : 0)
        .take();
}

std::optional<Request> unpack_request(std::string_view octets) {
    Unpacker from(octets);
    Request request;
    request.ticket = from.number();
    const std::uint64_t as = from.number();
    request.name = from.text();
    request.wants_json = from.number() != 0;
    if (!from.good() || as > static_cast<std::uint64_t>(As::file)) return std::nullopt;
    request.as = static_cast<As>(as);
    return request;
}

std::string pack(const Answer& answer) {
    return Packer()
        .number(static_cast<std::uint64_t>(answer.decision))
        .text(answer.reason)
        .texts(answer.found)
        .texts(answer.not_scanned)
        .text(answer.generation)
        .number(answer.bytes)
        .text(answer.error)
        .text(answer.json)
        .take();
}

std::optional<Answer> unpack_answer(std::string_view octets) {
    Unpacker from(octets);
    Answer answer;
    const std::uint64_t decision = from.number();
    answer.reason = from.text();
    answer.found = from.texts();
    answer.not_scanned = from.texts();
    answer.generation = from.text();
    answer.bytes = from.number();
    answer.error = from.text();
    answer.json = from.text();
    if (!from.good() || decision > static_cast<std::uint64_t>(Action::reject)) return std::nullopt;
    answer.decision = static_cast<Action>(decision);
    if (!may_be_told(answer)) return std::nullopt;
    return answer;
}

}  // namespace postern::engine::service
