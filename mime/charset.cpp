// SPDX-License-Identifier: Apache-2.0
#include "mime/charset.h"

#include "mime/base64.h"
#include "mime/header_block.h"
#include "mime/quoted_printable.h"

#include <algorithm>
#include <array>

#include <iconv.h>

namespace postern::mime {

namespace {

// Names are short; what is longer than this stays as it is.
constexpr std::size_t longest_conversion = 64 * 1024;
constexpr std::size_t longest_charset = 40;

class Converter {
public:
    explicit Converter(const char* charset) : handle_(::iconv_open("UTF-8", charset)) {}
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    ~Converter() {
        if (known()) ::iconv_close(handle_);
    }
    bool known() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

    std::optional<std::string> convert(std::string_view octets) {
        std::string input(octets);
        std::string output(octets.size() * 6 + 16, '\0');  // no charset needs more UTF-8 an octet
        char* in = input.data();
        char* out = output.data();
        std::size_t in_left = input.size();
        std::size_t out_left = output.size();
        if (::iconv(handle_, &in, &in_left, &out, &out_left) == static_cast<std::size_t>(-1)) return {};
        if (::iconv(handle_, nullptr, nullptr, &out, &out_left) == static_cast<std::size_t>(-1)) return {};
        output.resize(output.size() - out_left);
        return output;
    }

private:
    iconv_t handle_;
};

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; });
}

// Names that mail uses for charsets which iconv knows by another, or knows too narrowly.
struct Alias {
    std::string_view name;
    const char* known_as;
};
constexpr Alias aliases[] = {
    {"ks_c_5601-1987", "CP949"}, {"euc-kr", "CP949"},     {"gb2312", "GB18030"}, {"gbk", "GB18030"},
    {"shift_jis", "CP932"},      {"x-sjis", "CP932"},     {"big5", "CP950"},     {"iso-8859-1", "CP1252"},
    {"us-ascii", "CP1252"},      {"iso-8859-8-i", "ISO-8859-8"},
};

std::string iconv_name(const std::string& charset) {
    for (const Alias& alias : aliases) {
        if (alias.name == charset) return alias.known_as;
    }
    return charset;
}

bool is_charset_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_charset && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' || c == '_' ||
               c == ':' || c == '.' || c == '+';
    });
}

std::string text_of(const Buffer& buffer) {
    return {reinterpret_cast<const char*>(buffer.bytes().data()), buffer.size()};
}

template <class Decoder>
std::string decoded_by(Decoder decoder, std::string_view text) {
    Buffer out;
    decoder.decode(std::as_bytes(std::span(text)), out);
    decoder.finish(out);
    return text_of(out);
}

struct EncodedWord {
    std::string_view charset;
    char encoding;
    std::string_view text;
    std::size_t size;  // of the whole word
};

// The encoded word that `text` begins with. Readers allow blanks inside; only "?=" ends it.
std::optional<EncodedWord> encoded_word_at(std::string_view text) {
    if (!text.starts_with("=?")) return std::nullopt;
    const std::size_t charset_end = text.find('?', 2);
    if (charset_end == std::string_view::npos || charset_end + 2 >= text.size()) return std::nullopt;
    if (charset_end - 2 > longest_charset || text[charset_end + 2] != '?') return std::nullopt;
    const char encoding = static_cast<char>(text[charset_end + 1] | 32);
    if (encoding != 'b' && encoding != 'q') return std::nullopt;
    const std::size_t begin = charset_end + 3;
    const std::size_t end = text.find("?=", begin);
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view charset = text.substr(2, charset_end - 2);
    charset = charset.substr(0, charset.find('*'));  // RFC 2231's language
    return EncodedWord{charset, encoding, text.substr(begin, end - begin), end + 2};
}

std::string octets_of(const EncodedWord& word) {
    if (word.encoding == 'b') return decoded_by(Base64Decoder(Base64Padding::new_quantum, nullptr), word.text);
    std::string text(word.text);
    std::ranges::replace(text, '_', ' ');
    return decoded_by(QuotedPrintableDecoder(), text);
}

// Appends the word at `at` and those that follow it with only blanks between; says where they end.
// Neighbours in one charset are converted together, since a character may be cut between them.
std::size_t append_words(std::string_view text, std::size_t at, const EncodedWord& first, std::string& result) {
    std::string octets;
    std::string_view charset = first.charset;
    const auto flush = [&] {
        result += to_utf8(charset, octets).value_or(octets);
        octets.clear();
    };
    std::optional<EncodedWord> word = first;
    while (word) {
        if (!same_name(charset, word->charset)) flush();
        charset = word->charset;
        octets += octets_of(*word);
        at += word->size;
        const std::size_t next = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
        word = encoded_word_at(text.substr(next));
        if (word) at = next;
    }
    flush();
    return at;
}

}  // namespace

std::optional<std::string> to_utf8(std::string_view charset, std::string_view octets) {
    if (octets.size() > longest_conversion || !is_charset_name(charset)) return std::nullopt;
    // Most names are ASCII in a charset that contains it: no table to load for those.
    const std::string name = lower_case(charset);
    constexpr std::array ascii_like{"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"};
    if (is_ascii(octets) && std::ranges::find(ascii_like, name) != ascii_like.end()) {
        return std::string(octets);
    }
    Converter converter(iconv_name(name).c_str());
    if (!converter.known()) return std::nullopt;
    return converter.convert(octets);
}

std::optional<std::string> decode_encoded_words(std::string_view text) {
    std::string result;
    bool any = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto word = encoded_word_at(text.substr(at));
        if (word) {
            any = true;
            at = append_words(text, at, *word, result);
        } else {
            result += text[at++];
        }
    }
    if (!any) return std::nullopt;
    return result;
}

std::string decode_percent(std::string_view text) {
    std::string result;
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        const int letter = (c | 32) - 'a';
        return letter >= 0 && letter < 6 ? letter + 10 : -1;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape =
            text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
        if (escape) {
            result += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

}  // namespace postern::mime
