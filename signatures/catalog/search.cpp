// SPDX-License-Identifier: Apache-2.0
// Bodies are searched as they are written, in hex: a run of digits is found at even places alone.
#include "signatures/catalog/search.h"

#include "signatures/catalog/parsed_line.h"
#include "signatures/clamav/hex.h"

#include <algorithm>
#include <set>

namespace postern::signatures {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; }

template <typename Change>
std::string changed(std::string_view text, Change change) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), change);
    return out;
}

std::string wide(std::string_view text) {
    std::string out;
    for (const char c : text) out.append(1, c).append(1, '\0');
    return out;
}

bool is_digit(char c) { return clamav::hex_digit(c) >= 0; }

// `hex` at the border of an octet of a run of digits. Both in lower case.
bool holds_hex(std::string_view text, std::string_view hex) {
    for (std::size_t at = text.find(hex); at != text.npos; at = text.find(hex, at + 1)) {
        std::size_t run = at;
        while (run > 0 && (is_digit(text[run - 1]) || text[run - 1] == '?')) --run;
        if ((at - run) % 2 == 0) return true;
    }
    return false;
}

bool is_hex(std::string_view text) {
    return text.size() >= 4 && text.size() % 2 == 0 && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_written_in_hex(const Entry& entry) {
    return entry.kind == SignatureKind::body || entry.kind == SignatureKind::logical;
}

// Digits of a body are octets, whatever word they look like: of what is written in hex, what is not hex.
std::string_view beside_hex(const Entry& entry, std::string_view text) {
    if (!is_written_in_hex(entry)) return text;
    const std::size_t first = text.find('/');
    return first == text.npos ? std::string_view() : text.substr(first, text.rfind('/') + 1 - first);
}

}  // namespace

std::string_view name_of(FoundAs as) {
    switch (as) {
        case FoundAs::name: return "name";
        case FoundAs::octets: return "octets";
        case FoundAs::hex: return "hex";
        case FoundAs::written: break;
    }
    return "written";
}

SearchText::SearchText(std::string_view text) : text_(text), lower_(changed(text, lower)) {
    if (is_hex(text)) hex_ = lower_;
    if (text.size() < 2) return;
    const std::set<std::string> spellings{text_, lower_, changed(text, upper)};
    for (const std::string& one : spellings) {
        encoded_.push_back(clamav::to_hex(one));
        encoded_.push_back(clamav::to_hex(wide(one)));
    }
}

std::optional<FoundAs> SearchText::in(const Entry& entry) const {
    if (changed(entry.name, lower).find(lower_) != std::string::npos) return FoundAs::name;
    // The name stands first in all lines but those of digests.
    const std::size_t name = is_digest(entry.kind) ? 0 : entry.text.find_first_of(":;={");
    const std::string_view text = entry.text.substr(std::min(name, entry.text.size()));
    const std::string written = changed(text, lower);
    if (is_written_in_hex(entry)) {
        const auto holds = [&](const std::string& hex) { return holds_hex(written, hex); };
        if (std::any_of(encoded_.begin(), encoded_.end(), holds)) return FoundAs::octets;
        if (!hex_.empty() && holds_hex(written, hex_)) return FoundAs::hex;
    }
    if (beside_hex(entry, text).find(text_) != text.npos) return FoundAs::written;
    if (is_digest(entry.kind) && written.find(lower_) != written.npos) return FoundAs::written;
    return std::nullopt;
}

std::optional<Target> target_of(const Entry& entry) {
    if (!is_written_in_hex(entry)) return std::nullopt;
    Diagnostics told;
    const auto parsed = parse_line(entry.format, entry.text, entry.file, told);
    if (!parsed) return std::nullopt;
    if (const auto* body = std::get_if<BodySignature>(&*parsed)) return body->target;
    return std::get<LogicalSignature>(*parsed).description.target;
}

}  // namespace postern::signatures
