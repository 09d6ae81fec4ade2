// SPDX-License-Identifier: Apache-2.0
// hs_scan takes lengths of 32 bits, so octets are handed over in pieces that overlap by the longest
// literal less one; what a piece finds wholly inside the overlap was found before.
#include "signatures/hyperscan.h"

#include <hs.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>

namespace postern::signatures {

struct LiteralDatabase::State {
    hs_database_t* database = nullptr;
    std::size_t longest = 0;
    ~State() { hs_free_database(database); }
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
