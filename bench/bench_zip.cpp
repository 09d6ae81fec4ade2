// SPDX-License-Identifier: Apache-2.0
// Unpacking a zip: octets produced a second by our reader, by libarchive, and by zlib alone.
#include "engine/expand/expander.h"
#include "engine/file_types.h"

#include "tests/engine/archive_writer.h"
#include "tests/engine/zip_builder.h"

#include <benchmark/benchmark.h>

#include <random>

namespace {

using namespace postern;

constexpr int members = 50;
constexpr std::size_t member_size = 400'000;

// Text-like octets, which deflate to about a third.
std::string content(unsigned seed) {
    std::mt19937 random(seed);
    std::string text;
    while (text.size() < member_size) text += tests::numbered(" word ", static_cast<int>(random() % 5000));
    return text;
}

const std::string& archive() {
    static const std::string zip = [] {
        std::vector<tests::Entry> entries;
        for (int i = 0; i < members; ++i)
            entries.push_back(tests::entry_of(tests::numbered("f", i), content(static_cast<unsigned>(i))));
        return tests::zip_of(entries);
    }();
    return zip;
}

struct Counting : engine::expand::Sink {
    void member(engine::expand::Member member) override { octets += member.bytes.size(); }
    void remark(engine::expand::Remark) override { ++remarks; }
    std::size_t octets = 0, remarks = 0;
};

void ours(benchmark::State& state) {
    engine::Content zip;
    zip.bytes = {reinterpret_cast<const std::byte*>(archive().data()), archive().size()};
    std::size_t expected = 0, produced = 0;
    for (const auto& [name, bytes] : tests::read_back(archive())) expected += bytes.size();
    for (auto _ : state) {
        Counting sink;
        engine::Budget budget({}, archive().size());
        engine::expand::expand(zip, engine::FileType::zip, budget, sink);
        if (sink.octets != expected || sink.remarks != 0) return state.SkipWithError("unpacked wrongly");
        produced += sink.octets;
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(produced));
}
BENCHMARK(ours)->Unit(benchmark::kMillisecond);

void libarchive(benchmark::State& state) {
    std::size_t produced = 0;
    for (auto _ : state)
        for (const auto& [name, bytes] : tests::read_back(archive())) produced += bytes.size();
    state.SetBytesProcessed(static_cast<std::int64_t>(produced));
}
BENCHMARK(libarchive)->Unit(benchmark::kMillisecond);

void zlib_alone(benchmark::State& state) {
    const std::string packed = tests::deflated(content(1));
    std::string out(member_size + 100, '\0');
    std::size_t produced = 0;
    for (auto _ : state) {
        z_stream stream{};
        inflateInit2(&stream, -15);
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
        stream.avail_in = static_cast<uInt>(packed.size());
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        if (inflate(&stream, Z_FINISH) != Z_STREAM_END) return state.SkipWithError("inflated wrongly");
        produced += stream.total_out;
        inflateEnd(&stream);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(produced));
}
BENCHMARK(zlib_alone)->Unit(benchmark::kMillisecond);

}  // namespace
