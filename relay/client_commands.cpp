// SPDX-License-Identifier: Apache-2.0
// What a ClientSession says, by what the server offered.
#include "relay/client.h"

#include <algorithm>
#include <charconv>

namespace postern::relay {

namespace {

constexpr std::size_t longest_command = 4096;  // with all parameters of RFC 3461 and room for RFC 6531

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// A path out of the queue was valid when it came in; this is the last door, and it looks again.
bool is_speakable(std::string_view text) {
    return text.size() < longest_command / 4 &&
           std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
}

bool is_word(std::string_view text) { return is_speakable(text) && text.find(' ') == std::string_view::npos; }

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return result;
}

std::string notify_words(const Notify& notify) {
    if (notify.never) return "NEVER";
    std::string words;
    const auto add = [&](bool wanted, const char* word) {
        if (wanted) words.append(words.empty() ? "" : ",").append(word);
    };
    add(notify.success, "SUCCESS");
    add(notify.failure, "FAILURE");
    add(notify.delay, "DELAY");
    return words;
}

}  // namespace

Offer offer_of(const ClientReply& reply) {
    Offer offer;
    for (std::size_t i = 1; i < reply.lines.size(); ++i) {
        const std::string line = upper(reply.lines[i]);
        const std::string keyword = line.substr(0, line.find(' '));
        if (keyword == "PIPELINING") offer.pipelining = true;
        if (keyword == "8BITMIME") offer.eight_bit_mime = true;
        if (keyword == "SMTPUTF8") offer.smtputf8 = true;
        if (keyword == "DSN") offer.dsn = true;
        if (keyword == "STARTTLS") offer.starttls = true;
        if (keyword != "SIZE") continue;
        offer.size = true;
        if (line.size() > 5) std::from_chars(line.data() + 5, line.data() + line.size(), offer.size_limit);
    }
    return offer;
}

bool ClientSession::needs_smtputf8() const {
    const Envelope& envelope = transaction_.envelope;
    if (!envelope.smtputf8) return false;
    return transaction_.facts.eight_bit_header || !is_ascii(envelope.reverse_path) ||
           std::ranges::any_of(envelope.forward_paths, [](const ForwardPath& path) { return !is_ascii(path.mailbox); });
}

std::optional<Outcome> ClientSession::impossible() const {
    const Envelope& envelope = transaction_.envelope;
    const auto refused = [](const char* status, const char* text) {
        return local_outcome(Outcome::Kind::refused, status, text);
    };
    if (!is_speakable(envelope.reverse_path) ||
        !std::ranges::all_of(envelope.forward_paths, [](const ForwardPath& path) { return is_speakable(path.mailbox); })) {
        return refused("5.1.3", "an address has signs that cannot be sent");
    }
    if (needs_smtputf8() && !offer_.smtputf8) {
        return refused("5.6.7", "the receiving server does not take international addresses (SMTPUTF8), and this message needs it");
    }
    if (transaction_.facts.eight_bit && !offer_.eight_bit_mime) {
        return refused("5.6.3", "the receiving server does not take 8-bit content (8BITMIME), and this message has some; "
                                "send it in quoted-printable or base64");
    }
    if (offer_.size && offer_.size_limit != 0 && transaction_.size > offer_.size_limit) {
        return local_outcome(Outcome::Kind::refused, "5.3.4",
                             "the receiving server takes messages of at most " + std::to_string(offer_.size_limit) +
                                 " octets, and this one has " + std::to_string(transaction_.size));
    }
    return std::nullopt;
}

std::string ClientSession::mail_parameters() const {
    const Envelope& envelope = transaction_.envelope;
    std::string words;
    if (offer_.size) words += " SIZE=" + std::to_string(transaction_.size);
    if (offer_.eight_bit_mime && transaction_.facts.eight_bit) words += " BODY=8BITMIME";
    if (offer_.smtputf8 && needs_smtputf8()) words += " SMTPUTF8";
    if (!offer_.dsn) return words;
    if (envelope.ret != Return::unspecified) words += envelope.ret == Return::full ? " RET=FULL" : " RET=HDRS";
    if (!envelope.envelope_id.empty() && is_word(envelope.envelope_id)) words += " ENVID=" + envelope.envelope_id;
    return words;
}

std::string ClientSession::rcpt_parameters(const ForwardPath& path) const {
    std::string words;
    if (!offer_.dsn) return words;
    if (path.notify.given()) words += " NOTIFY=" + notify_words(path.notify);
    if (!path.original_recipient.empty() && is_word(path.original_recipient)) words += " ORCPT=" + path.original_recipient;
    return words;
}

std::string ClientSession::line_of(const Command& command) const {
    const Envelope& envelope = transaction_.envelope;
    switch (command.verb) {
        case Verb::rset: return "RSET\r\n";
        case Verb::mail: return "MAIL FROM:<" + envelope.reverse_path + ">" + mail_parameters() + "\r\n";
        case Verb::rcpt: {
            const ForwardPath& path = envelope.forward_paths[command.recipient];
            return "RCPT TO:<" + path.mailbox + ">" + rcpt_parameters(path) + "\r\n";
        }
        case Verb::data: return "DATA\r\n";
        case Verb::end: break;
    }
    return {};
}

}  // namespace postern::relay
