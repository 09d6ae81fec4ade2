// SPDX-License-Identifier: Apache-2.0
// Transfer decoding, by encoding, line length and kernel, in octets of encoded input; GMime's own
// base64 decoder beside it. Every case checks its answer before it is timed.
#include "mime/base64.h"
#include "mime/reading.h"

#include <benchmark/benchmark.h>
#include <gmime/gmime.h>

#include <cstring>
#include <random>
#include <string>

namespace {

using namespace postern::mime;

constexpr std::size_t plain_size = 12'000'000;

std::string random_octets(std::size_t size) {
    std::mt19937_64 random(1);
    std::string octets(size, '\0');
    for (char& c : octets) c = static_cast<char>(random());
    return octets;
}

std::string base64_of(std::string_view plain, std::size_t columns, std::string_view line_end) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string encoded;
    std::size_t column = 0;
    const auto put = [&](unsigned sextet) {
        encoded += alphabet[sextet & 63];
        if (columns != 0 && ++column == columns) {
            encoded += line_end;
            column = 0;
        }
    };
    for (std::size_t i = 0; i + 2 < plain.size(); i += 3) {
        const auto octet = [&](std::size_t k) { return static_cast<unsigned char>(plain[i + k]); };
        const unsigned quantum = octet(0) << 16 | octet(1) << 8 | octet(2);
        for (const int shift : {18, 12, 6, 0}) put(quantum >> shift);
    }
    return encoded;
}

std::string quoted_printable_of(std::string_view plain, unsigned one_in) {
    std::mt19937 random(2);
    std::string encoded;
    std::size_t column = 0;
    for (std::size_t i = 0; i < plain.size(); ++i) {
        const bool escape = random() % one_in == 0;
        encoded += escape ? "=E4" : "a";
        column += escape ? 3 : 1;
        if (column >= 72) {
            encoded += "=\r\n";
            column = 0;
        }
    }
    return encoded;
}

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

void time_base64(benchmark::State& state, const std::string& encoded, Base64Kernel kernel) {
    static const std::string plain = random_octets(plain_size);
    Buffer out;
    for (auto _ : state) {
        out.clear();
        Base64Decoder decoder(Base64Padding::new_quantum, kernel);
        decoder.decode(bytes_of(encoded), out);
        decoder.finish(out);
        benchmark::DoNotOptimize(out.data());
    }
    if (out.size() != plain.size() || std::memcmp(out.data(), plain.data(), plain.size()) != 0) {
        state.SkipWithError("wrong answer");
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * encoded.size()));
}

void base64_columns(benchmark::State& state) {
    const std::string encoded =
        base64_of(random_octets(plain_size), static_cast<std::size_t>(state.range(0)), "\r\n");
    time_base64(state, encoded, best_base64_kernel());
}
BENCHMARK(base64_columns)
    ->Arg(76)
    ->Arg(60)
    ->Arg(64)
    ->Arg(72)
    ->Arg(75)
    ->Arg(77)
    ->Arg(1000)
    ->Arg(4)
    ->Arg(0);

void base64_76_lf(benchmark::State& state) {
    time_base64(state, base64_of(random_octets(plain_size), 76, "\n"), best_base64_kernel());
}
BENCHMARK(base64_76_lf);

// A blank behind every n-th octet: junk that the kernels do not take.
void base64_junk_every(benchmark::State& state) {
    const auto columns = static_cast<std::size_t>(state.range(0));
    time_base64(state, base64_of(random_octets(plain_size), columns, " "), best_base64_kernel());
}
BENCHMARK(base64_junk_every)->Arg(1)->Arg(5)->Arg(30)->Arg(76);

void base64_by_kernel(benchmark::State& state, Base64Kernel kernel) {
    time_base64(state, base64_of(random_octets(plain_size), 76, "\r\n"), kernel);
}

void base64_by_gmime(benchmark::State& state) {
    const std::string plain = random_octets(plain_size);
    const std::string encoded = base64_of(plain, 76, "\r\n");
    std::string out(encoded.size(), '\0');
    std::size_t written = 0;
    for (auto _ : state) {
        GMimeEncoding decoder;
        g_mime_encoding_init_decode(&decoder, GMIME_CONTENT_ENCODING_BASE64);
        written = g_mime_encoding_flush(&decoder, encoded.data(), encoded.size(), out.data());
        benchmark::DoNotOptimize(out.data());
    }
    if (out.substr(0, written) != plain) state.SkipWithError("wrong answer");
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * encoded.size()));
}
BENCHMARK(base64_by_gmime);

void quoted_printable_one_in(benchmark::State& state) {
    const std::string encoded =
        quoted_printable_of(std::string(plain_size, 'a'), static_cast<unsigned>(state.range(0)));
    Reading reading;
    reading.encoding = TransferEncoding::quoted_printable;
    reading.range = {0, encoded.size()};
    Buffer out;
    for (auto _ : state) {
        out.clear();
        decode(reading, bytes_of(encoded), out);
        benchmark::DoNotOptimize(out.data());
    }
    if (out.size() != plain_size) state.SkipWithError("wrong answer");
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * encoded.size()));
}
BENCHMARK(quoted_printable_one_in)->Arg(1000)->Arg(20)->Arg(2);

const bool kernels_registered = [] {
    for (const NamedBase64Kernel& row : base64_kernels()) {
        benchmark::RegisterBenchmark((std::string("base64_by_kernel/") + row.name).c_str(),
                                     base64_by_kernel, row.kernel);
    }
    benchmark::RegisterBenchmark("base64_by_kernel/none", base64_by_kernel, nullptr);
    return true;
}();

}  // namespace
