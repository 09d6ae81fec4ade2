// SPDX-License-Identifier: Apache-2.0
// libdeflate wants the whole output at once and keeps nothing on failure; in return it is twice as fast as
// zlib. Its state is one block of memory, made once for an archive.
#include "engine/expand/one_shot.h"

#include <libdeflate.h>

#include <new>

namespace postern::engine::expand {
namespace {

// Deflate expands 1032 times at most; what claims more is a lie. And nothing here looks at the clock, so
// what takes longer than some 30 ms is left to the way by pieces, which does.
bool worth_trying(std::uint64_t size, std::size_t packed) {
    constexpr std::uint64_t largest = 32 << 20;
    return size <= largest && size / 1032 <= static_cast<std::uint64_t>(packed);
}

}  // namespace

struct OneShot::State {
    std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor{
        libdeflate_alloc_decompressor(), &libdeflate_free_decompressor};
};

OneShot::OneShot() : state_(std::make_unique<State>()) {
    if (!state_->decompressor) throw std::bad_alloc();
}
OneShot::~OneShot() = default;

bool OneShot::inflate(Octets packed, std::uint64_t size, Production& out) {
    if (!worth_trying(size, packed.size())) return false;
    const std::span<std::byte> room = out.all_at_once(size);
    if (room.size() != size || size == 0) return false;
    std::size_t read = 0, written = 0;
    const bool done =
        libdeflate_deflate_decompress_ex(state_->decompressor.get(), packed.data(), packed.size(),
                                         room.data(), room.size(), &read, &written) == LIBDEFLATE_SUCCESS &&
        read == packed.size();
    out.settle(size, done ? written : 0);
    return done;
}

bool OneShot::gunzip(Octets packed, Production& out) {
    if (packed.size() < 18) return false;
    const std::uint32_t size = le32(packed, packed.size() - 4);
    if (!worth_trying(size, packed.size())) return false;
    const std::span<std::byte> room = out.all_at_once(size);
    if (room.size() != size || size == 0) return false;
    std::size_t read = 0, written = 0;
    const bool done =
        libdeflate_gzip_decompress_ex(state_->decompressor.get(), packed.data(), packed.size(), room.data(),
                                      room.size(), &read, &written) == LIBDEFLATE_SUCCESS &&
        read == packed.size();
    out.settle(size, done ? written : 0);
    return done;
}

std::uint32_t crc32_of(Octets bytes) { return libdeflate_crc32(0, bytes.data(), bytes.size()); }

}  // namespace postern::engine::expand
