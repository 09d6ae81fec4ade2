// SPDX-License-Identifier: Apache-2.0
// Matching: octets a second over text, base64, random and binary content, by the number of body
// signatures; and beside each, what hs_scan alone does with the same literals' worth of a prefilter
// (the ceiling).
//
// Signatures are random octets, 16 to 80 of them, of Target::any, as a benchmark of engines would
// make them. POSTERN_BENCH_SIGNATURES=PATH adds a row with a set of one's own.
#include "signatures/built_in.h"
#include "signatures/matcher.h"
#include "signatures/tables.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <map>
#include <random>
#include <stdexcept>

namespace {

using namespace postern::signatures;

constexpr std::size_t content_size = std::size_t{8} << 20;

std::string random_octets(std::mt19937& random, std::size_t size) {
    std::string octets(size, '\0');
    for (char& c : octets) c = static_cast<char>(random());
    return octets;
}

std::string hex(const std::string& octets) {
    std::string text;
    for (const char c : octets) {
        text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        text += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

std::string random_source(std::size_t count) {
    std::mt19937 random(7);
    std::string source;
    for (std::size_t i = 0; i < count; ++i) {
        source += "Synthetic-" + std::to_string(i) +
                  ":0:*:" + hex(random_octets(random, 16 + random() % 65)) + '\n';
    }
    return source;
}

// Of real sets, a part is strings in clear, whose anchors base64 text can hold; of few bodies it
// can hold all.
std::string source_with_text(std::size_t count) {
    constexpr std::string_view base64 =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::mt19937 random(29);
    std::string source;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t size = 20 + random() % 60;
        std::string octets = random_octets(random, size);
        if (i % 4 == 0) {
            for (char& c : octets) c = base64[random() % 64];
            if (i % 200 != 0) octets[random() % size] = '\\';
        }
        source += "Text-" + std::to_string(i) + ":0:*:" + hex(octets) + '\n';
    }
    return source;
}

// Words of a small language, in lines: what mail and documents look like to a prefilter.
std::string text_content() {
    std::mt19937 random(11);
    std::vector<std::string> words;
    for (int i = 0; i < 2000; ++i) {
        std::string word;
        for (std::size_t n = 2 + random() % 8; n > 0; --n) {
            word += "etaoinshrdlucmfwypvbgk"[random() % (6 + random() % 16)];
        }
        words.push_back(word);
    }
    std::string text;
    while (text.size() < content_size) {
        text += words[random() % words.size()];
        text += random() % 12 == 0 ? "\r\n" : random() % 15 == 0 ? ", " : " ";
    }
    return text;
}

std::string base64_content() {
    std::mt19937 random(13);
    std::string text;
    while (text.size() < content_size) {
        for (int i = 0; i < 76; ++i) {
            text +=
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[random() % 64];
        }
        text += "\r\n";
    }
    return text;
}

// Numbers that are mostly small, zeros between them: tables, machine code, old office files.
std::string binary_content() {
    std::mt19937 random(17);
    std::string octets;
    while (octets.size() < content_size) {
        const unsigned kind = random() % 8;
        if (kind == 0) octets.append(random() % 200, '\0');
        if (kind == 1) octets += random_octets(random, random() % 40);
        octets += {static_cast<char>(random() % 16), '\0', '\0', '\0'};
    }
    return octets;
}

const std::string& content_of(const std::string& kind) {
    static const std::map<std::string, std::string> contents = [] {
        std::mt19937 random(19);
        return std::map<std::string, std::string>{{"text", text_content()},
                                                  {"base64", base64_content()},
                                                  {"random", random_octets(random, content_size)},
                                                  {"binary", binary_content()}};
    }();
    return contents.at(kind);
}

std::shared_ptr<const SignatureSet> set_of_size(std::size_t count) {
    static std::map<std::size_t, std::shared_ptr<const SignatureSet>> sets;
    auto& set = sets[count];
    if (set) return set;
    SetBuilder builder;
    builder.add_built_in();
    const char* path = std::getenv("POSTERN_BENCH_SIGNATURES");
    if (count == 0 && path) builder.add_path(path);
    if (count > 1) builder.add_text("synthetic.ndb", random_source(count - 1));
    return set = builder.build();
}

// The answer is checked before it is timed.
void check(Matcher& matcher, const std::string& content) {
    const std::string planted = content + eicar_test_file();
    const auto matches = matcher.match({std::as_bytes(std::span(planted)), Target::other});
    for (const Match& match : matches) {
        if (match.name == "Eicar-Test-Signature" && match.offset == content.size()) return;
    }
    throw std::runtime_error("the planted EICAR file is not found");
}

void match(benchmark::State& state, const std::string& kind, std::size_t count) {
    Matcher matcher(set_of_size(count));
    const std::string& content = content_of(kind);
    check(matcher, content);
    for (auto _ : state) {
        benchmark::DoNotOptimize(matcher.match({std::as_bytes(std::span(content)), Target::other}));
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * content.size()));
}

std::shared_ptr<const SignatureSet> set_for_mail(std::size_t count) {
    if (count == 0) return set_of_size(0);
    static std::map<std::size_t, std::shared_ptr<const SignatureSet>> sets;
    auto& set = sets[count];
    if (set) return set;
    SetBuilder builder;
    builder.add_built_in();
    builder.add_text("mail.ndb", source_with_text(count));
    return set = builder.build();
}

// A message that is one attachment, and what it says in clear at the end.
void raw_mail(benchmark::State& state, std::size_t count) {
    Matcher matcher(set_for_mail(count));
    const std::string& lines = content_of("base64");
    std::string message = "Subject: an attachment\r\n\r\n";
    Chunk encoded{message.size(), 0};
    for (int i = 0; i < 6; ++i) message += lines;
    encoded.end = message.size();
    message += eicar_test_file();
    const auto bytes = std::as_bytes(std::span(message));
    const auto matches = matcher.match_raw_mail(bytes, {{encoded}});
    if (matches.empty() || matches.back().offset != encoded.end) {
        throw std::runtime_error("EICAR behind the attachment is not found");
    }
    for (auto _ : state) benchmark::DoNotOptimize(matcher.match_raw_mail(bytes, {{encoded}}));
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * message.size()));
}

// Most parts of mail are small: what a call costs beside the octets.
void small(benchmark::State& state, std::size_t size) {
    Matcher matcher(set_of_size(100000));
    const auto text = std::as_bytes(std::span(content_of("text")));
    std::size_t at = 0;
    for (auto _ : state) {
        at = (at + size) % (content_size - size);
        benchmark::DoNotOptimize(matcher.match({text.subspan(at, size), Target::text}));
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * size));
}

struct Counter final : HitSink {
    std::size_t hits = 0;
    void hit(std::uint32_t, std::size_t) override { ++hits; }
};

void prefilter_alone(benchmark::State& state, const std::string& kind, std::size_t count) {
    const auto set = set_of_size(count);
    const Scratch scratch = Scratch::like(*set->tables().scratch);
    const std::string& content = content_of(kind);
    Counter counter;
    for (auto _ : state) {
        set->tables().targets[0].prefilter(Alphabet::octets).anchors.scan(std::as_bytes(std::span(content)), scratch, counter);
    }
    state.counters["hits"] =
        static_cast<double>(counter.hits) / static_cast<double>(state.iterations());
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * content.size()));
}

// A match that never ends a search: one anchor, over and over.
void hostile(benchmark::State& state) {
    SetBuilder builder;
    builder.add_text("t.ndb", "A:0:*:" + hex("anchor::") + "ff\nB:0:*:" + hex("anchor::") + "{-9}" +
                                  hex("xyz") + "\n");
    Matcher matcher(builder.build());
    std::string content;
    while (content.size() < content_size) content += "anchor::";
    for (auto _ : state) {
        benchmark::DoNotOptimize(matcher.match({std::as_bytes(std::span(content)), Target::other}));
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * content.size()));
}

void build(benchmark::State& state, std::size_t count) {
    const std::string source = random_source(count);
    for (auto _ : state) {
        SetBuilder builder;
        builder.add_text("synthetic.ndb", source);
        benchmark::DoNotOptimize(builder.build(1));
    }
}

const bool registered = [] {
    for (const std::string kind : {"text", "base64", "random", "binary"}) {
        std::vector<std::size_t> counts{1, 10000, 100000};
        if (std::getenv("POSTERN_BENCH_SIGNATURES")) counts.push_back(0);
        for (const std::size_t count : counts) {
            const std::string name = kind + '/' + (count ? std::to_string(count) : "own");
            benchmark::RegisterBenchmark(("match/" + name).c_str(), match, kind, count);
            benchmark::RegisterBenchmark(("hs_scan/" + name).c_str(), prefilter_alone, kind, count);
        }
    }
    benchmark::RegisterBenchmark("raw_mail/100000", raw_mail, std::size_t{100000});
    if (std::getenv("POSTERN_BENCH_SIGNATURES")) {
        benchmark::RegisterBenchmark("raw_mail/own", raw_mail, std::size_t{0});
    }
    for (const std::size_t size : {16, 256, 2048}) {
        benchmark::RegisterBenchmark(("small/" + std::to_string(size)).c_str(), small, size);
    }
    benchmark::RegisterBenchmark("hostile/repeated_anchor", hostile);
    benchmark::RegisterBenchmark("build/10000", build, std::size_t{10000})
        ->Unit(benchmark::kMillisecond);
    return true;
}();

}  // namespace
