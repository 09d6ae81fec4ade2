// SPDX-License-Identifier: Apache-2.0
#include "mime/embedded.h"

#include "mime/base64_alphabet.h"
#include "mime/binhex.h"
#include "mime/boundaries.h"
#include "mime/header_block.h"
#include "mime/uuencode.h"
#include "mime/yenc.h"

#include <algorithm>

namespace postern::mime {

namespace {

constexpr std::size_t most_readings = 1000;
constexpr std::size_t name_prefix = 512;  // of a BinHex body: enough for its name

// The alphabet characters of a line that has nothing else but padding and blanks at its end; else
// 0.
std::size_t base64_characters(std::string_view line) {
    std::size_t size = 0;
    while (size < line.size() && base64::values[static_cast<std::uint8_t>(line[size])] < 64) ++size;
    const bool clean = line.find_first_not_of("= \t\r\n", size) == std::string_view::npos;
    return clean ? size : 0;
}

// A data line, or one whose blanks at the end were lost.
bool may_be_uuencode_data(std::string_view line) {
    if (line.empty()) return false;
    const auto in_range = [](char c) { return c >= ' ' && c <= '`'; };
    if (!std::ranges::all_of(line, in_range)) return line == "end";
    const std::size_t octets = (static_cast<unsigned char>(line[0]) - 32U) & 63U;
    return line.size() - 1 <= (octets + 2) / 3 * 4 + 2;
}

class Finder {
public:
    Finder(ByteRange range, std::span<const std::byte> bytes, std::vector<Reading>& readings)
        : text_(reinterpret_cast<const char*>(bytes.data()), std::min(range.end, bytes.size())),
          readings_(readings),
          most_(readings.size() + most_readings),
          line_(std::min(range.begin, text_.size())) {}

    void find(Base64RunThreshold threshold) {
        while (line_ < text_.size()) {
            // An empty line begins and ends nothing, and there may be a hundred million of them.
            if (text_[line_] == '\n') {
                ++line_;
                continue;
            }
            next_ = next_line(text_, line_);
            const std::string_view line = text_.substr(line_, next_ - line_);
            look_at(line);
            extend_run(line, threshold);
            line_ = next_;
        }
        end_run(threshold);
        close(text_.size());
    }

private:
    // Begins and ends the framed kinds.
    void look_at(std::string_view line) {
        switch (line.front()) {
            case 'b':
                if (const auto name = uuencode_begin(line)) begin_uuencode(*name);
                break;
            case 'e':
                if (open_ == TransferEncoding::uuencode && trimmed(line) == "end") close(next_);
                break;
            case '=':
                if (const auto name = yenc_begin(line)) open(TransferEncoding::yenc, *name);
                if (open_ == TransferEncoding::yenc && line.starts_with("=yend")) close(next_);
                break;
            case '(':
                if (line.starts_with(binhex_banner)) begin_binhex();
                break;
            default:
                break;
        }
    }

    void begin_uuencode(std::string_view name) {
        const std::size_t end = next_line(text_, next_);
        const std::string_view data =
            text_.substr(next_, before_line_end(text_, next_, end) - next_);
        if (may_be_uuencode_data(data)) open(TransferEncoding::uuencode, name);
    }

    void begin_binhex() {
        BinhexDecoder decoder;
        Buffer ignored;
        decoder.decode(std::as_bytes(std::span(text_.substr(line_, name_prefix))), ignored);
        open(TransferEncoding::binhex, decoder.name());
    }

    void open(TransferEncoding encoding, std::string_view name) {
        close(line_);
        if (full()) return;
        open_ = encoding;
        open_index_ = readings_.size();
        readings_.push_back(
            {encoding, {line_, text_.size()}, {}, "embedded file", std::string(name)});
    }

    void close(std::size_t at) {
        if (open_ == TransferEncoding::identity) return;
        if (open_index_ + 1 < most_) readings_[open_index_].range.end = at;
        open_ = TransferEncoding::identity;
    }

    // The last reading allowed keeps its range to the end of the text.
    bool full() const { return readings_.size() >= most_; }

    void extend_run(std::string_view line, Base64RunThreshold threshold) {
        const std::size_t characters = base64_characters(line);
        const bool empty = trimmed(line.substr(0, 4)).empty() && trimmed(line).empty();
        if (empty) return;                      // an empty line neither ends a run nor makes one
        const bool last = run_characters_ > 0;  // a run's last line may be short
        if (characters == 0 || (characters < threshold.line && !last)) {
            end_run(threshold);
            return;
        }
        if (run_characters_ == 0) run_begin_ = line_;
        run_characters_ += characters;
        run_end_ = next_;
        if (characters < threshold.line) end_run(threshold);
    }

    void end_run(Base64RunThreshold threshold) {
        if (run_characters_ >= threshold.characters && !full()) {
            readings_.push_back(
                {TransferEncoding::base64, {run_begin_, run_end_}, {}, "looks like base64", {}});
            if (full()) readings_.back().range.end = text_.size();
        }
        run_characters_ = 0;
    }

    std::string_view text_;
    std::vector<Reading>& readings_;
    std::size_t most_;
    std::size_t line_;
    std::size_t next_ = 0;
    TransferEncoding open_ = TransferEncoding::identity;  // the framed file that the cursor is in
    std::size_t open_index_ = 0;
    std::size_t run_begin_ = 0;
    std::size_t run_end_ = 0;
    std::size_t run_characters_ = 0;
};

}  // namespace

void find_embedded(ByteRange range, std::span<const std::byte> bytes, Base64RunThreshold threshold,
                   std::vector<Reading>& readings) {
    Finder(range, bytes, readings).find(threshold);
}

}  // namespace postern::mime
