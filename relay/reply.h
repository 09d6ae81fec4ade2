// SPDX-License-Identifier: Apache-2.0
// Reply: what the server says (RFC 5321 4.2), with the enhanced status code of RFC 2034 and RFC 3463.
//
// Every sentence that the session can say on its own stands in one table, so that docs/operators.md can tell of
// each of them, and a test sees that it does. Only verdicts and greetings are made elsewhere.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postern::relay {

struct Reply {
    int code = 0;
    std::string enhanced;            // "5.7.1"; empty in greetings, in what EHLO and HELO are told, and in 3yz
    std::vector<std::string> lines;  // at least one; text without line ends

    bool is_positive() const { return code < 400; }
};

// One row of the table. The text may have one {} for what the session puts in.
struct StandardReply {
    int code;
    std::string_view enhanced;
    std::string_view text;
};

namespace replies {
extern const StandardReply ok, sender_ok, recipient_ok, reset, noop, bye, help, start_tls_ready, go_ahead,
    accepted, held, cannot_verify;
extern const StandardReply command_unknown, not_implemented, no_auth, bdat_unknown, no_tls, tls_active, bad_sequence_helo,
    bad_sequence_mail, nested_mail, no_recipients, no_parameters, argument_missing, bad_helo, web_client;
extern const StandardReply line_too_long, bare_cr, bare_lf, nul_in_command, not_ascii, not_utf8;
extern const StandardReply ahead_of_greeting, ahead_of_reply;
extern const StandardReply mail_syntax, mail_space, rcpt_syntax, rcpt_space, parameter_unknown, parameter_twice,
    parameter_value, parameter_syntax, parameter_helo;
extern const StandardReply path_syntax, forward_null, source_route, literal, localhost, single_label, numeric_domain, local_too_long,
    domain_too_long, utf8_unasked;
extern const StandardReply size_declared, size_received, too_many_recipients, disk_full, tls_required;
extern const StandardReply not_allowed, not_allowed_submission;
extern const StandardReply content_bare_lf, content_bare_cr, content_nul, too_many_hops, loop;
extern const StandardReply scan_trouble, queue_trouble;
extern const StandardReply too_many_errors, too_many_unknown, timed_out, session_over, shutting_down,
    too_many_connections, too_many_connections_client;
}  // namespace replies

// All of the table, for the documentation's test.
std::span<const StandardReply* const> standard_replies();

// The row with `inserted` in place of {}.
Reply reply_of(const StandardReply& standard, std::string_view inserted = {});

// The octets on the wire: "550-5.7.1 one\r\n550 5.7.1 two\r\n". Octets that have no place in a reply become '?', those
// above 127 too unless `utf8`; lines longer than 512 octets with their end (RFC 5321 4.5.3.1.5) are folded.
enum class ReplyText { ascii, utf8 };
std::string wire(const Reply& reply, ReplyText text = ReplyText::ascii);

}  // namespace postern::relay
