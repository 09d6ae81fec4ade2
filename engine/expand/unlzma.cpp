// SPDX-License-Identifier: Apache-2.0
// The LZMA family by liblzma, whose memory limit keeps a declared window of gigabytes from being allocated.
#include "engine/expand/decoder.h"

#include <lzma.h>

#include <new>

namespace postern::engine::expand {
namespace {

// What the decoder needs beside its window.
constexpr std::uint64_t overhead = std::uint64_t{1} << 20;

class Unlzma : public Decoder {
public:
    explicit Unlzma(const Limits& limits) {
        if (lzma_auto_decoder(&stream_, limits.dictionary_bytes + overhead, 0) != LZMA_OK)
            throw std::bad_alloc();
    }
    ~Unlzma() override { lzma_end(&stream_); }
    Unlzma(const Unlzma&) = delete;
    Unlzma& operator=(const Unlzma&) = delete;

    Turn turn(Octets input, std::span<std::byte> room) override {
        stream_.next_in = reinterpret_cast<const std::uint8_t*>(input.data());
        stream_.avail_in = input.size();
        stream_.next_out = reinterpret_cast<std::uint8_t*>(room.data());
        stream_.avail_out = room.size();
        const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
        if (code == LZMA_MEM_ERROR) throw std::bad_alloc();
        return {input.size() - stream_.avail_in, room.size() - stream_.avail_out, state_of(code)};
    }

private:
    static State state_of(lzma_ret code) {
        switch (code) {
            case LZMA_STREAM_END: return State::end;
            case LZMA_OK:
            case LZMA_BUF_ERROR: return State::more;
            case LZMA_MEMLIMIT_ERROR: return State::dictionary;
            default: return State::damaged;
        }
    }

    lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

std::unique_ptr<Decoder> make_unlzma(const Limits& limits) { return std::make_unique<Unlzma>(limits); }

}  // namespace postern::engine::expand
