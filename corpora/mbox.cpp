// SPDX-License-Identifier: Apache-2.0
// The search is one pass of memmem for "\nFrom "; only where it hits are lines looked at.
#include "corpora/mbox.h"

#include "corpora/lines.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace postern::corpora {
namespace {

constexpr std::string_view from = "From ";
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// 9:05, 09:05, 09:05:33
bool is_time(std::string_view word) {
    const std::size_t colon = word.find(':');
    if (colon != 1 && colon != 2) return false;
    return std::ranges::all_of(word.substr(0, colon), is_digit) && word.size() >= colon + 3 &&
           is_digit(word[colon + 1]) && is_digit(word[colon + 2]);
}

// True when text at `begin` is a separator's "From " line and a field follows it.
bool separates(std::string_view text, std::size_t begin) {
    if (!is_from_line(line_at(text, begin))) return false;
    const std::string_view next = line_at(text, next_line(text, begin));
    return !field_name(next).empty() || next.starts_with(">From ");
}

// Where the empty line in front of `begin` starts; `begin` itself when no empty line is there.
std::size_t before_empty_line(std::string_view text, std::size_t begin) {
    std::size_t end = begin;
    if (end == 0 || text[end - 1] != '\n') return begin;
    --end;
    if (end > 0 && text[end - 1] == '\r') --end;
    return end > 0 && text[end - 1] == '\n' ? end : begin;
}

// The next separator whose "From " line starts behind `begin`; text.size() when there is none.
std::size_t find_separator(std::string_view text, std::size_t begin) {
    constexpr std::string_view needle = "\nFrom ";
    while (begin < text.size()) {
        const void* hit =
            ::memmem(text.data() + begin, text.size() - begin, needle.data(), needle.size());
        if (hit == nullptr) break;
        const auto line = static_cast<std::size_t>(static_cast<const char*>(hit) - text.data()) + 1;
        if (before_empty_line(text, line) != line && separates(text, line)) return line;
        begin = line;
    }
    return text.size();
}

}  // namespace

bool is_from_line(std::string_view line) {
    if (!line.starts_with(from)) return false;
    bool month = false;
    bool time = false;
    std::size_t at = from.size();
    while (at < line.size()) {
        const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
        const std::string_view word = line.substr(at, end - at);
        month = month || std::ranges::find(months, word) != months.end();
        time = time || is_time(word);
        at = end + 1;
    }
    return month && time;
}

bool begins_like_mbox(std::string_view text) {
    return separates(text, 0);
}

bool has_two_messages(std::string_view text) {
    return begins_like_mbox(text) && find_separator(text, next_line(text, 0)) < text.size();
}

MboxSplitter::MboxSplitter(std::string_view text) : text_(text), begin_(next_line(text, 0)) {}

std::optional<mime::ByteRange> MboxSplitter::next() {
    if (done_) return std::nullopt;
    const std::size_t separator = find_separator(text_, begin_);
    const mime::ByteRange message{begin_, std::max(begin_, before_empty_line(text_, separator))};
    done_ = separator == text_.size();
    begin_ = done_ ? separator : next_line(text_, separator);
    return message;
}

}  // namespace postern::corpora
