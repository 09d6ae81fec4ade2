// SPDX-License-Identifier: Apache-2.0
// A reader of PDF goes by a table of places, and where the table is wrong it looks for the objects itself.
// Here nothing is believed of the table: whatever stands as "<< ... >> stream" is a stream (ISO 32000-1,
// 7.3.8), in use or not.
//
//  (1) A stream ends where its dictionary says, if "endstream" stands there, and else at the next "endstream".
//  (2) Deflate knows its own end, so an "endstream" inside of what is packed hides nothing.
#include "engine/expand/pdf.h"

#include "engine/expand/pdf_filters.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace postern::engine::expand {
namespace {

constexpr std::string_view blanks("\0\t\n\f\r ", 6);
constexpr std::string_view ends_of_names("\0\t\n\f\r ()<>[]{}/%", 16);
constexpr std::string_view begin_word = "stream", end_word = "endstream";
constexpr std::size_t longest_dictionary = 65536;

std::string_view skip_blanks(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = static_cast<char>(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The name at the beginning of `text`, behind its slash, "#xx" undone; `text` goes on behind it.
std::string take_name(std::string_view& text) {
    const std::string_view written = text.substr(0, text.find_first_of(ends_of_names));
    text.remove_prefix(written.size());
    std::string name;
    for (std::size_t i = 0; i < written.size(); ++i) {
        const bool escape = written[i] == '#' && i + 2 < written.size() && digit_of(written[i + 1]) >= 0 &&
                            digit_of(written[i + 2]) >= 0;
        if (!escape) {
            name += written[i];
            continue;
        }
        name += static_cast<char>(digit_of(written[i + 1]) << 4 | digit_of(written[i + 2]));
        i += 2;
    }
    return name;
}

struct Dictionary {
    std::vector<PdfFilter> filters;  // in the order in which they are undone
    std::optional<std::uint64_t> length;
};

// One name, or several in brackets.
void read_filters(std::string_view& rest, std::vector<PdfFilter>& filters) {
    constexpr std::size_t most = 8;
    filters.clear();
    rest = skip_blanks(rest);
    const bool list = rest.starts_with('[');
    if (list) rest.remove_prefix(1);
    for (;;) {
        rest = skip_blanks(rest);
        if (!rest.starts_with('/') || filters.size() == most) return;
        rest.remove_prefix(1);
        filters.push_back(pdf_filter_named(take_name(rest)));
        if (!list) return;
    }
}

// A number, and no reference to one ("12 0 R").
std::optional<std::uint64_t> read_number(std::string_view rest) {
    rest = skip_blanks(rest);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc()) return std::nullopt;
    rest = skip_blanks(rest.substr(static_cast<std::size_t>(end - rest.data())));
    if (!rest.empty() && digit_of(rest.front()) >= 0) return std::nullopt;
    return value;
}

Dictionary read_dictionary(std::string_view text) {
    Dictionary dictionary;
    for (std::size_t slash; (slash = text.find('/')) != text.npos;) {
        text.remove_prefix(slash + 1);
        const std::string key = take_name(text);
        if (key == "Filter") read_filters(text, dictionary.filters);
        if (key == "Length") dictionary.length = read_number(text);
    }
    return dictionary;
}

// The next word "stream" at or behind `at` that begins one: a dictionary ends before it.
std::size_t next_stream(std::string_view text, std::size_t at) {
    for (; (at = text.find(begin_word, at)) != text.npos; at += begin_word.size()) {
        const std::size_t before = at == 0 ? text.npos : text.find_last_not_of(blanks, at - 1);
        if (before != text.npos && text[before] == '>') return at;
    }
    return at;
}

// Behind the word stands a line end, which is no part of the stream.
std::size_t begin_of_data(std::string_view text, std::size_t word) {
    std::size_t at = word + begin_word.size();
    if (text.substr(at).starts_with('\r')) ++at;
    if (text.substr(at).starts_with('\n')) ++at;
    return at;
}

class PdfReader {
public:
    PdfReader(Octets bytes, Expansion& expansion) : bytes_(bytes), expansion_(expansion) {}

    void read() {
        const std::string_view text = text_of(bytes_);
        std::size_t behind_last = 0;
        for (std::size_t word; (word = next_stream(text, behind_last)) != text.npos && !expansion_.stopped();) {
            const std::size_t from = std::max(behind_last, word - std::min(word, longest_dictionary));
            const std::string_view before = text.substr(from, word - from);
            const std::size_t object = before.rfind("obj");
            const Dictionary dictionary = read_dictionary(object == before.npos ? before : before.substr(object));
            behind_last = stream(dictionary, begin_of_data(text, word));
        }
    }

private:
    // Where the stream that begins at `begin` ends.
    std::size_t stream(const Dictionary& dictionary, std::size_t begin) {
        const std::string_view text = text_of(bytes_);
        std::size_t end = begin;
        bool certain = false;
        if (dictionary.length && *dictionary.length <= text.size() - begin) {
            end = begin + static_cast<std::size_t>(*dictionary.length);
            certain = skip_blanks(text.substr(end, 32)).starts_with(end_word);
        }
        if (!certain) end = std::min(text.find(end_word, begin), text.size());
        const bool knows_its_end = !dictionary.filters.empty() && dictionary.filters[0] == PdfFilter::flate;
        deliver(dictionary, bytes_.subspan(begin, knows_its_end && !certain ? bytes_.size() - begin : end - begin));
        return end;
    }

    void deliver(const Dictionary& dictionary, Octets data) {
        Member member;
        member.name = "stream-" + std::to_string(++count_);
        if (data.empty() || !expansion_.another(member.name)) return;
        Production out(expansion_.budget());
        undo_pdf_filters(dictionary.filters, data, out);
        if (!out.bytes().empty() || out.refused()) expansion_.deliver(std::move(member), out);
    }

    Octets bytes_;
    Expansion& expansion_;
    std::size_t count_ = 0;
};

}  // namespace

void expand_pdf(Octets bytes, Expansion& expansion) { PdfReader(bytes, expansion).read(); }

}  // namespace postern::engine::expand
