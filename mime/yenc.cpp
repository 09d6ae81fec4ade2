// SPDX-License-Identifier: Apache-2.0
#include "mime/yenc.h"

#include "mime/header_block.h"

namespace postern::mime {

namespace {

bool is_line_end(char c) {
    return c == '\r' || c == '\n';
}

}  // namespace

std::optional<std::string_view> yenc_begin(std::string_view line) {
    if (!line.starts_with("=ybegin ")) return std::nullopt;
    const std::size_t name = line.find(" name=");
    if (name == std::string_view::npos) return std::string_view{};
    return trimmed(line.substr(name + 6));
}

void YencDecoder::decode(std::span<const std::byte> chunk, Buffer& out) {
    out.grow(bound(chunk.size()));
    for (const std::byte octet : chunk) take(static_cast<char>(octet), out);
}

DecodeResult YencDecoder::finish(Buffer&) {
    if (state_ == State::keyword) end_keyword();
    result_.truncated = inside_;
    return result_;
}

void YencDecoder::take(char c, Buffer& out) {
    if (is_line_end(c)) {
        if (state_ == State::keyword) end_keyword();
        state_ = State::line_start;
        return;
    }
    switch (state_) {
        case State::line_start:
            state_ = c == '=' ? State::maybe_keyword : State::data;
            if (c != '=') put(c, out);
            break;
        case State::maybe_keyword:
            if (c == 'y') {
                keyword_size_ = 0;
                state_ = State::keyword;
            } else {
                put(static_cast<char>(c - 64), out);
                state_ = State::data;
            }
            break;
        case State::keyword:
            if (keyword_size_ < keyword_.size()) keyword_[keyword_size_++] = c;
            break;
        case State::data:
            if (c == '=') {
                state_ = State::escape;
            } else {
                put(c, out);
            }
            break;
        case State::escape:
            put(static_cast<char>(c - 64), out);
            state_ = State::data;
            break;
    }
}

void YencDecoder::put(char c, Buffer& out) {
    if (!inside_) {
        ++result_.junk;
        return;
    }
    const auto octet = static_cast<std::byte>(c - 42);
    out.append({&octet, 1});
}

void YencDecoder::end_keyword() {
    const std::string_view keyword(keyword_.data(), keyword_size_);
    if (keyword.starts_with("begin")) inside_ = true;
    if (keyword.starts_with("end")) inside_ = false;
}

}  // namespace postern::mime
