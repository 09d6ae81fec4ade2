// SPDX-License-Identifier: Apache-2.0
// The readings of a leaf: what its header declares, then what else its octets could be taken for.
#include "mime/reading.h"

#include "mime/base64.h"
#include "mime/embedded.h"
#include "mime/undeclared_parts.h"

#include <algorithm>
#include <cstring>

namespace postern::mime {

namespace {

// A body is judged by windows spread over it, so that the judgement costs the same for any size.
constexpr std::size_t windows = 16;
constexpr std::size_t window_size = 256;

// The share of a base64 body outside the alphabet from which on it is taken for something else: one
// in 8.
constexpr std::size_t strange_share = 8;

std::size_t strange_octets(std::span<const std::byte> window) {
    return static_cast<std::size_t>(std::ranges::count_if(window, [](std::byte octet) {
        const auto c = static_cast<std::uint8_t>(octet);
        return base64_value(c) >= 64 && c != '=' && c != '\r' && c != '\n';
    }));
}

// Plainly no base64: many blanks or other octets that base64 has not.
bool is_no_base64(std::span<const std::byte> body) {
    std::size_t looked_at = 0;
    std::size_t strange = 0;
    const std::size_t step = std::max(window_size, body.size() / windows);
    for (std::size_t at = 0; at < body.size(); at += step) {
        const auto window = body.subspan(at, std::min(window_size, body.size() - at));
        looked_at += window.size();
        strange += strange_octets(window);
    }
    return strange * strange_share > looked_at;
}

bool looks_quoted_printable(std::span<const std::byte> body) {
    const std::string_view text(reinterpret_cast<const char*>(body.data()), body.size());
    const auto is_hex = [](char c) {
        return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
    };
    std::size_t at = text.find('=');
    for (int tries = 0; tries < 64 && at != std::string_view::npos; ++tries) {
        const std::string_view behind = text.substr(at + 1, 2);
        if (behind.starts_with('\n') || behind == "\r\n") return true;
        if (behind.size() == 2 && is_hex(behind[0]) && is_hex(behind[1])) return true;
        at = text.find('=', at + 1);
    }
    return false;
}

// How else readers take such a body.
std::vector<Reading> with_padding_in_the_middle(ByteRange body) {
    std::vector<Reading> readings;
    for (const Base64Padding padding : {Base64Padding::stop, Base64Padding::ignore}) {
        readings.push_back({TransferEncoding::base64, body, padding, "padding in the middle", {}});
    }
    return readings;
}

// Whether '=' in the middle of base64 is looked for, or left to whoever decodes it.
enum class Padding { looked_for, left };

class Collector {
public:
    Collector(const Entity& leaf, std::span<const std::byte> bytes, Padding padding)
        : leaf_(leaf), bytes_(bytes), body_(slice(bytes, leaf.body_range)), padding_(padding) {}

    std::vector<Reading> collect() {
        if (leaf_.encodings.empty()) declared(TransferEncoding::identity);
        for (const TransferEncoding encoding : leaf_.encodings) declared(encoding);
        if (textual_) embedded();
        return std::move(readings_);
    }

private:
    void declared(TransferEncoding encoding) {
        switch (encoding) {
            case TransferEncoding::base64:
                base64();
                break;
            case TransferEncoding::unknown:
                unknown();
                break;
            case TransferEncoding::identity:
            case TransferEncoding::quoted_printable:
                textual_ = true;
                add({encoding, leaf_.body_range, {}, "declared", {}});
                break;
            case TransferEncoding::uuencode:
            case TransferEncoding::yenc:
            case TransferEncoding::binhex:
                textual_ = true;
                framed_.push_back(encoding);
                break;
        }
    }

    void base64() {
        add({TransferEncoding::base64,
             leaf_.body_range,
             Base64Padding::new_quantum,
             "declared",
             {}});
        if (padding_ == Padding::looked_for && has_padding_in_the_middle(body_)) {
            for (Reading& reading : with_padding_in_the_middle(leaf_.body_range)) add(std::move(reading));
        }
        if (!is_no_base64(body_)) return;
        textual_ = true;
        add({TransferEncoding::identity, leaf_.body_range, {}, "does not look like base64", {}});
    }

    // A name that nobody knows: by what the content looks like, and as it stands.
    void unknown() {
        textual_ = true;
        if (looks_quoted_printable(body_)) {
            add({TransferEncoding::quoted_printable,
                 leaf_.body_range,
                 {},
                 "looks like quoted-printable",
                 {}});
        }
        add({TransferEncoding::identity, leaf_.body_range, {}, "unknown encoding", {}});
    }

    void embedded() {
        // Octets that should have been a structure, or whose encoding is unknown, have no reading
        // that readers agree on: there the smaller threshold holds. The same for what is no text and
        // should not stand in mail as it is.
        const bool ordinary =
            leaf_.media_type.starts_with("text/") &&
            std::ranges::find(leaf_.encodings, TransferEncoding::unknown) == leaf_.encodings.end();
        std::vector<Reading> found;
        find_embedded(leaf_.body_range, bytes_, ordinary ? text_threshold : sweep_threshold, found);
        for (const TransferEncoding encoding : framed_) framed(encoding, found);
        find_undeclared_parts(leaf_.body_range, bytes_, found);
        for (Reading& reading : found) add(std::move(reading));
    }

    // A declared uuencode, yEnc or BinHex is read file by file where its frames are found, else
    // whole.
    void framed(TransferEncoding encoding, std::vector<Reading>& found) {
        bool any = false;
        for (Reading& reading : found) {
            if (reading.encoding != encoding) continue;
            reading.why = "declared";
            any = true;
        }
        if (!any) add({encoding, leaf_.body_range, {}, "declared", {}});
    }

    void add(Reading reading) {
        const auto same = [&](const Reading& known) {
            return known.encoding == reading.encoding && known.range == reading.range &&
                   known.padding == reading.padding && known.boundary == reading.boundary;
        };
        const auto known = std::ranges::find_if(readings_, same);
        if (known == readings_.end()) {
            readings_.push_back(std::move(reading));
        } else if (known->filename.empty()) {
            known->filename = std::move(reading.filename);
        }
    }

    const Entity& leaf_;
    std::span<const std::byte> bytes_;
    std::span<const std::byte> body_;
    Padding padding_;
    std::vector<TransferEncoding> framed_;
    bool textual_ = false;  // some reading takes the body for text, which may hold files
    std::vector<Reading> readings_;
};

}  // namespace

std::vector<Reading> readings_of(const Entity& leaf, std::span<const std::byte> bytes) {
    return Collector(leaf, bytes, Padding::looked_for).collect();
}

std::vector<Reading> readings_before(const Entity& leaf, std::span<const std::byte> bytes) {
    return Collector(leaf, bytes, Padding::left).collect();
}

std::vector<Reading> readings_after(const Reading& decoded, const DecodeResult& result) {
    const bool declared = decoded.encoding == TransferEncoding::base64 && decoded.why == "declared";
    if (!declared || !result.padding_in_the_middle) return {};
    return with_padding_in_the_middle(decoded.range);
}

std::vector<Reading> sweep(ByteRange range, std::span<const std::byte> bytes) {
    std::vector<Reading> readings;
    find_embedded(range, bytes, sweep_threshold, readings);
    find_undeclared_parts(range, bytes, readings);
    for (Reading& reading : readings) reading.why = "found outside of every entity";
    return readings;
}

}  // namespace postern::mime
