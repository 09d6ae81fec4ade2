// SPDX-License-Identifier: Apache-2.0
#include "engine/sentence.h"

#include "engine/budget.h"
#include "engine/identify.h"

namespace postern::engine {

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
    return digits;
}

namespace {

std::string quoted(std::string_view text) {
    constexpr std::size_t most = 100;
    std::string clean = printable_name(text);
    if (clean.size() > most) {
        // Not in the middle of a character: the sentence goes out in an SMTP reply (RFC 6531).
        std::size_t end = most;
        while (end > 0 && (clean[end] & 0xc0) == 0x80) --end;
        clean = clean.substr(0, end) + "...";
    }
    return "\"" + clean + "\"";
}

// "The attachment "report.exe"", "The file "q3/setup.exe" in the attachment "2/report.zip"", "The message".
std::string place_of(std::string_view content, std::string_view file_name) {
    if (content.empty()) return "The message";
    if (file_name.empty()) return "Part " + quoted(content) + " of the message";
    std::string place = "The attachment " + quoted(file_name);
    if (content.find('/') != content.rfind('/')) place += " (inside " + quoted(content) + ")";
    return place;
}

std::string with_article(std::string_view what) {
    const bool vowel = std::string_view("AEIOUaeiou").find(what.front()) != std::string_view::npos;
    return (vowel ? "an " : "a ") + std::string(what);
}

std::string about_type(const Finding& finding) {
    const std::string place = place_of(finding.content, finding.file_name);
    if (finding.name.starts_with('.')) {
        return place + " has a name ending in " + finding.name +
               ", a kind of file that may not be sent by mail. Put the file in a zip file and send that.";
    }
    const auto type = file_type_named(finding.name);
    return place + " is " + with_article(type ? description_of(*type) : finding.name) +
           ", which may not be sent by mail. Put the program in a zip file and send that.";
}

std::string about_size(const Finding& finding, const Limits& limits) {
    const std::uint64_t attachment = limits.message_bytes / 4 * 3 / 78 * 76;
    return "The message has " + grouped(finding.length) + " octets as sent; the limit is " +
           grouped(limits.message_bytes) + ", which leaves about " +
           grouped(attachment / 1'000'000) + " MB for attachments. Send a smaller file or a link to it.";
}

std::string done_about_encryption(Action action) {
    if (action == Action::hold) return " The message is kept until a person has looked at it.";
    return " Send it without a password.";
}

}  // namespace

std::string sentence_about(const Finding& finding, Action action, const Limits& limits) {
    const std::string place = place_of(finding.content, finding.file_name);
    switch (finding.kind) {
        case FindingKind::signature:
            return place + " contains a virus (" + printable_name(finding.name) +
                   "). Remove it, check the machine it came from, and send the message again.";
        case FindingKind::file_type: return about_type(finding);
        case FindingKind::size: return about_size(finding, limits);
        case FindingKind::encrypted:
            return place + " is encrypted and cannot be scanned." + done_about_encryption(action);
        case FindingKind::limit: {
            Gap gap;
            gap.content = finding.content;
            for (std::size_t i = 0; i < limit_count; ++i) {
                const auto limit = static_cast<Limit>(i);
                if (code_of(limit) == finding.name) gap.detail = sentence_of(limit, limits);
            }
            return sentence_about(gap);
        }
        case FindingKind::defect:
            return place + " is malformed (" + finding.name +
                   "), so that programs could read it in different ways. Send it from another mail program.";
    }
    return place;
}

std::string sentence_about(const Gap& gap) {
    const std::string place = gap.content.empty() ? "The message" : "The part " + quoted(gap.content);
    return place + " could not be scanned as a whole: " + gap.detail +
           ". Send it in a simpler form, or in smaller pieces.";
}

}  // namespace postern::engine
