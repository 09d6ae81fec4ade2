// SPDX-License-Identifier: Apache-2.0
// The ceiling: what Hyperscan alone does over the octets that a scan of a corpus has to look at.
//
// Every message of a folder is parsed, decoded and unpacked beforehand, and what came out is kept in
// memory: each leaf and each member of a container, once. Then one hs_scan goes over each of them, with the
// anchors of a signature set as literals of one database, one thread, and a callback that only counts. No
// scanner that matches by such literals can be faster; how near postern comes is the figure to watch.
// Then the same in several threads at once, each over all of it, with nothing to wait for: what the machine's
// cores give together, in multiples of one, is what no scanner's threads can exceed.
#include "corpora/loader.h"
#include "engine/expand/expander.h"
#include "engine/file_types.h"
#include "engine/identify.h"
#include "mime/parser.h"
#include "mime/reading.h"
#include "signatures/anchor.h"
#include "signatures/clamav/body_parser.h"

#include <hs.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <time.h>
#include <unordered_set>
#include <vector>

namespace postern {

namespace {

namespace fs = std::filesystem;

// Decoded octets of everything in a corpus.
class Gatherer {
public:
    void add(const mime::Message& message) {
        mail_bytes_ += message.size();
        messages_.push_back(message);
        engine::Budget budget(limits_, message.size());
        open_message(message.bytes(), 0, budget);
    }

    const std::vector<std::span<const std::byte>>& contents() const { return contents_; }
    std::uint64_t mail_bytes() const { return mail_bytes_; }
    std::uint64_t decoded_bytes() const { return decoded_bytes_; }

private:
    class Members final : public engine::expand::Sink {
    public:
        Members(Gatherer& gatherer, unsigned depth, engine::Budget& budget)
            : gatherer_(gatherer), depth_(depth), budget_(budget) {}
        void member(engine::expand::Member member) override {
            gatherer_.keep(std::move(member.bytes), depth_, budget_);
        }
        void remark(engine::expand::Remark) override {}

    private:
        Gatherer& gatherer_;
        unsigned depth_;
        engine::Budget& budget_;
    };

    void open_message(std::span<const std::byte> bytes, unsigned depth, engine::Budget& budget) {
        const mime::ParsedMessage parsed = mime::parse(bytes);
        visit(parsed.root, bytes, depth, budget);
    }

    void visit(const mime::Entity& entity, std::span<const std::byte> bytes, unsigned depth,
               engine::Budget& budget) {
        for (const mime::Entity& child : entity.children) visit(child, bytes, depth, budget);
        if (!entity.is_leaf()) return;
        for (const mime::Reading& reading : mime::readings_of(entity, bytes)) {
            if (reading.encoding == mime::TransferEncoding::identity) {
                look_into(mime::slice(bytes, reading.range), depth, budget);
                continue;
            }
            mime::Buffer buffer;
            mime::decode(reading, bytes, buffer);
            keep(std::move(buffer), depth, budget);
        }
    }

    void keep(mime::Buffer buffer, unsigned depth, engine::Budget& budget) {
        buffer.shrink();
        buffers_.push_back(std::move(buffer));
        look_into(buffers_.back().bytes(), depth, budget);
    }

    void look_into(std::span<const std::byte> content, unsigned depth, engine::Budget& budget) {
        contents_.push_back(content);
        decoded_bytes_ += content.size();
        if (depth + 1 >= limits_.depth) return;
        const engine::FileType type = identifier_.identify(content);
        if (type == engine::FileType::mail) return open_message(content, depth + 1, budget);
        if (!engine::expand::is_container(type)) return;
        Members members(*this, depth + 1, budget);
        engine::Content container;
        container.bytes = content;
        container.depth = depth;
        engine::expand::expand(container, type, budget, members);
    }

    const engine::Limits limits_;
    engine::Identifier identifier_;
    std::vector<mime::Message> messages_;
    std::vector<mime::Buffer> buffers_;  // their octets stay where they are when this grows
    std::vector<std::span<const std::byte>> contents_;
    std::uint64_t mail_bytes_ = 0;
    std::uint64_t decoded_bytes_ = 0;
};

// The anchors of every body in the .ndb files of a folder, each literal once.
std::vector<std::string> anchors_of(const fs::path& folder) {
    signatures::AnchorChooser chooser;
    std::unordered_set<std::string> literals;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() != ".ndb") continue;
        std::ifstream file(entry.path());
        for (std::string line; std::getline(file, line);) {
            const std::string_view text = std::string_view(line).substr(line.rfind(':') + 1);
            const signatures::clamav::ParsedBody parsed = signatures::clamav::parse_body(text);
            if (parsed.error) throw std::runtime_error(entry.path().string() + ": " + parsed.error->message);
            auto anchor = chooser.choose(parsed.body, signatures::AnchorWish::outside_text);
            if (anchor) literals.insert(anchor->literals.begin(), anchor->literals.end());
        }
    }
    std::vector<std::string> sorted(literals.begin(), literals.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

void check(hs_error_t status) {
    if (status != HS_SUCCESS) throw std::runtime_error("Hyperscan says " + std::to_string(status));
}

// One database of literals, as Hyperscan has it.
class Literals {
public:
    explicit Literals(const std::vector<std::string>& literals) {
        std::vector<const char*> texts;
        std::vector<std::size_t> lengths;
        std::vector<unsigned> ids, flags(literals.size(), 0);
        for (const std::string& literal : literals) {
            texts.push_back(literal.data());
            lengths.push_back(literal.size());
            ids.push_back(static_cast<unsigned>(ids.size()));
        }
        hs_compile_error_t* error = nullptr;
        check(hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), lengths.data(),
                                   static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr,
                                   &database_, &error));
    }
    Literals(const Literals&) = delete;
    ~Literals() { hs_free_database(database_); }
    const hs_database_t* database() const { return database_; }

private:
    hs_database_t* database_ = nullptr;
};

double seconds_of(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// One pass of one thread.
struct Pass {
    std::uint64_t hits = 0;
    double seconds = 0;
    double cpu_seconds = 0;
};

// One thread's scratch, and what it scans.
class Worker {
public:
    explicit Worker(const Literals& literals) : database_(literals.database()) {
        check(hs_alloc_scratch(database_, &scratch_));
    }
    Worker(const Worker&) = delete;
    ~Worker() { hs_free_scratch(scratch_); }

    Pass scan(const std::vector<std::span<const std::byte>>& contents) const {
        Pass pass;
        const double start = seconds_of(CLOCK_MONOTONIC);
        const double cpu_start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
        for (const auto content : contents) pass.hits += hits_in(content);
        pass.seconds = seconds_of(CLOCK_MONOTONIC) - start;
        pass.cpu_seconds = seconds_of(CLOCK_THREAD_CPUTIME_ID) - cpu_start;
        return pass;
    }

private:
    std::uint64_t hits_in(std::span<const std::byte> content) const {
        std::uint64_t hits = 0;
        const auto count = [](unsigned, unsigned long long, unsigned long long, unsigned, void* total) {
            ++*static_cast<std::uint64_t*>(total);
            return 0;
        };
        check(hs_scan(database_, reinterpret_cast<const char*>(content.data()),
                      static_cast<unsigned>(content.size()), 0, scratch_, count, &hits));
        return hits;
    }

    const hs_database_t* database_;
    hs_scratch_t* scratch_ = nullptr;
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// How long it takes until each of so many threads has scanned everything.
double together(const Literals& literals, const Gatherer& gatherer, unsigned threads) {
    std::vector<std::unique_ptr<Worker>> workers;
    for (unsigned i = 0; i < threads; ++i) workers.push_back(std::make_unique<Worker>(literals));
    const double start = seconds_of(CLOCK_MONOTONIC);
    std::vector<std::thread> running;
    for (const auto& worker : workers) {
        running.emplace_back([&] { worker->scan(gatherer.contents()); });
    }
    for (std::thread& thread : running) thread.join();
    return seconds_of(CLOCK_MONOTONIC) - start;
}

struct Experiment {
    fs::path set;
    std::string folder;
    std::size_t repeats;
    unsigned threads;
};

void measure(const Experiment& asked) {
    Gatherer gatherer;
    corpora::Loader loader({asked.folder}, corpora::As::message);
    while (auto item = loader.next()) gatherer.add(item->message);
    const std::vector<std::string> anchors = anchors_of(asked.set);
    const Literals literals(anchors);
    const Worker worker(literals);
    std::vector<double> runs, cpu_runs, gains;
    std::uint64_t hits = 0;
    for (std::size_t i = 0; i < asked.repeats; ++i) {
        const Pass pass = worker.scan(gatherer.contents());
        hits = pass.hits;
        runs.push_back(pass.seconds);
        cpu_runs.push_back(pass.cpu_seconds);
        gains.push_back(asked.threads * pass.seconds / together(literals, gatherer, asked.threads));
    }
    const double seconds = median(runs);
    std::printf("{\"literals\": %zu, \"contents\": %zu, \"mail_bytes\": %llu, \"decoded_bytes\": %llu, "
                "\"hits\": %llu, \"seconds\": %.4f, \"cpu_seconds\": %.4f, \"threads\": %u, "
                "\"gain_of_threads\": %.3f, \"decoded_megabytes_per_second\": %.1f, "
                "\"mail_megabytes_per_second\": %.1f}\n",
                anchors.size(), gatherer.contents().size(),
                static_cast<unsigned long long>(gatherer.mail_bytes()),
                static_cast<unsigned long long>(gatherer.decoded_bytes()),
                static_cast<unsigned long long>(hits), seconds, median(cpu_runs), asked.threads,
                median(gains), static_cast<double>(gatherer.decoded_bytes()) / 1e6 / seconds,
                static_cast<double>(gatherer.mail_bytes()) / 1e6 / seconds);
}

}  // namespace

}  // namespace postern

int main(int argc, char** argv) try {
    if (argc != 5) {
        std::fprintf(stderr, "usage: hs_ceiling SET_FOLDER MAIL_FOLDER REPEATS THREADS\n");
        return 2;
    }
    const auto number = [](const char* text) { return std::max(1ul, std::strtoul(text, nullptr, 10)); };
    postern::measure({argv[1], argv[2], number(argv[3]), static_cast<unsigned>(number(argv[4]))});
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "hs_ceiling: %s\n", error.what());
    return 2;
}
