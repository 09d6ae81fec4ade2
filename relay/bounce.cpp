// SPDX-License-Identifier: Apache-2.0
#include "relay/bounce.h"

#include "relay/client_reply.h"
#include "relay/status_words.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace postern::relay {

namespace {

constexpr std::uint64_t largest_returned = 64 << 10;  // octets of a message given back whole
constexpr std::size_t largest_header = 32 << 10;
constexpr std::size_t line_width = 76;
constexpr std::size_t longest_word = 900;  // RFC 5321 4.5.3.1.6: 998 in a line

// RFC 3464 2.3.3
std::string_view name_of(ReportKind kind) {
    constexpr std::string_view actions[] = {"failed", "delayed", "relayed"};
    return actions[static_cast<int>(kind)];
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string date_of(Time time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    // RFC 5322 names days and months in English, whatever the locale.
    constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::snprintf(text, sizeof text, "%s, %d %s %d %02d:%02d:%02d +0000", days[parts.tm_wday], parts.tm_mday,
                  months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
    return text;
}

// How much of the text makes the next word: up to a blank, but never more than a line may have, nor half a character.
std::size_t word_length(std::string_view text) {
    std::size_t end = std::min(text.find(' '), text.size());
    if (end <= longest_word) return end;
    end = longest_word;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return end == 0 ? longest_word : end;
}

// Words in lines of at most 76 octets, with `indent` before each.
std::string wrapped(std::string_view text, std::string_view indent) {
    std::string out;
    std::string line(indent);
    while (!text.empty()) {
        const std::size_t end = word_length(text);
        const std::string_view word = text.substr(0, end);
        if (line.size() > indent.size() && line.size() + 1 + word.size() > line_width) {
            out += line + "\r\n";
            line = indent;
        }
        if (line.size() > indent.size()) line += ' ';
        line += word;
        text.remove_prefix(end);
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    }
    return out + line + "\r\n";
}

// Field bodies that may be long: folded where there are spaces.
std::string field(std::string_view name, std::string_view value) {
    std::string lines = wrapped(std::string(name) + ": " + std::string(value), "");
    std::string folded;
    for (std::size_t at = 0; at < lines.size();) {
        const std::size_t end = lines.find("\r\n", at) + 2;
        folded += at == 0 ? "" : "  ";
        folded.append(lines, at, end - at);
        at = end;
    }
    return folded;
}

int hex_digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

// "mx.example.net[192.0.2.1]:25" → "mx.example.net"; "192.0.2.1:25" → "[192.0.2.1]" (RFC 3464 2.3.5).
std::string host_name(const std::string& host) {
    const std::size_t bracket = host.find('[');
    if (bracket != std::string::npos && bracket > 0) return host.substr(0, bracket);
    if (bracket == 0) return "[IPv6:" + host.substr(1, host.find(']'));
    return "[" + host.substr(0, host.find(':')) + "]";
}

// xtext (RFC 3461 4) as what it stands for, made visible.
std::string decoded(std::string_view xtext) {
    std::string text;
    for (std::size_t i = 0; i < xtext.size(); ++i) {
        const bool coded = xtext[i] == '+' && i + 2 < xtext.size() && hex_digit(xtext[i + 1]) >= 0 && hex_digit(xtext[i + 2]) >= 0;
        text += coded ? static_cast<char>(hex_digit(xtext[i + 1]) * 16 + hex_digit(xtext[i + 2])) : xtext[i];
        if (coded) i += 2;
    }
    return visible(text);
}

// RFC 6533 3: an address with other than ASCII is of the type utf-8.
std::string typed(const std::string& mailbox) {
    return (is_ascii(mailbox) ? "rfc822; " : "utf-8; ") + visible(mailbox);
}

std::string original_of(const ForwardPath& path) {
    const std::size_t semicolon = path.original_recipient.find(';');
    if (semicolon == std::string::npos) return {};
    return visible(path.original_recipient.substr(0, semicolon)) + "; " + decoded(path.original_recipient.substr(semicolon + 1));
}

class Writer {
public:
    Writer(const ReportFacts& facts, const StoredContent* content) : facts_(facts), content_(content) {
        for (const ReportedRecipient& recipient : facts.recipients) international_ |= !is_ascii(recipient.path.mailbox);
        international_ |= !is_ascii(facts.message.envelope.reverse_path) || facts.message.facts.eight_bit_header;
        boundary_ = "=_postern_" + facts.message.id.text() + "_" + std::to_string(facts.time.time_since_epoch().count());
    }

    bool international() const { return international_; }

    std::string write() {
        words();
        status();
        original();
        out_ += "--" + boundary_ + "--\r\n";
        return head() + out_;
    }

private:
    std::string head() const {
        const char* subject = facts_.kind == ReportKind::failed    ? "Your message could not be delivered"
                              : facts_.kind == ReportKind::delayed ? "Your message is delayed"
                                                                   : "Your message was handed on";
        std::string out = "From: Mail delivery at " + facts_.hostname + " <postmaster@" + facts_.hostname + ">\r\n";
        out += "To: <" + visible(facts_.message.envelope.reverse_path) + ">\r\n";
        out += "Subject: " + std::string(subject) + "\r\n";
        out += "Date: " + date_of(facts_.time) + "\r\n";
        out += "Message-ID: <" + facts_.message.id.text() + "." + std::to_string(facts_.time.time_since_epoch().count()) +
               ".report@" + facts_.hostname + ">\r\n";
        out += "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n";
        if (!is_ascii(out_)) out += "Content-Transfer-Encoding: 8bit\r\n";  // as any of its parts (RFC 2045 6.4)
        out += "Content-Type: multipart/report; report-type=" + std::string(international_ ? "global-delivery-status" : "delivery-status") +
               ";\r\n boundary=\"" + boundary_ + "\"\r\n\r\n";
        return out;
    }

    void part(std::string_view type) {
        out_ += "--" + boundary_ + "\r\nContent-Type: " + std::string(type) + "\r\n";
        if (has_eight_bit_) out_ += "Content-Transfer-Encoding: 8bit\r\n";
        out_ += "\r\n";
    }

    std::string opening() const {
        const std::string when = date_of(facts_.message.arrived);
        switch (facts_.kind) {
            case ReportKind::failed:
                return "Your message of " + when + " could not be delivered to the following recipients. "
                       "It will not be tried again.";
            case ReportKind::delayed:
                return "Your message of " + when + " could not be delivered yet to the following recipients. "
                       "You need not do anything: it is tried again until " + date_of(facts_.retried_until) + ".";
            case ReportKind::relayed: break;
        }
        return "Your message of " + when + " was handed to the mail server of the following recipients. That server sends no "
               "confirmations, so you may not hear more.";
    }

    void words() {
        has_eight_bit_ = international_;
        for (const ReportedRecipient& recipient : facts_.recipients) has_eight_bit_ |= !is_ascii(recipient.text);
        part("text/plain; charset=utf-8");
        out_ += wrapped(opening(), "");
        for (const ReportedRecipient& recipient : facts_.recipients) {
            out_ += "\r\n<" + visible(recipient.path.mailbox) + ">\r\n";
            words_about(recipient);
        }
        if (facts_.kind == ReportKind::failed) {
            out_ += "\r\n" + wrapped("If the reason is not clear, please ask the postmaster of your organisation and give the "
                                     "reference " + facts_.message.id.text() + ".", "");
        }
        out_ += "\r\n";
    }

    // The reason in plain words first, then what was said, word for word.
    void words_about(const ReportedRecipient& recipient) {
        std::string_view plain = plain_words(recipient.status);
        if (plain.empty() && facts_.kind == ReportKind::failed) plain = "The receiving server does not take the message.";
        if (facts_.kind != ReportKind::relayed && !plain.empty()) out_ += wrapped(plain, "    ");
        if (!recipient.history.empty()) out_ += wrapped(recipient.history, "    ");
        const std::string who = recipient.remote ? "The server " + visible(recipient.host) + " answered: " : "In detail: ";
        if (!recipient.text.empty()) out_ += wrapped(who + visible(recipient.text), "    ");
    }

    void status() {
        has_eight_bit_ = international_ || has_eight_bit_;
        part(international_ ? "message/global-delivery-status" : "message/delivery-status");
        const Envelope& envelope = facts_.message.envelope;
        if (!envelope.envelope_id.empty()) out_ += field("Original-Envelope-Id", decoded(envelope.envelope_id));
        out_ += field("Reporting-MTA", "dns; " + facts_.hostname);
        out_ += field("Arrival-Date", date_of(facts_.message.arrived));
        for (const ReportedRecipient& recipient : facts_.recipients) status_of(recipient);
        out_ += "\r\n";
    }

    void status_of(const ReportedRecipient& recipient) {
        out_ += "\r\n";
        const std::string original = original_of(recipient.path);
        if (!original.empty()) out_ += field("Original-Recipient", original);
        out_ += field("Final-Recipient", typed(recipient.path.mailbox));
        out_ += field("Action", name_of(facts_.kind));
        out_ += field("Status", recipient.status);
        if (recipient.remote && !recipient.host.empty()) {
            out_ += field("Remote-MTA", "dns; " + host_name(visible(recipient.host)));
        }
        if (recipient.remote) out_ += field("Diagnostic-Code", "smtp; " + visible(recipient.text));
        out_ += field("Last-Attempt-Date", date_of(facts_.time));
        if (facts_.kind == ReportKind::delayed) out_ += field("Will-Retry-Until", date_of(facts_.retried_until));
    }

    // What a report may not give back (another report would contain it) is cut here: the whole only of a failure.
    bool gives_all_back() const {
        const Return ret = facts_.message.envelope.ret;
        return facts_.kind == ReportKind::failed && ret != Return::headers && content_->size() <= largest_returned;
    }

    void original() {
        if (content_ == nullptr) return;
        const std::string octets = read(gives_all_back() ? largest_returned : largest_header);
        has_eight_bit_ = !is_ascii(octets);
        const bool all = gives_all_back();
        if (all) {
            part(international_ ? "message/global" : "message/rfc822");
            out_ += octets;
        } else {
            part(international_ ? "message/global-headers" : "text/rfc822-headers");
            const std::size_t end = octets.find("\r\n\r\n");
            out_ += octets.substr(0, end == std::string::npos ? octets.rfind("\r\n") + 2 : end + 2);
        }
        out_ += "\r\n";
    }

    std::string read(std::uint64_t most) const {
        std::string octets(static_cast<std::size_t>(std::min(most, content_->size())), '\0');
        std::size_t at = 0;
        std::error_code error;
        while (at < octets.size()) {
            const std::size_t n = content_->read(at, std::span(octets).subspan(at), error);
            if (n == 0) break;
            at += n;
        }
        octets.resize(at);
        return octets;
    }

    const ReportFacts& facts_;
    const StoredContent* content_;
    bool international_ = false;
    bool has_eight_bit_ = false;
    std::string boundary_;
    std::string out_;
};

}  // namespace

bool wants_report(ReportKind kind, const Notify& notify) {
    switch (kind) {
        case ReportKind::failed: return !notify.never && notify.of_failure();
        case ReportKind::delayed: return !notify.never && notify.of_delay();
        case ReportKind::relayed: break;
    }
    return notify.success && !notify.never;
}

Report make_report(const ReportFacts& facts, const StoredContent* content) {
    Writer writer(facts, content);
    Report report;
    report.envelope.forward_paths.push_back({facts.message.envelope.reverse_path, {}, {}});
    report.envelope.smtputf8 = writer.international();
    report.envelope.client.listener = "report";
    report.octets = writer.write();
    report.about = name_of(facts.kind);
    return report;
}

}  // namespace postern::relay
