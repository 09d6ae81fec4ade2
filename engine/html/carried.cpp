// SPDX-License-Identifier: Apache-2.0
#include "engine/html/carried.h"

#include "engine/html/eight_octets.h"
#include "mime/base64.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace postern::engine::html {

namespace {

constexpr std::size_t none = std::string_view::npos;

bool is_line_end(char c) { return c == '\t' || c == '\n' || c == '\r'; }
std::uint8_t octet(char c) { return static_cast<std::uint8_t>(c); }
bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

// Of either alphabet.
constexpr std::array<bool, 256> base64_octets = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")) {
        table[static_cast<std::uint8_t>(c)] = true;
    }
    return table;
}();

bool is_base64(char c) { return base64_octets[octet(c)]; }

// The first octet of a set at or behind a place, remembered: asked for rising places it walks once.
class Next {
public:
    Next(std::string_view text, std::string_view set) : text_(text) {
        for (const char c : set) member_[octet(c)] = true;
    }
    std::size_t from(std::size_t place) {
        if (known_ && place >= asked_ && place <= at_) return at_;
        known_ = true;
        asked_ = place;
        at_ = place;
        while (at_ < text_.size() && !member_[octet(text_[at_])]) ++at_;
        return at_;
    }

private:
    std::string_view text_;
    std::array<bool, 256> member_{};
    bool known_ = false;
    std::size_t asked_ = 0;
    std::size_t at_ = 0;
};

class UriFinder {
public:
    explicit UriFinder(std::string_view text) : text_(text) {}

    std::vector<Carried> run() {
        std::size_t at = 0;
        while ((at = text_.find(':', at)) != none) at = look(at);
        return std::move(found_);
    }

private:
    // From the colon of a scheme; where to go on.
    std::size_t look(std::size_t colon) {
        const std::size_t begin = scheme_begin(colon);
        if (begin == none) return colon + 1;
        const char before = opener(begin);
        const std::size_t header_end = before == '"'    ? double_.from(colon)
                                       : before == '\'' ? single_.from(colon)
                                       : before == '`'  ? back_.from(colon)
                                                        : any_quote_.from(colon);
        const std::size_t comma = comma_.from(colon);
        if (comma >= text_.size() || comma > header_end) return colon + 1;
        return take(text_.substr(colon + 1, comma - colon - 1), comma + 1, before);
    }

    // Backwards over "data", line ends allowed in it; none when it is another word.
    std::size_t scheme_begin(std::size_t colon) const {
        std::size_t at = colon;
        for (const char wanted : {'a', 't', 'a', 'd'}) {
            do {
                if (at == 0) return none;
                --at;
            } while (is_line_end(text_[at]));
            if ((text_[at] | 0x20) != wanted) return none;
        }
        const char before = at > 0 ? text_[at - 1] : ' ';
        const bool word = is_letter(octet(before)) || is_digit(octet(before)) || before == '-' ||
                          before == '_' || before == '.';
        return word ? none : at;
    }

    // The quote or parenthesis around the URI; a blank where there is none.
    char opener(std::size_t begin) const {
        std::size_t blanks = 0;
        while (begin > 0 && is_blank(octet(text_[begin - 1])) && blanks < 64) --begin, ++blanks;
        const char c = begin > 0 ? text_[begin - 1] : ' ';
        return c == '"' || c == '\'' || c == '`' || c == '(' ? c : ' ';
    }

    std::size_t take(std::string_view header, std::size_t begin, char before) {
        const std::string tail = tail_of(header);
        const std::size_t word = tail.rfind(";base64");
        const bool base64 = word != none;
        if (base64) {
            const std::size_t end = base64_end(begin, is_quote(before));
            add(header, text_.substr(begin, end - begin), Coding::base64);
            if (word + 7 == tail.size()) return end;
        }
        const std::size_t end = percent_end(begin, before);
        const std::string_view payload = text_.substr(begin, end - begin);
        const bool typed = header.empty() || header[0] == ';' || header.find('/') != none;
        if (typed || payload.find('%') != none) add(header, payload, Coding::percent);
        // A payload that was none can hide a URI behind itself; but looking again has to stay linear.
        walked_ += payload.size();
        return walked_ <= 4 * text_.size() ? begin : std::max(begin, end);
    }

    // The last of the header, small, without blanks: enough to know ";base64" by.
    static std::string tail_of(std::string_view header) {
        constexpr std::size_t enough = 256;
        std::string tail;
        for (const char c : header.substr(header.size() - std::min(header.size(), enough))) {
            if (!is_blank(octet(c))) tail += static_cast<char>(to_lower(octet(c)));
        }
        return tail;
    }

    std::size_t base64_end(std::size_t at, bool quoted) const {
        while (at < text_.size()) {
            const char c = text_[at];
            const bool inside = is_base64(c) || c == '=' || c == '%' ||
                                (quoted && (is_blank(octet(c)) || c == '\\'));
            if (!inside) break;
            ++at;
        }
        return at;
    }

    std::size_t percent_end(std::size_t at, char before) {
        switch (before) {
            case '"': return double_.from(at);
            case '\'': return single_.from(at);
            case '`': return back_.from(at);
            case '(': return closing_.from(at);
            default: return gap_.from(at);
        }
    }

    void add(std::string_view header, std::string_view payload, Coding coding) {
        if (payload.empty()) return;
        Carried carried;
        carried.payload = std::as_bytes(std::span(payload));
        carried.coding = coding;
        for (const char c : header.substr(0, std::min<std::size_t>(header.find(';'), 128))) {
            if (octet(c) > 0x20 && octet(c) < 0x7f) {
                carried.media_type += static_cast<char>(to_lower(octet(c)));
            }
        }
        found_.push_back(std::move(carried));
    }

    std::string_view text_;
    std::vector<Carried> found_;
    std::size_t walked_ = 0;
    Next comma_{text_, ","};
    Next double_{text_, "\""};
    Next single_{text_, "'"};
    Next back_{text_, "`"};
    Next any_quote_{text_, "\"'`<>"};
    Next closing_{text_, ") \t\n\r\"'>"};
    Next gap_{text_, " \t\n\r\"'`>"};
};

std::string_view view(std::span<const std::byte> text) {
    return {reinterpret_cast<const char*>(text.data()), text.size()};
}

bool all_hexadecimal(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return hex_value(octet(c)) >= 0; });
}

Carried literal(std::string_view text) {
    Carried carried;
    carried.payload = std::as_bytes(std::span(text));
    return carried;
}

}  // namespace

std::vector<Carried> data_uris(std::span<const std::byte> text) { return UriFinder(view(text)).run(); }

// A run of 64 octets has one of its first 64 at a place that 64 divides: only those are looked at, and
// only a run that begins behind a quote is walked to its end.
std::vector<Carried> base64_literals(std::span<const std::byte> bytes) {
    const std::string_view text = view(bytes);
    std::vector<Carried> found;
    for (std::size_t at = least_literal - 1; at < text.size(); at += least_literal) {
        std::size_t begin = at + 1;
        while (begin > 0 && at - begin + 1 < least_literal && is_base64(text[begin - 1])) --begin;
        if (begin > at || begin == 0 || !is_quote(text[begin - 1])) continue;
        std::size_t end = at;
        while (end < text.size() && is_base64(text[end])) ++end;
        std::size_t close = end;
        while (close < text.size() && close < end + 2 && text[close] == '=') ++close;
        const bool quoted = close < text.size() && text[close] == text[begin - 1];
        const std::string_view run = text.substr(begin, end - begin);
        if (quoted && run.size() >= least_literal && !all_hexadecimal(run)) found.push_back(literal(run));
    }
    return found;
}

std::vector<Carried> carried_in_string(std::span<const std::byte> string) {
    const std::string_view text = view(string);
    const bool whole = text.size() >= least_literal && !all_hexadecimal(text) &&
                       std::ranges::all_of(text, [](char c) {
                           return is_base64(c) || c == '=' || is_blank(octet(c));
                       });
    if (whole) return {literal(text)};
    return data_uris(string);
}

bool was_hidden(const DecodedCopy& copy, const Carried& carried) {
    constexpr std::size_t before = 64;
    const auto begin = static_cast<std::size_t>(carried.payload.data() - copy.text.bytes().data());
    const auto first = std::ranges::lower_bound(copy.at, begin - std::min(begin, before));
    return first != copy.at.end() && *first < begin + carried.payload.size();
}

std::size_t decoded_bound(const Carried& carried) { return carried.payload.size() + 3; }

void decode(const Carried& carried, mime::Buffer& out) {
    mime::Buffer plain(carried.payload.size());
    const std::string_view text = view(carried.payload);
    std::byte* to = plain.grow(text.size());
    const bool base64 = carried.coding == Coding::base64;
    for (std::size_t at = 0; at < text.size(); ++at) {
        char c = text[at];
        if (c == '%' && at + 2 < text.size() && hex_value(octet(text[at + 1])) >= 0 &&
            hex_value(octet(text[at + 2])) >= 0) {
            c = static_cast<char>(hex_value(octet(text[at + 1])) << 4 | hex_value(octet(text[at + 2])));
            at += 2;
        } else if (!base64 && is_line_end(c)) {
            continue;  // browsers drop them
        }
        if (base64 && c == '-') c = '+';
        if (base64 && c == '_') c = '/';
        *to++ = static_cast<std::byte>(c);
    }
    plain.commit(static_cast<std::size_t>(to - plain.data()));
    if (!base64) {
        out.append(plain.bytes());
        return;
    }
    mime::Base64Decoder decoder;
    decoder.decode(plain.bytes(), out);
    decoder.finish(out);
}

}  // namespace postern::engine::html
