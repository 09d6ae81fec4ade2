// SPDX-License-Identifier: Apache-2.0
#include "mime/boundaries.h"

namespace postern::mime {

namespace {

bool only_blanks(std::string_view text) {
    return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

void Boundaries::push(std::string boundary) {
    open_.push_back(std::move(boundary));
    remembered_ = false;
}

void Boundaries::pop() {
    open_.pop_back();
    // What was found may have been the boundary that is gone; "nothing" stays true with fewer of
    // them.
    if (found_ && found_->level >= open_.size()) remembered_ = false;
}

std::optional<Delimiter> Boundaries::at(std::size_t line) const {
    if (text_.substr(line, 2) != "--") return std::nullopt;
    const std::size_t end = next_line(text_, line);
    std::string_view rest = text_.substr(line + 2, end - line - 2);
    if (rest.ends_with('\n')) rest.remove_suffix(1);
    for (std::size_t level = open_.size(); level-- > 0;) {
        if (!rest.starts_with(open_[level])) continue;
        const std::string_view tail = rest.substr(open_[level].size());
        if (tail.starts_with("--") && only_blanks(tail.substr(2)))
            return Delimiter{line, end, level, true};
        if (only_blanks(tail)) return Delimiter{line, end, level, false};
    }
    return std::nullopt;
}

std::optional<Delimiter> Boundaries::find(std::size_t line) {
    const bool known = remembered_ && searched_from_ <= line && (!found_ || line <= found_->begin);
    if (!known) {
        found_ = search(line);
        searched_from_ = line;
        remembered_ = true;
    }
    return found_;
}

// Base64 contains no '-', so it is passed at the speed of memchr, whatever the length of its lines.
std::optional<Delimiter> Boundaries::search(std::size_t line) const {
    if (open_.empty()) return std::nullopt;
    for (std::size_t dash = text_.find('-', line); dash != std::string_view::npos;
         dash = text_.find('-', dash + 1)) {
        if (dash != line && text_[dash - 1] != '\n') continue;
        if (const auto delimiter = at(dash)) return delimiter;
    }
    return std::nullopt;
}

std::size_t next_line(std::string_view text, std::size_t at) {
    const std::size_t end = text.find('\n', at);
    return end == std::string_view::npos ? text.size() : end + 1;
}

std::size_t before_line_end(std::string_view text, std::size_t begin, std::size_t end) {
    if (end > begin && text[end - 1] == '\n') --end;
    if (end > begin && text[end - 1] == '\r') --end;
    return end;
}

}  // namespace postern::mime
