// SPDX-License-Identifier: Apache-2.0
// The ceiling: what Hyperscan alone does over the octets that a scan of a corpus has to look at.
//
// Every message of a folder is parsed, decoded and unpacked beforehand, and what came out is kept in
// memory: each leaf and each member of a container, once. Then one hs_scan goes over each of them, with the
// anchors of a signature set as literals of one database, one thread, and a callback that only counts. No
// scanner that matches by such literals can be faster; how near postern comes is the figure to watch.
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
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
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

// One database of literals and the scratch for it, as Hyperscan has them.
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
        check(hs_alloc_scratch(database_, &scratch_));
    }
    Literals(const Literals&) = delete;
    ~Literals() {
        hs_free_scratch(scratch_);
        hs_free_database(database_);
    }

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

private:
    static void check(hs_error_t status) {
        if (status != HS_SUCCESS) throw std::runtime_error("Hyperscan says " + std::to_string(status));
    }

    hs_database_t* database_ = nullptr;
    hs_scratch_t* scratch_ = nullptr;
};

void measure(const fs::path& set, const std::string& folder, std::size_t repeats) {
    Gatherer gatherer;
    corpora::Loader loader({folder}, corpora::As::message);
    while (auto item = loader.next()) gatherer.add(item->message);
    const std::vector<std::string> anchors = anchors_of(set);
    const Literals literals(anchors);
    std::vector<double> runs;
    std::uint64_t hits = 0;
    for (std::size_t i = 0; i < repeats; ++i) {
        const auto start = std::chrono::steady_clock::now();
        hits = 0;
        for (const auto content : gatherer.contents()) hits += literals.hits_in(content);
        runs.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(runs.begin(), runs.end());
    const double seconds = runs[runs.size() / 2];
    std::printf("{\"literals\": %zu, \"contents\": %zu, \"mail_bytes\": %llu, \"decoded_bytes\": %llu, "
                "\"hits\": %llu, \"seconds\": %.4f, \"decoded_megabytes_per_second\": %.1f, "
                "\"mail_megabytes_per_second\": %.1f}\n",
                anchors.size(), gatherer.contents().size(),
                static_cast<unsigned long long>(gatherer.mail_bytes()),
                static_cast<unsigned long long>(gatherer.decoded_bytes()),
                static_cast<unsigned long long>(hits), seconds,
                static_cast<double>(gatherer.decoded_bytes()) / 1e6 / seconds,
                static_cast<double>(gatherer.mail_bytes()) / 1e6 / seconds);
}

}  // namespace

}  // namespace postern

int main(int argc, char** argv) try {
    if (argc != 4) {
        std::fprintf(stderr, "usage: hs_ceiling SET_FOLDER MAIL_FOLDER REPEATS\n");
        return 2;
    }
    postern::measure(argv[1], argv[2], std::max<std::size_t>(1, std::strtoul(argv[3], nullptr, 10)));
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "hs_ceiling: %s\n", error.what());
    return 2;
}
