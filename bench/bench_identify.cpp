// SPDX-License-Identifier: Apache-2.0
// Microseconds to identify one content, by kind: what every leaf of every message pays.
#include "engine/identify.h"

#include "engine/file_types.h"

#include <benchmark/benchmark.h>

namespace {

using namespace postern::engine;
using namespace std::string_literals;

struct Kind {
    const char* label;
    FileType type;
    std::string content;
};

std::string lines(const std::string& line, std::size_t size) {
    std::string text;
    while (text.size() < size) text += line;
    return text;
}

std::string program() {
    std::string content(100'000, '\0');
    content.replace(0, 2, "MZ");
    content[0x3c] = '\x80';
    return content.replace(0x80, 4, "PE\0\0"s);
}

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{
        {"text", FileType::text, lines("a line of plain text, as people write it\r\n", 100'000)},
        {"html", FileType::html, "<html><body>" + lines("<p>some text</p>\r\n", 100'000)},
        {"mail", FileType::mail, "From: a@b\r\nTo: c@d\r\n\r\n" + lines("text\r\n", 10'000)},
        {"jpeg", FileType::jpeg, "\xff\xd8\xff\xe0" + std::string(100'000, 'x')},
        {"pdf", FileType::pdf, "%PDF-1.7\n" + std::string(100'000, 'x')},
        {"data", FileType::data, lines("\x03\x91\xf0\x02\x80\x11"s, 100'000)},
        {"pe", FileType::pe, program()},
        {"elf", FileType::elf, "\x7f" "ELF\2\1\1\0"s + std::string(100'000, '\0')},
        {"7z", FileType::seven_zip, "7z\xbc\xaf\x27\x1c" + std::string(100'000, 'x')},
    };
    return all;
}

void identify(benchmark::State& state) {
    const Kind& kind = kinds()[static_cast<std::size_t>(state.range(0))];
    Identifier identifier;
    const std::span bytes(reinterpret_cast<const std::byte*>(kind.content.data()), kind.content.size());
    state.SetLabel(kind.label);
    if (identifier.identify(bytes) != kind.type) return state.SkipWithError("identified wrongly");
    for (auto _ : state) benchmark::DoNotOptimize(identifier.identify(bytes));
}
BENCHMARK(identify)->DenseRange(0, 8)->Unit(benchmark::kMicrosecond);

void names(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(extensions_of("Quarterly report (final).docx"));
}
BENCHMARK(names)->Unit(benchmark::kMicrosecond);

}  // namespace
