// SPDX-License-Identifier: Apache-2.0
#include "relay/header_filter.h"

#include "relay/command.h"

namespace postern::relay {

namespace {

constexpr std::size_t most_held = 80;
constexpr std::size_t most_watched = 2000;

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
bool is_separator(char c) {
    return is_blank(c) || c == '\r' || c == '\n' || c == '(' || c == ')' || c == ';';
}

// The words of a Received value, cut at blanks, comments' parentheses and the semicolon.
std::string_view next_word(std::string_view& text) {
    while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
    std::size_t end = 0;
    while (end < text.size() && !is_separator(text[end])) ++end;
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

bool is_by(std::string_view value, std::string_view hostname) {
    for (std::string_view word = next_word(value); !word.empty(); word = next_word(value)) {
        if (same_word(word, "by")) return same_word(next_word(value), hostname);
    }
    return false;
}

// "Name" of "Name :..."; empty when the line is no field.
std::string_view field_name(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    std::string_view name = line.substr(0, colon);
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    return name;
}

}  // namespace

HeaderFilter::HeaderFilter(std::string hostname) : hostname_(std::move(hostname)) {}

void HeaderFilter::watch(std::string_view octets) {
    if (watching_)
        watched_ += octets.substr(0, most_watched - std::min(most_watched, watched_.size()));
}

void HeaderFilter::end_of_field() {
    if (watching_ && is_by(watched_, hostname_)) ++received_here_;
    watching_ = false;
    watched_.clear();
}

// held_ is as much of the line as the decision needs.
void HeaderFilter::decide(std::string& out) {
    if (!is_blank(held_.front())) {
        end_of_field();
        const std::string_view name = field_name(held_);
        dropping_ = same_word(name, scan_field);
        watching_ = same_word(name, "Received");
        if (watching_) ++received_;
        if (watching_) watched_ = held_.substr(held_.find(':') + 1);
    } else {
        watch(held_);
    }
    if (!dropping_) out += held_;
    const bool whole = held_.ends_with("\r\n");
    cr_before_ = held_.ends_with('\r');
    held_.clear();
    state_ = whole ? State::line_start : dropping_ ? State::drop : State::keep;
}

void HeaderFilter::line_start(std::string_view& input, std::string& out) {
    while (!input.empty() && held_.size() < most_held) {
        held_ += input.front();
        input.remove_prefix(1);
        if (held_ == "\r\n") {
            end_of_field();
            out += held_;
            held_.clear();
            state_ = State::body;
            return;
        }
        if (held_.back() == ':' || is_blank(held_.front()) || held_.ends_with("\r\n"))
            return decide(out);
    }
    if (held_.size() == most_held) decide(out);
}

void HeaderFilter::rest_of_line(std::string_view& input, std::string& out) {
    std::size_t end = 0;
    bool whole = false;
    while (end < input.size() && !whole) {
        const std::size_t lf = input.find('\n', end);
        if (lf == std::string_view::npos) {
            end = input.size();
            break;
        }
        whole = lf == 0 ? cr_before_ : input[lf - 1] == '\r';
        end = lf + 1;
    }
    const std::string_view line = input.substr(0, end);
    if (state_ == State::keep) out += line;
    watch(line);
    cr_before_ = !line.empty() && line.back() == '\r';
    input.remove_prefix(end);
    if (whole) state_ = State::line_start;
}

void HeaderFilter::feed(std::string_view input, std::string& out) {
    while (!input.empty()) {
        switch (state_) {
            case State::line_start:
                line_start(input, out);
                break;
            case State::keep:
            case State::drop:
                rest_of_line(input, out);
                break;
            case State::body:
                out += input;
                return;
        }
    }
}

void HeaderFilter::finish(std::string& out) {
    end_of_field();
    out += held_;
    held_.clear();
}

}  // namespace postern::relay
