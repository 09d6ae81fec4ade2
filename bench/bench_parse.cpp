// SPDX-License-Identifier: Apache-2.0
// Finding the structure of messages: one large attachment, and small mail; both finders, and the whole parse.
#include "mime/parser.h"
#include "mime/reading.h"
#include "mime/structure.h"

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace postern::mime;

const std::string small_header =
    "Received: from client.example (client.example [192.0.2.1])\r\n\tby relay.example with ESMTPS id 1234\r\n"
    "\tfor <someone@example.org>; Mon, 1 Jan 2024 10:00:00 +0000\r\n"
    "From: Someone <someone@example.com>\r\nTo: Someone Else <else@example.org>\r\nSubject: the figures\r\n"
    "Date: Mon, 1 Jan 2024 10:00:00 +0000\r\nMessage-ID: <1234@example.com>\r\nMIME-Version: 1.0\r\n"
    "X-Mailer: a mailer\r\nContent-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n";

// A text and an attachment of about `size` octets as sent.
std::string message_of(std::size_t size) {
    std::string text = small_header + "This is a message in MIME format.\r\n--=_b\r\nContent-Type: text/plain\r\n\r\n";
    for (int i = 0; i < 20; ++i) text += "a line of text, as people write them to each other\r\n";
    text += "--=_b\r\nContent-Type: application/pdf; name=\"figures.pdf\"\r\n"
            "Content-Disposition: attachment; filename=\"figures.pdf\"\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n";
    while (text.size() < size) text += std::string(76, 'Q') + "\r\n";
    return text + "\r\n--=_b--\r\n";
}

template <class Find>
void run(benchmark::State& state, Find find) {
    const std::string text = message_of(static_cast<std::size_t>(state.range(0)));
    std::size_t parts = 0;
    for (auto _ : state) parts = find(text);
    if (parts != 2) state.SkipWithError("wrong answer");
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void parse_whole(benchmark::State& state) {
    run(state, [](const std::string& text) {
        return parse(std::as_bytes(std::span(text))).root.children.size();
    });
}
BENCHMARK(parse_whole)->Arg(3'000)->Arg(36'000)->Arg(80'000'000);

void parse_and_readings(benchmark::State& state) {
    run(state, [](const std::string& text) {
        const auto bytes = std::as_bytes(std::span(text));
        std::size_t readings = 0;
        for (const Entity& leaf : parse(bytes).root.children) readings += readings_of(leaf, bytes).size();
        return readings;
    });
}
BENCHMARK(parse_and_readings)->Arg(3'000)->Arg(36'000)->Arg(80'000'000);

void structure_by_gmime(benchmark::State& state) {
    run(state, [](const std::string& text) { return find_structure_by_gmime(text, 0, {})->children.size(); });
}
BENCHMARK(structure_by_gmime)->Arg(3'000)->Arg(36'000)->Arg(80'000'000);

void structure_by_lines(benchmark::State& state) {
    run(state, [](const std::string& text) { return find_structure_by_lines(text, 0, {})->children.size(); });
}
BENCHMARK(structure_by_lines)->Arg(3'000)->Arg(36'000)->Arg(80'000'000);

}  // namespace
