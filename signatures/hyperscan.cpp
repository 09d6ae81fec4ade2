// SPDX-License-Identifier: Apache-2.0
// hs_scan takes lengths of 32 bits, so octets are handed over in pieces that overlap by the longest
// literal less one; what a piece finds wholly inside the overlap was found before.
#include "signatures/hyperscan.h"

#include "signatures/large_memory.h"

#include <hs.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

namespace postern::signatures {

// A database lies in memory of ours, or where the compiler put it.
struct LiteralDatabase::State {
    hs_database_t* database = nullptr;
    LargeMemory memory;
    std::size_t longest = 0;
    ~State() {
        if (!memory) hs_free_database(database);
    }
    bool deserialize(std::span<const char> octets);
};

struct Scratch::State {
    hs_scratch_t* scratch = nullptr;
    ~State() { hs_free_scratch(scratch); }
};

namespace {

constexpr std::size_t largest_piece = std::size_t{1} << 30;

struct Piece {
    HitSink& sink;
    std::size_t begin = 0;
    std::size_t known = 0;  // hits that end at or before this are not told again
};

int on_match(unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) {
    Piece& piece = *static_cast<Piece*>(context);
    const std::size_t end = piece.begin + static_cast<std::size_t>(to);
    if (end > piece.known) piece.sink.hit(id, end);
    return 0;
}

}  // namespace

bool LiteralDatabase::State::deserialize(std::span<const char> octets) {
    std::size_t size = 0;
    if (hs_serialized_database_size(octets.data(), octets.size(), &size) != HS_SUCCESS) return false;
    memory = allocate_large(size);
    database = static_cast<hs_database_t*>(memory.get());
    return hs_deserialize_database_at(octets.data(), octets.size(), database) == HS_SUCCESS;
}

LiteralDatabase::LiteralDatabase() = default;
LiteralDatabase::~LiteralDatabase() = default;
LiteralDatabase::LiteralDatabase(LiteralDatabase&&) noexcept = default;
LiteralDatabase& LiteralDatabase::operator=(LiteralDatabase&&) noexcept = default;

LiteralDatabase LiteralDatabase::compile(std::span<const std::string_view> literals,
                                         std::span<const std::uint32_t> ids,
                                         std::span<const std::uint8_t> caseless) {
    LiteralDatabase result;
    if (literals.empty()) return result;
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    auto state = std::make_unique<State>();
    for (const std::string_view literal : literals) {
        texts.push_back(literal.data());
        lengths.push_back(literal.size());
        state->longest = std::max(state->longest, literal.size());
    }
    std::vector<unsigned> flags;
    for (const std::uint8_t any : caseless) flags.push_back(any != 0 ? HS_FLAG_CASELESS : 0);
    const std::vector<unsigned> numbers(ids.begin(), ids.end());
    hs_compile_error_t* error = nullptr;
    const hs_error_t status = hs_compile_lit_multi(
        texts.data(), flags.data(), numbers.data(), lengths.data(),
        static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr, &state->database, &error);
    if (status != HS_SUCCESS) {
        const std::string reason = error ? error->message : "unknown reason";
        hs_free_compile_error(error);
        throw std::runtime_error("Hyperscan does not compile the anchors: " + reason);
    }
    result.state_ = std::move(state);
    return result;
}

// The length of the longest literal goes first, in eight octets as they lie in memory.
std::vector<std::byte> LiteralDatabase::serialized() const {
    if (!state_) return {};
    char* octets = nullptr;
    std::size_t size = 0;
    if (hs_serialize_database(state_->database, &octets, &size) != HS_SUCCESS) throw std::bad_alloc();
    const std::uint64_t longest = state_->longest;
    std::vector<std::byte> out(sizeof longest + size);
    std::memcpy(out.data(), &longest, sizeof longest);
    std::memcpy(out.data() + sizeof longest, octets, size);
    std::free(octets);  // Hyperscan's allocator, which is left as it is
    return out;
}

std::optional<LiteralDatabase> LiteralDatabase::deserialize(std::span<const std::byte> octets) {
    std::uint64_t longest = 0;
    if (octets.size() < sizeof longest) return std::nullopt;
    std::memcpy(&longest, octets.data(), sizeof longest);
    const auto rest = octets.subspan(sizeof longest);
    auto state = std::make_unique<State>();
    state->longest = longest;
    if (longest == 0 || !state->deserialize({reinterpret_cast<const char*>(rest.data()), rest.size()})) {
        return std::nullopt;
    }
    LiteralDatabase result;
    result.state_ = std::move(state);
    return result;
}

// A name is one line, however it is written; where in it a pattern stands does not matter.
std::optional<LiteralDatabase> LiteralDatabase::compile_patterns(
    std::span<const std::string_view> patterns, std::span<const std::uint32_t> ids) {
    const std::vector<std::string> owned(patterns.begin(), patterns.end());
    std::vector<const char*> texts;
    for (const std::string& text : owned) texts.push_back(text.c_str());
    const std::vector<unsigned> flags(
        patterns.size(), HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY);
    const std::vector<unsigned> numbers(ids.begin(), ids.end());
    auto state = std::make_unique<State>();
    state->longest = 1;  // of no use here, but a database without literals would have none
    hs_compile_error_t* error = nullptr;
    const hs_error_t status =
        hs_compile_multi(texts.data(), flags.data(), numbers.data(),
                         static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr,
                         &state->database, &error);
    hs_free_compile_error(error);
    if (status != HS_SUCCESS) return std::nullopt;
    LiteralDatabase result;
    result.state_ = std::move(state);
    return result;
}

std::size_t LiteralDatabase::bytes() const {
    std::size_t size = 0;
    if (state_) hs_database_size(state_->database, &size);
    return size;
}

void LiteralDatabase::scan(std::span<const std::byte> octets, const Scratch& scratch,
                           HitSink& sink) const {
    if (!state_ || octets.empty()) return;
    const std::size_t overlap = state_->longest - 1;
    for (std::size_t begin = 0; begin < octets.size(); begin += largest_piece) {
        const std::size_t from = begin - std::min(begin, overlap);
        const std::size_t end = std::min(octets.size(), begin + largest_piece);
        Piece piece{sink, from, begin};
        hs_scan(state_->database, reinterpret_cast<const char*>(octets.data()) + from,
                static_cast<unsigned>(end - from), 0, scratch.state_->scratch, on_match, &piece);
    }
}

void LiteralDatabase::scan_name(std::string_view name, const Scratch& scratch,
                                HitSink& sink) const {
    const auto tell = [](unsigned id, unsigned long long, unsigned long long, unsigned,
                         void* context) {
        static_cast<HitSink*>(context)->hit(id, 0);
        return 0;
    };
    const std::string_view text = name.substr(0, largest_piece);
    hs_scan(state_->database, text.empty() ? "" : text.data(), static_cast<unsigned>(text.size()),
            0, scratch.state_->scratch, tell, &sink);
}

Scratch::Scratch(std::span<const LiteralDatabase* const> databases)
    : state_(std::make_unique<State>()) {
    for (const LiteralDatabase* database : databases) {
        if (database->empty()) continue;
        if (hs_alloc_scratch(database->state_->database, &state_->scratch) != HS_SUCCESS) {
            throw std::bad_alloc();
        }
    }
}

Scratch::Scratch(std::unique_ptr<State> state) : state_(std::move(state)) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;

Scratch Scratch::like(const Scratch& other) {
    auto state = std::make_unique<State>();
    if (other.state_->scratch &&
        hs_clone_scratch(other.state_->scratch, &state->scratch) != HS_SUCCESS) {
        throw std::bad_alloc();
    }
    return Scratch(std::move(state));
}

}  // namespace postern::signatures
