// SPDX-License-Identifier: Apache-2.0
#include "relay/reply.h"

namespace postern::relay {

namespace replies {

const StandardReply ok{250, "2.0.0", "Ok"};
const StandardReply sender_ok{250, "2.1.0", "Sender ok"};
const StandardReply recipient_ok{250, "2.1.5", "Recipient ok"};
const StandardReply reset{250, "2.0.0", "Reset"};
const StandardReply noop{250, "2.0.0", "Still here"};
const StandardReply bye{221, "2.0.0", "Bye"};
const StandardReply help{214, "2.0.0", ""};
const StandardReply start_tls_ready{220, "2.0.0", "Ready for the TLS handshake"};
const StandardReply go_ahead{354, "",
                             "Send the message; end it with a line that holds a single dot"};
const StandardReply accepted{250, "2.0.0", "Accepted, queued as {}"};
const StandardReply held{250, "2.0.0",
                         "Accepted, kept aside until a person has looked at it, as {}"};
const StandardReply cannot_verify{
    252, "2.5.0", "Addresses are not verified here; send the message and it will be tried"};

const StandardReply command_unknown{500, "5.5.1",
                                    "This command is not known; HELP lists those that are"};
const StandardReply not_implemented{502, "5.5.1", "{} is not offered here"};
const StandardReply no_auth{502, "5.5.1",
                            "Logging in is not offered here; leave authentication out"};
const StandardReply bdat_unknown{502, "5.5.1",
                                 "CHUNKING was not offered; send the message with DATA"};
const StandardReply no_tls{502, "5.5.1", "TLS is not offered here; go on without STARTTLS"};
const StandardReply tls_active{503, "5.5.1", "TLS is in use already; go on without STARTTLS"};
const StandardReply bad_sequence_helo{503, "5.5.1", "Say EHLO first"};
const StandardReply bad_sequence_mail{503, "5.5.1", "Say MAIL FROM first"};
const StandardReply nested_mail{503, "5.5.1",
                                "A message is under way; end it with DATA, or say RSET"};
const StandardReply no_recipients{554, "5.5.1", "There is no valid recipient; say RCPT TO first"};
const StandardReply no_parameters{501, "5.5.4", "{} takes no parameter; leave out what follows it"};
const StandardReply argument_missing{501, "5.5.4",
                                     "{} wants an argument; write it behind the command"};
const StandardReply bad_helo{
    501, "", "{} wants the sending machine's full name, or its address in brackets"};
const StandardReply web_client{421, "4.7.0", "This is a mail server, not a web server; closing"};

const StandardReply line_too_long{500, "5.5.2",
                                  "The command line is too long; {} octets are allowed"};
const StandardReply bare_cr{500, "5.5.2",
                            "The command line holds a CR without LF; lines end with CR LF"};
const StandardReply bare_lf{500, "5.5.2",
                            "The command line holds an LF without CR; lines end with CR LF"};
const StandardReply nul_in_command{500, "5.5.2",
                                   "The command line holds a NUL octet; leave it out"};
const StandardReply not_ascii{
    500, "5.5.2",
    "The command line holds octets that are not ASCII; only addresses may, after SMTPUTF8"};
const StandardReply not_utf8{
    501, "5.5.2", "The command line holds octets that are not UTF-8; encode it in UTF-8"};

const StandardReply ahead_of_greeting{
    554, "5.5.0", "Commands were sent before the greeting; wait for it. Closing"};
const StandardReply ahead_of_reply{
    554, "5.5.0", "Something was sent ahead of the reply to {}; wait for it. Closing"};

const StandardReply mail_syntax{501, "5.5.4",
                                "Write MAIL FROM:<address>, with the address in angle brackets"};
const StandardReply mail_space{501, "5.5.4",
                               "Write MAIL FROM:<address>, without blanks around the colon"};
const StandardReply rcpt_syntax{501, "5.5.4",
                                "Write RCPT TO:<address>, with the address in angle brackets"};
const StandardReply rcpt_space{501, "5.5.4",
                               "Write RCPT TO:<address>, without blanks around the colon"};
const StandardReply parameter_unknown{
    555, "5.5.4", "The parameter {} is not known here; EHLO lists the extensions"};
const StandardReply parameter_twice{501, "5.5.4", "The parameter {} was given twice; give it once"};
const StandardReply parameter_value{
    501, "5.5.4", "The parameter {} has a value that its standard does not allow"};
const StandardReply parameter_syntax{
    501, "5.5.4", "Parameters are written KEYWORD or KEYWORD=value, one blank before each"};
const StandardReply parameter_helo{555, "5.5.4", "Parameters need EHLO instead of HELO"};

const StandardReply path_syntax{501, "", "The address is not written as RFC 5321 has it: {}"};
const StandardReply forward_null{501, "", "A recipient cannot be empty; only a sender can"};
const StandardReply source_route{553, "",
                                 "Routes in addresses are not relayed; give the address alone"};
const StandardReply literal{
    553, "", "Addresses with an IP address for a domain are not relayed; give a domain name"};
const StandardReply localhost{
    553, "", "localhost is a different machine for everyone; give the full domain name"};
const StandardReply single_label{
    553, "", "The domain has no dot; give the full domain name, such as example.org"};
const StandardReply numeric_domain{553, "", "The domain ends in a number; give a domain name"};
const StandardReply local_too_long{501, "", "The part before the @ has more than 64 octets"};
const StandardReply domain_too_long{501, "", "The domain has more than 255 octets"};
const StandardReply utf8_unasked{553, "5.6.7",
                                 "The address is not ASCII; say SMTPUTF8 at MAIL FROM to use it"};

const StandardReply size_declared{552, "5.3.4", "The message is too large: {}"};
const StandardReply size_received{552, "5.3.4", "The message is too large: {}"};
const StandardReply too_many_recipients{
    452, "4.5.3",
    "This message has {} recipients, the most that are taken; send it to the others in another"};
const StandardReply disk_full{452, "4.3.1",
                              "There is no room for the message just now; try again later"};
const StandardReply tls_required{530, "5.7.0",
                                 "Say STARTTLS first; nothing is taken here without TLS"};

const StandardReply not_allowed{554, "5.7.1",
                                "Relaying is not allowed for {}; ask the operators to add its "
                                "network, or use the submission service"};
const StandardReply not_allowed_submission{530, "5.7.0",
                                           "Authentication is required for {}, and not yet offered "
                                           "here; ask the operators to add its network"};

const StandardReply content_bare_lf{550, "5.6.0",
                                    "The message holds an LF without CR; lines end with CR LF. "
                                    "Send it with a program that keeps to that"};
const StandardReply content_bare_cr{550, "5.6.0",
                                    "The message holds a CR without LF; lines end with CR LF. Send "
                                    "it with a program that keeps to that"};
const StandardReply content_nul{
    550, "5.6.0", "The message holds a NUL octet; encode what is not text, in base64"};
const StandardReply too_many_hops{
    554, "5.4.6", "The message has come through {} servers; mail is going in circles somewhere"};
const StandardReply loop{
    554, "5.4.6", "The message has come through this server {} times; a server sends it back here"};

const StandardReply scan_trouble{
    451, "4.3.0", "The message could not be scanned just now; try again later [id={}]"};
const StandardReply queue_trouble{
    451, "4.3.0", "The message could not be stored just now; try again later [id={}]"};

const StandardReply too_many_errors{421, "4.7.0", "Too many errors; closing"};
const StandardReply too_many_unknown{421, "4.7.0", "Too many unknown commands; closing"};
const StandardReply timed_out{421, "4.4.2", "Nothing complete came for too long; closing"};
const StandardReply session_over{421, "4.4.2",
                                 "The session has lasted too long; connect again. Closing"};
const StandardReply shutting_down{
    421, "4.3.2", "The service is being restarted; connect again in a moment. Closing"};
const StandardReply too_many_connections{421, "4.3.2",
                                         "Too many connections just now; try again later. Closing"};
const StandardReply too_many_connections_client{
    421, "4.7.0", "Too many connections from {}; close some first. Closing"};

}  // namespace replies

std::span<const StandardReply* const> standard_replies() {
    using namespace replies;
    static const StandardReply* const all[] = {&ok,
                                               &sender_ok,
                                               &recipient_ok,
                                               &reset,
                                               &noop,
                                               &bye,
                                               &help,
                                               &start_tls_ready,
                                               &go_ahead,
                                               &accepted,
                                               &held,
                                               &cannot_verify,
                                               &command_unknown,
                                               &not_implemented,
                                               &no_auth,
                                               &bdat_unknown,
                                               &no_tls,
                                               &tls_active,
                                               &bad_sequence_helo,
                                               &bad_sequence_mail,
                                               &nested_mail,
                                               &no_recipients,
                                               &no_parameters,
                                               &argument_missing,
                                               &bad_helo,
                                               &web_client,
                                               &line_too_long,
                                               &bare_cr,
                                               &bare_lf,
                                               &nul_in_command,
                                               &not_ascii,
                                               &not_utf8,
                                               &ahead_of_greeting,
                                               &ahead_of_reply,
                                               &mail_syntax,
                                               &mail_space,
                                               &rcpt_syntax,
                                               &rcpt_space,
                                               &parameter_unknown,
                                               &parameter_twice,
                                               &parameter_value,
                                               &parameter_syntax,
                                               &parameter_helo,
                                               &path_syntax,
                                               &forward_null,
                                               &source_route,
                                               &literal,
                                               &localhost,
                                               &single_label,
                                               &numeric_domain,
                                               &local_too_long,
                                               &domain_too_long,
                                               &utf8_unasked,
                                               &size_declared,
                                               &size_received,
                                               &too_many_recipients,
                                               &disk_full,
                                               &tls_required,
                                               &not_allowed,
                                               &not_allowed_submission,
                                               &content_bare_lf,
                                               &content_bare_cr,
                                               &content_nul,
                                               &too_many_hops,
                                               &loop,
                                               &scan_trouble,
                                               &queue_trouble,
                                               &too_many_errors,
                                               &too_many_unknown,
                                               &timed_out,
                                               &session_over,
                                               &shutting_down,
                                               &too_many_connections,
                                               &too_many_connections_client};
    return all;
}

Reply reply_of(const StandardReply& standard, std::string_view inserted) {
    std::string text(standard.text);
    if (const auto at = text.find("{}"); at != std::string::npos) text.replace(at, 2, inserted);
    return {standard.code, std::string(standard.enhanced), {std::move(text)}};
}

namespace {

constexpr std::size_t line_room = 512 - 2;

// Where a line of at most `room` octets may end: at a blank if there is one, never within a
// character.
std::size_t end_of_fold(std::string_view text, std::size_t room) {
    if (text.size() <= room) return text.size();
    const std::size_t blank = text.rfind(' ', room);
    if (blank != std::string_view::npos && blank > 0) return blank;
    while (room > 1 && (static_cast<unsigned char>(text[room]) & 0xc0) == 0x80) --room;
    return room;
}

std::string cleaned(std::string_view line, ReplyText text) {
    std::string clean(line);
    for (char& c : clean) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet < ' ' || octet == 127 || (octet > 127 && text == ReplyText::ascii)) c = '?';
    }
    return clean;
}

std::vector<std::string> folded(const Reply& reply, ReplyText text) {
    const std::size_t prefix = 4 + (reply.enhanced.empty() ? 0 : reply.enhanced.size() + 1);
    std::vector<std::string> lines;
    for (const std::string& line : reply.lines) {
        const std::string clean = cleaned(line, text);
        std::string_view rest = clean;
        do {
            const std::size_t end = end_of_fold(rest, line_room - prefix);
            lines.emplace_back(rest.substr(0, end));
            rest.remove_prefix(end);
            if (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
        } while (!rest.empty());
    }
    return lines;
}

}  // namespace

std::string wire(const Reply& reply, ReplyText text) {
    std::string octets;
    const std::vector<std::string> lines = folded(reply, text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        octets += std::to_string(reply.code) + (i + 1 < lines.size() ? "-" : " ");
        if (!reply.enhanced.empty()) octets += reply.enhanced + " ";
        octets += lines[i] + "\r\n";
    }
    return octets;
}

}  // namespace postern::relay
