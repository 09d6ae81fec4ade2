// SPDX-License-Identifier: Apache-2.0
// The Budget counts for the whole message and may be asked by other tasks meanwhile, so what remains is
// only a hint; the charge itself decides.
#include "engine/expand/production.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace postern::engine::expand {
namespace {

// How much a decoder may write before the Budget is asked.
constexpr std::size_t smallest_chunk = 4096;
constexpr std::size_t largest_chunk = 262144;

}  // namespace

std::span<std::byte> Production::room() {
    // In step with what has come out, so that ten thousand small members do not cost large blocks each.
    const std::size_t n = std::clamp(buffer_.size(), smallest_chunk, largest_chunk);
    const std::size_t spare = buffer_.capacity() - buffer_.size();
    return {buffer_.grow(spare >= smallest_chunk ? std::min(spare, n) : n),
            spare >= smallest_chunk ? std::min(spare, n) : n};
}

bool Production::commit(std::size_t n) {
    if (refused_) return false;
    if (!in_time()) return false;
    const std::uint64_t so_far = buffer_.size();
    const std::uint64_t most = budget_.limits().member_bytes;
    const std::uint64_t granted = std::min(budget_.remaining(), most > so_far ? most - so_far : 0);
    const std::size_t kept = static_cast<std::size_t>(std::min<std::uint64_t>(n, granted));
    // What fits is kept: the octets up to the limit are scanned.
    // Another task may have taken what was left in between: then none of it is kept.
    if (const auto limit = budget_.produce_member(kept, so_far)) return refuse(*limit);
    buffer_.commit(kept);
    if (kept == n) return true;
    if (const auto limit = budget_.produce_member(n - kept, buffer_.size())) return refuse(*limit);
    budget_.give_back(n - kept);  // room was made meanwhile; the octets are gone all the same
    return refuse(Limit::produced_bytes);
}

bool Production::append(Octets bytes) {
    if (const std::span<std::byte> whole = all_at_once(bytes.size()); !whole.empty()) {
        std::memcpy(whole.data(), bytes.data(), whole.size());
        settle(bytes.size(), bytes.size());
        return in_time();
    }
    while (!bytes.empty()) {
        const std::size_t n = std::min(bytes.size(), largest_chunk);
        std::memcpy(buffer_.grow(n), bytes.data(), n);
        if (!commit(n)) return false;
        bytes = bytes.subspan(n);
    }
    return true;
}

bool Production::append_zeros(std::uint64_t n) {
    while (n > 0) {
        const std::span<std::byte> space = room();
        const std::size_t now = static_cast<std::size_t>(std::min<std::uint64_t>(n, space.size()));
        std::memset(space.data(), 0, now);
        if (!commit(now)) return false;
        n -= now;
    }
    return true;
}

std::span<std::byte> Production::all_at_once(std::uint64_t n) {
    if (n > budget_.remaining() || refused_ || budget_.produce_member(n, buffer_.size())) return {};
    return {buffer_.grow(static_cast<std::size_t>(n)), static_cast<std::size_t>(n)};
}

void Production::settle(std::uint64_t n, std::size_t written) {
    budget_.give_back(n - written);
    buffer_.commit(written);
}

bool Production::in_time() {
    if (!refused_) refused_ = budget_.out_of_time();
    return !refused_;
}

bool Production::refuse(Limit limit) {
    if (!refused_) refused_ = limit;
    return false;
}

void Production::forget() {
    budget_.give_back(buffer_.size());
    buffer_.clear();
}

mime::Buffer Production::take() {
    buffer_.shrink();
    return std::move(buffer_);
}

}  // namespace postern::engine::expand
