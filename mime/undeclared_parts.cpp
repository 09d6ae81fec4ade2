// SPDX-License-Identifier: Apache-2.0
#include "mime/undeclared_parts.h"

#include "mime/boundaries.h"
#include "mime/header_block.h"

#include <algorithm>

namespace postern::mime {

namespace {

constexpr std::size_t most_stretches = 1000;
// A header is looked at so far for a Content-* field; this also bounds what many false delimiters cost.
constexpr int most_lines = 32;
constexpr std::size_t longest_token = 998;  // no line of a message is longer (RFC 5322 section 2.1.1)

bool is_content_field(std::string_view line) {
    constexpr std::string_view prefix = "content-";
    return same_name(line.substr(0, prefix.size()), prefix) && is_field_line(line);
}

// Like readers, it passes lines that are no field.
bool begins_with_part_header(std::string_view text) {
    std::size_t line = 0;
    for (int n = 0; n < most_lines && line < text.size(); ++n) {
        const std::size_t next = next_line(text, line);
        const std::size_t end = before_line_end(text, line, next);
        if (end == line) return false;
        if (is_content_field(text.substr(line, end - line))) return true;
        line = next;
    }
    return false;
}

// What stands behind the "--" of a delimiter line, without the blanks that a mailer may have added.
std::string_view token_of(std::string_view line) {
    line.remove_prefix(2);
    const std::size_t last = line.find_last_not_of(" \t\r\n");
    return last == std::string_view::npos ? std::string_view() : line.substr(0, last + 1);
}

class Search {
public:
    explicit Search(std::string_view text) : text_(text) {}

    // The first line at or behind `from` that is a delimiter with a part's header below it.
    std::optional<ByteRange> delimiter(std::size_t from) const {
        for (std::size_t dash = text_.find('-', from); dash != std::string_view::npos;
             dash = text_.find('-', dash + 1)) {
            if (dash != from && text_[dash - 1] != '\n') continue;
            if (text_.substr(dash, 2) != "--") continue;
            const std::size_t next = next_line(text_, dash);
            const std::string_view token = token_of(text_.substr(dash, next - dash));
            if (token.empty() || token.size() > longest_token) continue;
            if (begins_with_part_header(text_.substr(next))) return ByteRange{dash, next};
        }
        return std::nullopt;
    }

    std::string token(ByteRange line) const {
        return std::string(token_of(text_.substr(line.begin, line.size())));
    }

    std::size_t end_of_parts(ByteRange first, const std::string& token) const {
        Boundaries boundaries(text_);
        boundaries.push(token);
        auto found = boundaries.find(first.end);
        while (found && !found->closes) found = boundaries.find(found->end);
        return found ? found->end : text_.size();
    }

private:
    std::string_view text_;
};

}  // namespace

void find_undeclared_parts(ByteRange range, std::span<const std::byte> bytes,
                           std::vector<Reading>& readings) {
    const std::size_t size = std::min(range.end, bytes.size());
    const Search search({reinterpret_cast<const char*>(bytes.data()), size});
    auto line = search.delimiter(std::min(range.begin, size));
    for (std::size_t n = 0; line && n < most_stretches; ++n) {
        Reading reading;
        reading.boundary = search.token(*line);
        // The last one allowed takes the rest with it, so that nothing is passed over.
        const bool last = n + 1 == most_stretches;
        reading.range = {line->begin, last ? size : search.end_of_parts(*line, reading.boundary)};
        reading.why = "looks like parts";
        line = search.delimiter(reading.range.end);
        readings.push_back(std::move(reading));
    }
}

}  // namespace postern::mime
