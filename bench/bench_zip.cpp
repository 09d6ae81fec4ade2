// SPDX-License-Identifier: Apache-2.0
// Unpacking a zip: octets produced a second by our reader, by libarchive, and by zlib alone.
#include "corpora/generate/archives.h"
#include "engine/expand/expander.h"
#include "engine/file_types.h"

#include <archive.h>
#include <archive_entry.h>
#include <benchmark/benchmark.h>
#include <zlib.h>

#include <random>
#include <string>

namespace {

using namespace postern;

constexpr unsigned members = 50;
constexpr std::size_t member_size = 400'000;

// Text-like octets, which deflate to about a third.
std::string content(unsigned seed) {
    std::mt19937 random(seed);
    std::string text;
    while (text.size() < member_size) text.append(" word ").append(std::to_string(random() % 5000));
    return text;
}

std::string make_zip() {
    corpora::ZipWriter writer;
    for (unsigned i = 0; i < members; ++i) writer.add(std::to_string(i), content(i));
    return writer.finish();
}

const std::string& zip() {
    static const std::string bytes = make_zip();
    return bytes;
}

// The second reader: how many octets libarchive gets out of it.
std::size_t read_by_libarchive() {
    std::size_t octets = 0;
    archive* reader = archive_read_new();
    archive_read_support_format_zip(reader);
    archive_read_open_memory(reader, zip().data(), zip().size());
    archive_entry* entry = nullptr;
    while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
        const void* block = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        while (archive_read_data_block(reader, &block, &size, &offset) == ARCHIVE_OK) octets += size;
    }
    archive_read_free(reader);
    return octets;
}

struct Counting : engine::expand::Sink {
    void member(engine::expand::Member member) override { octets += member.bytes.size(); }
    void remark(engine::expand::Remark) override { ++remarks; }
    std::size_t octets = 0, remarks = 0;
};

void ours(benchmark::State& state) {
    engine::Content whole;
    whole.bytes = {reinterpret_cast<const std::byte*>(zip().data()), zip().size()};
    const std::size_t expected = read_by_libarchive();
    std::size_t produced = 0;
    for (auto _ : state) {
        Counting sink;
        engine::Budget budget({}, zip().size());
        engine::expand::expand(whole, engine::FileType::zip, budget, sink);
        if (sink.octets != expected || sink.remarks != 0) return state.SkipWithError("unpacked wrongly");
        produced += sink.octets;
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(produced));
}
BENCHMARK(ours)->Unit(benchmark::kMillisecond);

void libarchive(benchmark::State& state) {
    std::size_t produced = 0;
    for (auto _ : state) produced += read_by_libarchive();
    state.SetBytesProcessed(static_cast<std::int64_t>(produced));
}
BENCHMARK(libarchive)->Unit(benchmark::kMillisecond);

void zlib_alone(benchmark::State& state) {
    const std::string packed = corpora::raw_deflated(content(1));
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
