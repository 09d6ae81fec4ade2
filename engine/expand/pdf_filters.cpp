// SPDX-License-Identifier: Apache-2.0
// Every filter is a function that appends. A predictor, which only pictures and tables have use for, is not
// undone.
#include "engine/expand/pdf_filters.h"

#include "engine/expand/decoder.h"

#include <array>
#include <span>
#include <utility>

namespace postern::engine::expand {
namespace {

struct Name {
    std::string_view full, brief;
    PdfFilter filter;
};
constexpr Name names[] = {{"FlateDecode", "Fl", PdfFilter::flate},
                          {"LZWDecode", "LZW", PdfFilter::lzw},
                          {"ASCII85Decode", "A85", PdfFilter::ascii85},
                          {"ASCIIHexDecode", "AHx", PdfFilter::ascii_hex},
                          {"RunLengthDecode", "RL", PdfFilter::run_length}};

// Collects octets, since the Budget is better asked for many at once.
class Pieces {
public:
    explicit Pieces(Production& out) : out_(out) {}
    ~Pieces() { flush(); }
    // False: the Budget says stop.
    bool add(std::uint8_t octet) {
        piece_[size_++] = static_cast<std::byte>(octet);
        return size_ < piece_.size() || flush();
    }

private:
    bool flush() {
        const std::size_t n = std::exchange(size_, 0);
        return out_.append(std::span(piece_).first(n));
    }

    Production& out_;
    std::array<std::byte, 4096> piece_;
    std::size_t size_ = 0;
};

// Readers take deflate without its header too.
void undo_flate(Octets data, Production& out) {
    run(*make_inflater(Framing::zlib), data, out);
    if (out.bytes().empty() && !out.refused()) run(*make_inflater(Framing::raw), data, out);
}

void undo_ascii_hex(Octets data, Production& out) {
    Pieces pieces(out);
    int high = -1;
    for (const char c : text_of(data)) {
        const char lower = static_cast<char>(c | 0x20);
        const int digit = c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
        if (c == '>') break;
        if (digit < 0) continue;
        if (high >= 0 && !pieces.add(static_cast<std::uint8_t>(high << 4 | digit))) return;
        high = high >= 0 ? -1 : digit;
    }
    if (high >= 0) pieces.add(static_cast<std::uint8_t>(high << 4));
}

// Five digits of base 85 are four octets; n of the last group are n - 1. "z" is four zeros.
void undo_ascii85(Octets data, Production& out) {
    Pieces pieces(out);
    std::uint32_t value = 0;
    unsigned digits = 0;
    const auto write = [&](unsigned octets) {
        for (unsigned i = 0; i < octets; ++i) {
            if (!pieces.add(static_cast<std::uint8_t>(value >> (24 - 8 * i)))) return false;
        }
        value = digits = 0;
        return true;
    };
    for (const char c : text_of(data)) {
        if (c == '~') break;
        if (c == 'z' && digits == 0 && !write(4)) return;
        if (c < '!' || c > 'u') continue;
        value = value * 85 + static_cast<std::uint32_t>(c - '!');
        if (++digits == 5 && !write(4)) return;
    }
    if (digits < 2) return;
    const unsigned octets = digits - 1;
    for (; digits < 5; ++digits) value = value * 85 + 84;
    write(octets);
}

// A count below 128: so many and one more octets follow; above: one octet, 257 less the count times.
void undo_run_length(Octets data, Production& out) {
    Pieces pieces(out);
    for (std::size_t at = 0; at < data.size() && octet_at(data, at) != 128;) {
        const unsigned count = octet_at(data, at++);
        const bool repeated = count > 128;
        const unsigned octets = repeated ? 257 - count : count + 1;
        for (unsigned i = 0; i < octets && at < data.size(); ++i) {
            if (!pieces.add(octet_at(data, at + (repeated ? 0 : i)))) return;
        }
        at += repeated ? 1 : octets;
    }
}

// LZW with codes of 9 to 12 bits, the high bit first, that grow one code early.
class Lzw {
public:
    explicit Lzw(Production& out) : pieces_(out) {}

    void undo(Octets data) {
        constexpr unsigned clear = 256, end = 257;
        std::uint32_t bits = 0;
        unsigned have = 0;
        for (std::size_t at = 0; at < data.size();) {
            for (; have < width() && at < data.size(); have += 8) bits = bits << 8 | octet_at(data, at++);
            if (have < width()) return;
            have -= width();
            const unsigned code = bits >> have & ((1U << (width())) - 1);
            if (code == end) return;
            if (code == clear) {
                next_ = first_free;
                last_ = none;
            } else if (!take(code)) {
                return;
            }
        }
    }

private:
    static constexpr unsigned first_free = 258, most = 4096, none = most;
    unsigned width() const { return next_ < 511 ? 9 : next_ < 1023 ? 10 : next_ < 2047 ? 11 : 12; }

    // Writes what the code stands for. False when it stands for nothing, or the Budget says stop.
    bool take(unsigned code) {
        if (code > next_ || (code == next_ && last_ == none)) return false;
        std::size_t n = 0;
        unsigned from = code == next_ ? last_ : code;
        if (code == next_) ++n;  // its last octet is its own first one
        for (; from > 255; from = before_[from]) text_[n++] = octet_[from];
        text_[n++] = static_cast<std::uint8_t>(from);
        if (code == next_) text_[0] = text_[n - 1];
        if (last_ != none && next_ < most) {
            before_[next_] = static_cast<std::uint16_t>(last_);
            octet_[next_++] = text_[n - 1];
        }
        last_ = code;
        while (n > 0) {
            if (!pieces_.add(text_[--n])) return false;
        }
        return true;
    }

    Pieces pieces_;
    std::array<std::uint16_t, most> before_{};
    std::array<std::uint8_t, most> octet_{};
    std::array<std::uint8_t, most + 1> text_{};  // of one code, backwards
    unsigned next_ = first_free;
    unsigned last_ = none;
};

void undo(PdfFilter filter, Octets data, Production& out) {
    switch (filter) {
        case PdfFilter::flate: return undo_flate(data, out);
        case PdfFilter::lzw: return Lzw(out).undo(data);
        case PdfFilter::ascii85: return undo_ascii85(data, out);
        case PdfFilter::ascii_hex: return undo_ascii_hex(data, out);
        case PdfFilter::run_length: return undo_run_length(data, out);
        case PdfFilter::other: break;
    }
}

}  // namespace

PdfFilter pdf_filter_named(std::string_view name) {
    for (const Name& row : names) {
        if (name == row.full || name == row.brief) return row.filter;
    }
    return PdfFilter::other;
}

void undo_pdf_filters(const std::vector<PdfFilter>& filters, Octets data, Production& out) {
    if (filters.empty() || filters[0] == PdfFilter::other) {
        out.append(data);
        return;
    }
    for (std::size_t i = 0; i < filters.size() && filters[i] != PdfFilter::other && !out.refused(); ++i) {
        const mime::Buffer before = out.take();
        undo(filters[i], i == 0 ? data : before.bytes(), out);
    }
}

}  // namespace postern::engine::expand
