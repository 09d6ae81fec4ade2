// SPDX-License-Identifier: Apache-2.0
// bzip2 gives a block of up to 900 kB at a time, whole or not at all: so says the format.
#include "engine/expand/decoder.h"

#include <bzlib.h>

#include <new>

namespace postern::engine::expand {
namespace {

class Bunzip2 : public Decoder {
public:
    Bunzip2() {
        if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
    }
    ~Bunzip2() override { BZ2_bzDecompressEnd(&stream_); }
    Bunzip2(const Bunzip2&) = delete;
    Bunzip2& operator=(const Bunzip2&) = delete;

    Turn turn(Octets input, std::span<std::byte> room) override {
        stream_.next_in = reinterpret_cast<char*>(const_cast<std::byte*>(input.data()));
        stream_.avail_in = static_cast<unsigned>(input.size());
        stream_.next_out = reinterpret_cast<char*>(room.data());
        stream_.avail_out = static_cast<unsigned>(room.size());
        const int code = BZ2_bzDecompress(&stream_);
        if (code == BZ_MEM_ERROR) throw std::bad_alloc();
        return {input.size() - stream_.avail_in, room.size() - stream_.avail_out, state_of(code)};
    }

private:
    static State state_of(int code) {
        if (code == BZ_STREAM_END) return State::end;
        return code == BZ_OK ? State::more : State::damaged;
    }

    bz_stream stream_{};
};

}  // namespace

std::unique_ptr<Decoder> make_bunzip2() { return std::make_unique<Bunzip2>(); }

}  // namespace postern::engine::expand
