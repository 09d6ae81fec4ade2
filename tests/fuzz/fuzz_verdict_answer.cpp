// SPDX-License-Identifier: Apache-2.0
// Any octets as a service's answer, in one piece and in many: both times the same end, and what accepts is whole.
#include "engine/service/client/verdict_exchange.h"

#include <cstdlib>

using postern::engine::service::client::ScanRequest;
using postern::engine::service::client::Transfer;
using postern::engine::service::client::VerdictExchange;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const auto octets = std::as_bytes(std::span(data, size));
    const std::byte message[4] = {};
    ScanRequest request;
    request.octets = message;
    VerdictExchange whole(request, Transfer::stream);
    whole.received(octets);
    whole.closed("end");
    VerdictExchange pieces(request, Transfer::stream);
    for (std::size_t at = 0; at < size; ++at) pieces.received(octets.subspan(at, 1));
    pieces.closed("end");
    if (whole.state() == VerdictExchange::State::open) std::abort();
    if (whole.state() == VerdictExchange::State::answered) {
        if (pieces.state() != VerdictExchange::State::answered) std::abort();
        const auto report = whole.take_report();
        const bool accepts = report.decision.action == postern::engine::Action::accept;
        if (accepts && (report.verdict.message_bytes != 4 || !report.error.empty())) std::abort();
    }
    return 0;
}
