// SPDX-License-Identifier: Apache-2.0
// Deflate by zlib, which can be stopped anywhere; the one-shot way is expand/one_shot.h.
#include "engine/expand/decoder.h"

#include <zlib.h>

#include <new>

namespace postern::engine::expand {
namespace {

class Inflater : public Decoder {
public:
    explicit Inflater(Framing framing) {
        if (inflateInit2(&stream_, window_bits(framing)) != Z_OK) throw std::bad_alloc();
    }
    ~Inflater() override { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    Turn turn(Octets input, std::span<std::byte> room) override {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(input.data()));
        stream_.avail_in = static_cast<uInt>(input.size());
        stream_.next_out = reinterpret_cast<Bytef*>(room.data());
        stream_.avail_out = static_cast<uInt>(room.size());
        const int code = inflate(&stream_, Z_NO_FLUSH);
        return {input.size() - stream_.avail_in, room.size() - stream_.avail_out, state_of(code)};
    }

private:
    static int window_bits(Framing framing) {
        constexpr int largest_window = 15, gzip_header = 16;
        if (framing == Framing::raw) return -largest_window;
        return framing == Framing::zlib ? largest_window : largest_window + gzip_header;
    }

    static State state_of(int code) {
        if (code == Z_STREAM_END) return State::end;
        return code == Z_OK || code == Z_BUF_ERROR ? State::more : State::damaged;
    }

    z_stream stream_{};
};

}  // namespace

std::unique_ptr<Decoder> make_inflater(Framing framing) { return std::make_unique<Inflater>(framing); }

}  // namespace postern::engine::expand
