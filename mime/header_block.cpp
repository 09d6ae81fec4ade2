// SPDX-License-Identifier: Apache-2.0
#include "mime/header_block.h"

#include "mime/defect_codes.h"

#include <algorithm>

namespace postern::mime {

namespace {

constexpr std::size_t longest_line = 998;  // RFC 5322 section 2.1.1
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// The name's length, or npos when the line is no field.
std::size_t name_length(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::string_view::npos;
    std::size_t length = colon;
    while (length > 0 && is_blank(line[length - 1])) --length;
    const auto control_or_blank = [](char c) {
        return static_cast<unsigned char>(c) <= 32 || c == 127;
    };
    const std::string_view name = line.substr(0, length);
    return length == 0 || std::ranges::any_of(name, control_or_blank) ? std::string_view::npos
                                                                      : length;
}

bool is_mailbox_line(std::string_view line) {
    return line.starts_with("From ") || line.starts_with(">From ");
}

// The field's value without its folds' line ends and the blanks around it.
std::string unfolded(std::string_view raw) {
    std::string value;
    raw = trimmed(raw);
    value.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const bool line_end =
            raw[i] == '\n' || (raw[i] == '\r' && i + 1 < raw.size() && raw[i + 1] == '\n');
        if (!line_end) value += raw[i];
    }
    return value;
}

class Splitter {
public:
    Splitter(std::string_view text, const Boundaries& boundaries, std::size_t& fields_left)
        : text_(text), boundaries_(boundaries), fields_left_(fields_left) {}

    HeaderBlock split(std::size_t begin) {
        std::size_t line = begin;
        bool ended = false;
        while (line < text_.size() && !ended) {
            const std::size_t next = next_line(text_, line);
            const std::size_t end = before_line_end(text_, line, next);
            if (end == line || boundaries_.at(line)) {
                if (end == line) line = next;
                ended = true;
            } else {
                take({line, end}, line == begin);
                line = next;
            }
        }
        close_field(line);
        block_.body_begin = line;
        if (!ended && !block_.fields.empty()) note(DefectCode::header_not_ended, {line, line});
        if (!block_.fields.empty()) look_at_octets({begin, line});
        return std::move(block_);
    }

private:
    void take(ByteRange line, bool first) {
        const std::string_view octets = text_.substr(line.begin, line.size());
        if (is_blank(octets.front())) {
            if (trimmed(octets).empty()) {
                note(DefectCode::header_fold_blank, line);
                end_here(line.begin);
            }
            return;
        }
        close_field(line.begin);
        if (octets.size() > longest_line) note(DefectCode::header_line_too_long, line);
        const std::size_t length = name_length(octets);
        if (length == std::string_view::npos) {
            if (first && is_mailbox_line(octets)) return;
            if (!block_.stray) note(DefectCode::header_line_without_colon, line);
            end_here(line.begin);
            return;
        }
        if (fields_left_ == 0) {
            note(DefectCode::header_limit, line);
            end_here(line.begin);
            return;
        }
        --fields_left_;
        open_ = HeaderField{std::string(octets.substr(0, length)), {}, {line.begin, line.end}};
        value_begin_ = line.begin + octets.find(':') + 1;
    }

    void close_field(std::size_t at) {
        if (!open_) return;
        const std::size_t end = std::max(value_begin_, before_line_end(text_, value_begin_, at));
        open_->value = unfolded(text_.substr(value_begin_, end - value_begin_));
        open_->range.end = at;
        block_.fields.push_back(std::move(*open_));
        open_.reset();
    }

    void end_here(std::size_t at) {
        if (!block_.stray) block_.stray = at;
    }

    void look_at_octets(ByteRange range) {
        const std::string_view octets = text_.substr(range.begin, range.size());
        const std::size_t nul = octets.find('\0');
        if (nul != std::string_view::npos) {
            note(DefectCode::header_nul, {range.begin + nul, range.begin + nul + 1});
        }
        const auto high = std::ranges::find_if(octets, [](char c) { return (c & 0x80) != 0; });
        if (high != octets.end()) {
            const std::size_t at = range.begin + static_cast<std::size_t>(high - octets.begin());
            note(DefectCode::header_raw_8bit, {at, at + 1});
        }
    }

    // Each kind once a block: a hostile header gives few defects, not millions.
    void note(DefectCode code, ByteRange where) {
        const bool known =
            std::ranges::any_of(block_.defects, [&](const Defect& d) { return d.code == code; });
        if (!known) block_.defects.push_back({code, where});
    }

    std::string_view text_;
    const Boundaries& boundaries_;
    std::size_t& fields_left_;
    HeaderBlock block_;
    std::optional<HeaderField> open_;
    std::size_t value_begin_ = 0;
};

}  // namespace

HeaderBlock split_header(std::string_view text, std::size_t begin, const Boundaries& boundaries,
                         std::size_t& fields_left) {
    return Splitter(text, boundaries, fields_left).split(begin);
}

bool is_field_line(std::string_view line) {
    return name_length(line) != std::string_view::npos;
}

std::size_t skip_prelude(std::string_view text, std::size_t begin) {
    std::size_t at = begin;
    if (text.substr(at).starts_with(byte_order_mark)) at += byte_order_mark.size();
    while (at < text.size()) {
        const std::size_t next = next_line(text, at);
        const std::string_view line = text.substr(at, before_line_end(text, at, next) - at);
        if (is_field_line(line)) return at;
        if (!trimmed(line).empty() && !is_mailbox_line(line)) return begin;
        at = next;
    }
    return begin;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_case(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), lower);
    return result;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n\v\f");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n\v\f") - first + 1);
}

}  // namespace postern::mime
