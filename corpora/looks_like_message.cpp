// SPDX-License-Identifier: Apache-2.0
// What tells a message from a text that merely has colons: fields that mail has and other files do
// not.
//
// Fields are counted until something else comes: one that only mail has decides alone; of those
// that other files know too ("Date:" in a YAML file), two are needed, or one and a properly ended
// header.
#include "corpora/lines.h"
#include "corpora/loader.h"
#include "corpora/mbox.h"

#include <algorithm>
#include <array>

namespace postern::corpora {
namespace {

constexpr std::array<std::string_view, 21> mail_alone = {
    "received",         "return-path",
    "message-id",       "mime-version",
    "delivered-to",     "envelope-to",
    "dkim-signature",   "in-reply-to",
    "arc-seal",         "authentication-results",
    "received-spf",     "content-transfer-encoding",
    "list-unsubscribe", "resent-from",
    "x-mailer",         "errors-to",
    "x-originating-ip", "x-received",
    "x-mozilla-status", "x-mimeole",
    "list-id"};

constexpr std::array<std::string_view, 15> others_too = {
    "from",       "to",     "cc",         "bcc",          "subject",
    "date",       "sender", "reply-to",   "content-type", "content-disposition",
    "references", "status", "x-priority", "organization", "newsgroups"};

// A header of more lines than this without one known field is not mail.
constexpr int most_lines = 200;

template <std::size_t n>
bool one_of(const std::array<std::string_view, n>& names, std::string_view name) {
    return std::ranges::any_of(names, [&](auto known) { return same_ignoring_case(known, name); });
}

// Past a byte order mark, empty lines, and "From " or ">From " lines.
std::size_t first_field(std::string_view text) {
    std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    while (at < text.size() && (text[at] == '\n' || text[at] == '\r')) ++at;
    for (int lines = 0; lines < 3; ++lines) {
        const std::string_view line = line_at(text, at);
        if (!line.starts_with("From ") && !line.starts_with(">From ")) break;
        at = next_line(text, at);
    }
    return at;
}

bool is_folded(std::string_view line) {
    return line.starts_with(' ') || line.starts_with('\t');
}

// Two points are enough: see the head of the file.
int points_of(std::string_view name) {
    if (one_of(mail_alone, name)) return 2;
    return one_of(others_too, name) ? 1 : 0;
}

}  // namespace

bool looks_like_message(std::span<const std::byte> bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    int points = begins_like_mbox(text) ? 2 : 0;
    std::size_t at = first_field(text);
    bool in_field = false;
    for (int lines = 0; points < 2 && lines < most_lines; ++lines) {
        const std::string_view line = line_at(text, at);
        if (line.empty()) return points > 0 && at < text.size();  // a header that ended
        const std::string_view name = field_name(line);
        if (!(in_field && is_folded(line))) {
            if (name.empty()) return false;
            points += points_of(name);
            in_field = true;
        }
        at = next_line(text, at);
    }
    return points >= 2;
}

}  // namespace postern::corpora
