// SPDX-License-Identifier: Apache-2.0
#include "mime/uuencode.h"

#include "mime/header_block.h"

#include <algorithm>
#include <cstring>

namespace postern::mime {

namespace {

// ' ' and '`' are both zero.
unsigned sextet(char c) { return (static_cast<unsigned char>(c) - 32U) & 63U; }

bool is_uu_character(char c) { return c >= ' ' && c <= '`'; }

std::size_t characters_for(std::size_t octets) { return (octets + 2) / 3 * 4; }

}  // namespace

std::optional<std::string_view> uuencode_begin(std::string_view line) {
    if (!line.starts_with("begin ")) return std::nullopt;
    const std::size_t mode = line.find_first_not_of(" \t", 6);
    if (mode == std::string_view::npos) return std::nullopt;
    const std::size_t mode_end = line.find_first_not_of("01234567", mode);
    if (mode_end == mode || mode_end == std::string_view::npos) return std::nullopt;
    if (line[mode_end] != ' ' && line[mode_end] != '\t') return std::nullopt;
    const std::string_view name = trimmed(line.substr(mode_end));
    if (name.empty()) return std::nullopt;
    return name;
}

bool is_uuencode_data(std::string_view line) {
    if (line.size() < 2 || !std::ranges::all_of(line, is_uu_character)) return false;
    const std::size_t expected = characters_for(sextet(line[0]));
    return expected > 0 && line.size() - 1 >= expected && line.size() - 1 <= expected + 1;
}

void UuencodeDecoder::decode(std::span<const std::byte> chunk, Buffer& out) {
    out.grow(bound(chunk.size()));
    const char* in = reinterpret_cast<const char*>(chunk.data());
    const char* const end = in + chunk.size();
    while (in != end) {
        const char* const stop = std::find_if(in, end, [](char c) { return c == '\n' || c == '\r'; });
        const std::size_t fits =
            std::min(static_cast<std::size_t>(stop - in), longest_line - line_size_);
        std::memcpy(line_.data() + line_size_, in, fits);
        line_size_ += fits;
        in = stop;
        if (in == end) return;
        end_line(out);
        ++in;
    }
}

DecodeResult UuencodeDecoder::finish(Buffer& out) {
    end_line(out);
    result_.truncated = inside_;
    return result_;
}

void UuencodeDecoder::end_line(Buffer& out) {
    const std::string_view line(line_.data(), line_size_);
    line_size_ = 0;
    if (line.empty()) return;
    if (uuencode_begin(line)) {
        inside_ = true;
    } else if (!inside_) {
        if (is_uuencode_data(line)) {
            decode_line(line, out);
        } else {
            result_.junk += line.size();
        }
    } else if (trimmed(line) == "end") {
        inside_ = false;
    } else if (line.size() == longest_line) {
        result_.junk += line.size();
    } else {
        decode_line(line, out);
    }
}

void UuencodeDecoder::decode_line(std::string_view line, Buffer& out) {
    const std::size_t octets = sextet(line[0]);
    const std::string_view data = line.substr(1);
    const auto at = [&](std::size_t i) { return i < data.size() ? sextet(data[i]) : 0U; };
    std::array<std::byte, 66> decoded{};
    for (std::size_t i = 0, o = 0; o < octets; i += 4, o += 3) {
        const unsigned quantum = at(i) << 18 | at(i + 1) << 12 | at(i + 2) << 6 | at(i + 3);
        decoded[o] = static_cast<std::byte>(quantum >> 16);
        decoded[o + 1] = static_cast<std::byte>(quantum >> 8);
        decoded[o + 2] = static_cast<std::byte>(quantum);
    }
    const std::size_t present = data.empty() ? 0 : std::min(octets, (data.size() * 3 + 3) / 4);
    const std::size_t lost = octets - present;
    const bool fill = filled_ + lost <= present_ + free_fill;
    present_ += present;
    if (fill) filled_ += lost;
    out.append(std::span(decoded).first(fill ? octets : present));
}

}  // namespace postern::mime
