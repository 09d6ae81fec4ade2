// SPDX-License-Identifier: Apache-2.0
// The kinds of text are tried from the most dangerous to the plainest. Only what is certain counts: a text
// that merely contains a command is text.
#include "engine/text_kind.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace postern::engine {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t text_window = 1024;
constexpr std::size_t markup_window = 4096;
constexpr std::size_t header_window = 8192;
// ClamAV normalises no larger text, and making the forms of 76 MB of random data took 1.7 s.
constexpr std::size_t doubtful_text_limit = std::size_t{20} << 20;

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool starts_with_nocase(std::string_view text, std::string_view lower_prefix) {
    return text.size() >= lower_prefix.size() &&
           std::equal(lower_prefix.begin(), lower_prefix.end(), text.begin(),
                      [](char p, char c) { return p == lower(c); });
}

std::string_view without_leading(std::string_view text, std::string_view drop) {
    const std::size_t n = text.find_first_not_of(drop);
    return n == std::string_view::npos ? std::string_view() : text.substr(n);
}

std::string_view without_byte_order_mark(std::string_view text) {
    return text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
}

// Without the byte order mark UTF-16 is not text to the programs that would run it either.
bool is_utf16(Octets content) {
    return content.size() >= 4 && (has_at(content, 0, "\xff\xfe") || has_at(content, 0, "\xfe\xff"));
}

// The ASCII characters of UTF-16 text, for comparing with what is written in ASCII.
std::string narrowed(Octets content) {
    const std::size_t low = has_at(content, 0, "\xff\xfe") ? 0 : 1;
    std::string text;
    for (std::size_t at = 2; at + 1 < std::min(content.size(), 2 * text_window); at += 2) {
        const auto character = octet_at(content, at + low);
        const auto other = octet_at(content, at + 1 - low);
        text += other == 0 && character < 0x80 ? static_cast<char>(character) : '\x7f';
    }
    return text;
}

// What stands behind "#!" must be a program: recordings begin with "#!AMR" and "#!SILK".
bool is_interpreter_line(std::string_view text) {
    if (!text.starts_with("#!")) return false;
    const std::string_view program = without_leading(text.substr(2, 256), " \t");
    if (program.starts_with('/')) return true;
    if (program.size() > 2 && program[1] == ':' && (program[2] == '\\' || program[2] == '/')) return true;
    constexpr std::array known{"perl"sv, "python"sv, "ruby"sv, "php"sv,  "node"sv, "sh"sv, "bash"sv,
                               "env"sv,  "tclsh"sv,  "wish"sv, "lua"sv, "pwsh"sv, "zsh"sv, "ksh"sv};
    const std::string_view word = program.substr(0, program.find_first_of("/ \t\r\n0123456789."));
    return std::ranges::find(known, word) != known.end();
}

// "@echo off" alone on its line, or followed by another command.
bool is_batch(std::string_view text) {
    text = without_leading(text.substr(0, text_window), " \t\r\n");
    if (!starts_with_nocase(text, "@echo")) return false;
    text = without_leading(text.substr(5), " \t");
    if (!starts_with_nocase(text, "off")) return false;
    return text.size() == 3 || " \t\r\n&|>)"sv.find(text[3]) != std::string_view::npos;
}

// What a program at the very start is told by. Registry files and shortcuts are no scripts, but opening
// them changes the machine.
std::optional<FileType> kind_by_opening(std::string_view text) {
    if (is_interpreter_line(text) || is_batch(text)) return FileType::script;
    if (text.starts_with("#@~^")) return FileType::script;  // an encoded VBScript or JScript
    if (text.starts_with("REGEDIT4") || text.starts_with("Windows Registry Editor Version"))
        return FileType::registry;
    const std::string_view line = without_leading(text.substr(0, text_window), " \t\r\n");
    if (starts_with_nocase(line, "[internetshortcut]")) return FileType::internet_shortcut;
    return std::nullopt;
}

// Tags that stand near the start of a page or of a fragment that a mail client would show.
constexpr std::array html_tags{
    "html"sv, "head"sv, "body"sv, "title"sv, "script"sv, "table"sv,  "meta"sv, "iframe"sv, "img"sv,
    "style"sv, "form"sv, "object"sv, "a href"sv, "div"sv, "br"sv, "p"sv, "font"sv, "center"sv, "h1"sv,
    "span"sv, "svg"sv, "!doctype html"sv,
};

// What ClamAV tells a page by, wherever in a text it stands.
constexpr std::array page_tags{"html>"sv, "head>"sv, "iframe"sv, "img"sv, "object"sv, "script"sv, "table"sv};

// `at` is behind the '<'. A tag's name ends where no letter follows.
bool is_tag(std::string_view at, std::string_view name) {
    if (!starts_with_nocase(at, name)) return false;
    return at.size() == name.size() || " \t\r\n/>"sv.find(at[name.size()]) != std::string_view::npos ||
           name.find(' ') != std::string_view::npos;
}

bool is_html_tag(std::string_view tag) {
    return std::ranges::any_of(html_tags, [tag](std::string_view name) { return is_tag(tag, name); });
}

struct Markup {
    bool html = false, script = false, hta = false, job = false, scriptlet = false;
};

Markup markup_of(std::string_view text) {
    Markup seen;
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
        const std::string_view tag = text.substr(at + 1, 32);
        switch (tag.empty() ? '\0' : lower(tag.front())) {
            case 'h': seen.hta = seen.hta || starts_with_nocase(tag, "hta:application"); break;
            case 's':
                seen.script = seen.script || is_tag(tag, "script");
                seen.scriptlet = seen.scriptlet || is_tag(tag, "scriptlet");
                break;
            case 'j': seen.job = seen.job || is_tag(tag, "job"); break;
            case 'p': seen.job = seen.job || is_tag(tag, "package"); break;
            case 'c': seen.scriptlet = seen.scriptlet || is_tag(tag, "component"); break;
            default: break;
        }
        seen.html = seen.html || (at < text_window && is_html_tag(tag));
    }
    return seen;
}

// WSF and SCT are XML around a script; the tag alone could be any XML, the two together are certain.
std::optional<FileType> kind_by_markup(std::string_view text) {
    if (text.substr(0, text_window).find('<') == std::string_view::npos) return std::nullopt;
    const Markup seen = markup_of(text.substr(0, markup_window));
    if (seen.hta) return FileType::hta;
    if (seen.script && (seen.job || seen.scriptlet)) return FileType::script;  // WSF, SCT
    if (seen.html) return FileType::html;
    return std::nullopt;
}

// Fields that two of make a mail: in a mail's own header, and in that of a MIME part sent alone.
constexpr std::array mail_fields{
    "received"sv, "return-path"sv, "delivered-to"sv, "from"sv, "to"sv, "cc"sv, "bcc"sv, "subject"sv,
    "date"sv, "message-id"sv, "mime-version"sv, "content-type"sv, "content-transfer-encoding"sv,
    "content-disposition"sv, "reply-to"sv, "sender"sv, "in-reply-to"sv, "references"sv,
    "dkim-signature"sv, "authentication-results"sv, "x-mailer"sv, "x-originating-ip"sv,
};

bool is_mail_field(std::string_view name) {
    return std::ranges::any_of(mail_fields, [&](std::string_view field) {
        return field.size() == name.size() && starts_with_nocase(name, field);
    });
}

// The length of the field name that a header line begins with; 0 if it begins with none.
std::size_t field_name_length(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon > 76) return 0;
    const auto is_name = [](char c) { return c > ' ' && c < 0x7f; };
    return std::ranges::all_of(line.substr(0, colon), is_name) ? colon : 0;
}

// Two known fields among lines that are all fields or their continuation.
bool begins_with_mail_header(std::string_view text) {
    int known = 0;
    bool first = true;
    while (!text.empty() && known < 2) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        const bool continues = !first && (line.starts_with(' ') || line.starts_with('\t'));
        first = false;
        if (continues) continue;
        const std::size_t name = field_name_length(line);
        if (name == 0) return false;
        if (is_mail_field(line.substr(0, name))) ++known;
    }
    return known >= 2;
}

// A mailbox is told by the line before the header; empty lines before either are common.
std::optional<FileType> kind_by_header(std::string_view text) {
    text = without_leading(text.substr(0, header_window), "\r\n");
    if (!text.starts_with("From ")) {
        return begins_with_mail_header(text) ? std::optional(FileType::mail) : std::nullopt;
    }
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || !begins_with_mail_header(text.substr(end + 1)))
        return std::nullopt;
    return FileType::mbox;
}

// What never stands in text: control characters but BEL, BS, HT, LF, VT, FF, CR and ESC.
bool is_binary(unsigned char c) {
    return c < 0x20 ? (c < 7 || c > 13) && c != 27 : c == 0x7f;
}

}  // namespace

bool looks_like_text(Octets content) {
    const std::string_view window = text_of(content, 0, text_window);
    unsigned binary = 0;  // counted, not searched: the loop without a branch is the one SIMD takes
    for (const char c : window) binary += is_binary(static_cast<unsigned char>(c)) ? 1U : 0U;
    return !window.empty() && binary == 0;
}

bool reads_as_utf16(Octets content) {
    const std::size_t end = std::min(content.size(), text_window);
    if (end < 2 || content.size() > doubtful_text_limit) return false;
    for (std::size_t at = 2; at + 1 < end; at += 2) {
        const unsigned high = octet_at(content, at), low = octet_at(content, at + 1);
        if (high == 0xff && low == 0xfe) return false;  // a byte order mark the wrong way round
        const bool control = is_binary(static_cast<unsigned char>(low)) || low == '\v';
        if (high == 0 && low < 0x80 && control) return false;
    }
    return true;
}

namespace {

// What page_tags and a link begin with: other markup has a '<' every few octets.
bool may_begin_page_tag(char first) { return "haiost"sv.find(lower(first)) != std::string_view::npos; }

}  // namespace

// The tags of ClamAV's magic; "<a" counts when an href follows somewhere.
bool has_page_tag(Octets content) {
    const std::string_view text = text_of(content);
    bool link = false;
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
        const std::string_view tag = text.substr(at + 1, 8);
        if (tag.empty() || !may_begin_page_tag(tag.front())) continue;
        if (std::ranges::any_of(page_tags, [tag](std::string_view name) { return starts_with_nocase(tag, name); })) {
            return true;
        }
        if (!link && starts_with_nocase(tag, "a ")) {
            link = true;
            constexpr std::string_view wanted = "href";
            const auto same = [](char a, char b) { return lower(a) == b; };
            const auto rest = text.substr(at);
            if (std::search(rest.begin(), rest.end(), wanted.begin(), wanted.end(), same) != rest.end()) return true;
        }
    }
    return false;
}

FileType script_kind(Octets content) {
    if (is_utf16(content)) return kind_by_opening(narrowed(content)).value_or(FileType::data);
    return kind_by_opening(without_byte_order_mark(text_of(content))).value_or(FileType::data);
}

FileType text_kind(Octets content) {
    if (is_utf16(content)) {
        const std::string text = narrowed(content);
        if (const auto opening = kind_by_opening(text)) return *opening;
        return kind_by_markup(text).value_or(FileType::text_utf16);
    }
    const std::string_view text = without_byte_order_mark(text_of(content));
    if (const auto opening = kind_by_opening(text)) return *opening;
    if (const auto header = kind_by_header(text)) return *header;
    if (!looks_like_text(content)) return FileType::data;
    return kind_by_markup(text).value_or(FileType::text);
}

}  // namespace postern::engine
