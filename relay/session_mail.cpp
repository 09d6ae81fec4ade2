// SPDX-License-Identifier: Apache-2.0
// The mail transaction (RFC 5321 3.3): MAIL, RCPT, DATA, and what follows the final dot.
#include "relay/address.h"
#include "relay/parameters.h"
#include "relay/session.h"
#include "relay/session_content.h"

#include <algorithm>

namespace postern::relay {

namespace {

struct AddressRow {
    AddressFault fault;
    const StandardReply* reply;
    std::string_view of_sender;  // enhanced status codes (RFC 3463 3.2)
    std::string_view of_recipient;
};

const AddressRow address_rows[] = {
    {AddressFault::syntax, &replies::path_syntax, "5.1.7", "5.1.3"},
    {AddressFault::null, &replies::forward_null, "5.1.7", "5.1.3"},
    {AddressFault::source_route, &replies::source_route, "5.1.7", "5.1.3"},
    {AddressFault::literal, &replies::literal, "5.1.8", "5.1.2"},
    {AddressFault::localhost, &replies::localhost, "5.1.8", "5.1.2"},
    {AddressFault::single_label, &replies::single_label, "5.1.8", "5.1.2"},
    {AddressFault::numeric, &replies::numeric_domain, "5.1.8", "5.1.2"},
    {AddressFault::local_too_long, &replies::local_too_long, "5.1.7", "5.1.3"},
    {AddressFault::domain_too_long, &replies::domain_too_long, "5.1.8", "5.1.2"},
};

// Domains are the same in any case, local parts need not be (RFC 5321 2.4).
bool same_mailbox(const std::string& a, const std::string& b) {
    const std::size_t at = a.rfind('@');
    return a.size() == b.size() && a.compare(0, at, b, 0, at) == 0 &&
           same_word(std::string_view(a).substr(at), std::string_view(b).substr(at));
}

}  // namespace

// What stands behind "FROM:" or "TO:"; nothing, and a reply was said, when it is no path that we
// take.
std::optional<Path> Session::path_of(const Command& command, PathKind kind,
                                     std::string_view& rest) {
    const bool reverse = kind == PathKind::reverse;
    const std::string_view word = reverse ? "FROM" : "TO";
    std::string_view text = command.argument;
    const auto take_blanks = [&] {
        const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
        text.remove_prefix(blanks);
        return blanks != 0;
    };
    const auto refuse = [&](const StandardReply& reply) { return say(reply), std::nullopt; };
    if (!same_word(text.substr(0, word.size()), word))
        return refuse(reverse ? replies::mail_syntax : replies::rcpt_syntax);
    text.remove_prefix(word.size());
    bool blank = take_blanks();
    if (text.empty() || text.front() != ':')
        return refuse(reverse ? replies::mail_syntax : replies::rcpt_syntax);
    text.remove_prefix(1);
    blank = take_blanks() || blank;
    if (blank && options_->line_ends == LineEnds::strict)
        return refuse(reverse ? replies::mail_space : replies::rcpt_space);
    if (text.empty() || text.front() != '<')
        return refuse(reverse ? replies::mail_syntax : replies::rcpt_syntax);
    Path path = parse_path(text, kind);
    if (refuse_path(path, kind)) return std::nullopt;
    rest = text.substr(path.size);
    return path;
}

bool Session::refuse_path(const Path& path, PathKind kind) {
    const auto* const row =
        std::find_if(std::begin(address_rows), std::end(address_rows),
                     [&](const AddressRow& r) { return r.fault == path.fault; });
    if (row == std::end(address_rows)) return false;
    Reply reply = reply_of(*row->reply, path.trouble);
    reply.enhanced = kind == PathKind::reverse ? row->of_sender : row->of_recipient;
    say(reply);
    return true;
}

bool Session::refuse_charset(const Path& path, bool smtputf8) {
    if (smtputf8 || is_ascii(path.mailbox)) return false;
    say(replies::utf8_unasked);
    return true;
}

bool Session::refuse_parameters(const ParameterResult& result, std::string_view text) {
    const auto refuse = [&](const StandardReply& reply) {
        return say(reply, result.keyword), true;
    };
    if (!esmtp_ && text.find_first_not_of(' ') != std::string_view::npos)
        return refuse(replies::parameter_helo);
    switch (result.fault) {
        case ParameterFault::none:
            return false;
        case ParameterFault::syntax:
            return refuse(replies::parameter_syntax);
        case ParameterFault::unknown:
            return refuse(replies::parameter_unknown);
        case ParameterFault::twice:
            return refuse(replies::parameter_twice);
        case ParameterFault::value:
            return refuse(replies::parameter_value);
    }
    return false;
}

void Session::mail(const Command& command) {
    if (client_.helo.empty()) return say(replies::bad_sequence_helo);
    if (in_transaction_) return say(replies::nested_mail);
    std::string_view rest;
    const std::optional<Path> path = path_of(command, PathKind::reverse, rest);
    if (!path) return;
    const ParameterResult parameters = parse_parameters(rest, ParametersOf::mail);
    if (refuse_parameters(parameters, rest) || refuse_charset(*path, parameters.values.smtputf8))
        return;
    if (parameters.values.size > options_->message_size)
        return say(size_reply(replies::size_declared, *parameters.values.size));
    declared_ = parameters.values.size;
    envelope_.reverse_path = path->mailbox;
    envelope_.body = parameters.values.body;
    envelope_.smtputf8 = parameters.values.smtputf8;
    envelope_.ret = parameters.values.ret;
    envelope_.envelope_id = parameters.values.envelope_id;
    envelope_.client = client_;
    envelope_.client.protocol = protocol();
    pending_ = Pending::mail;
}

void Session::rcpt(const Command& command) {
    if (!in_transaction_)
        return say(client_.helo.empty() ? replies::bad_sequence_helo : replies::bad_sequence_mail);
    std::string_view rest;
    const std::optional<Path> path = path_of(command, PathKind::forward, rest);
    if (!path) return;
    const ParameterResult parameters = parse_parameters(rest, ParametersOf::rcpt);
    if (refuse_parameters(parameters, rest) || refuse_charset(*path, envelope_.smtputf8)) return;
    if (!envelope_.smtputf8 && !is_ascii(parameters.values.original_recipient))
        return say(replies::utf8_unasked);
    if (envelope_.forward_paths.size() >= options_->recipients) {
        return say(replies::too_many_recipients, std::to_string(options_->recipients));
    }
    to_postmaster_ = path->mailbox.find('@') == std::string::npos;
    recipient_ = {to_postmaster_ ? options_->postmaster : path->mailbox, parameters.values.notify,
                  parameters.values.original_recipient};
    pending_ = Pending::rcpt;
}

void Session::accept_recipient() {
    auto& known = envelope_.forward_paths;
    const bool again = std::any_of(known.begin(), known.end(), [&](const ForwardPath& path) {
        return same_mailbox(path.mailbox, recipient_.mailbox);
    });
    if (!again) known.push_back(std::move(recipient_));
    say(replies::recipient_ok);
}

void Session::data() {
    if (client_.helo.empty()) return say(replies::bad_sequence_helo);
    if (!in_transaction_) return say(replies::bad_sequence_mail);
    if (envelope_.forward_paths.empty()) return say(replies::no_recipients);
    if (ahead("DATA")) return;
    pending_ = Pending::data;
}

Question Session::question() const {
    const Stage stage = pending_ == Pending::mail   ? Stage::mail
                        : pending_ == Pending::rcpt ? Stage::rcpt
                                                    : Stage::data;
    return {stage, envelope_, stage == Stage::rcpt ? &recipient_ : nullptr, declared_,
            to_postmaster_};
}

void Session::ruled(Ruling ruling) {
    const Pending asked = pending_;
    pending_ = Pending::none;
    if (ruling.kind == Ruling::Kind::refuse || ruling.kind == Ruling::Kind::defer) {
        say(ruling.reply);
        if (asked == Pending::mail) forget_transaction();
        return end_when_too_many();
    }
    if (ruling.kind == Ruling::Kind::hold && hold_.empty()) hold_ = std::move(ruling.reason);
    if (asked == Pending::rcpt) return accept_recipient();
    if (asked == Pending::data) return pending_ = Pending::opening, void();
    in_transaction_ = true;
    say(replies::sender_ok);
}

void Session::opened(std::string_view queue_id) {
    pending_ = Pending::none;
    queue_id_ = queue_id;
    content_.reset(new Content(*options_));
    size_ = 0;
    mode_ = Mode::data;
    say(replies::go_ahead);
}

std::optional<Action> Session::next_data() {
    Content& content = *content_;
    if (content.over) return end_of_data();
    std::string_view rest = std::string_view(input_).substr(taken_);
    if (rest.empty()) return Action{Action::Kind::read};
    content.unstuffed.clear();
    content.stored.clear();
    content.over = content.unstuffer.feed(rest, content.unstuffed);
    taken_ = input_.size() - rest.size();
    if (rest.empty()) input_.clear(), taken_ = 0;
    size_ += content.unstuffed.size();
    content.filter.feed(content.unstuffed, content.stored);
    if (content.over) content.filter.finish(content.stored);
    if (content.stored.empty() || content_refusal()) return std::nullopt;
    return Action{Action::Kind::store, content.stored};
}

// What can be said against the message by now, without having understood it.
std::optional<Reply> Session::content_refusal() const {
    switch (content_->unstuffer.fault()) {
        case ContentFault::bare_lf:
            return reply_of(replies::content_bare_lf);
        case ContentFault::bare_cr:
            return reply_of(replies::content_bare_cr);
        case ContentFault::nul:
            return reply_of(replies::content_nul);
        case ContentFault::none:
            break;
    }
    const HeaderFilter& filter = content_->filter;
    if (size_ > options_->message_size) return size_reply(replies::size_received, size_);
    if (filter.received() >= options_->received)
        return reply_of(replies::too_many_hops, std::to_string(filter.received()));
    if (filter.received_here() >= options_->received_here)
        return reply_of(replies::loop, std::to_string(filter.received_here()));
    return std::nullopt;
}

Action Session::end_of_data() {
    mode_ = Mode::commands;
    if (const auto refusal = content_refusal()) {
        finished(*refusal);
        return next();
    }
    content_.reset();
    pending_ = Pending::submit;
    return {Action::Kind::submit};
}

void Session::finished(const Reply& reply) {
    say(reply);
    forget_transaction();
    end_when_too_many();
}

Reply Session::size_reply(const StandardReply& standard, std::uint64_t size) const {
    const std::uint64_t limit = options_->message_size;
    const std::uint64_t attachment = limit / 4 * 3 / 78 * 76;  // base64 in lines of 76
    return reply_of(standard, std::to_string(size) + " octets as sent, and " +
                                  std::to_string(limit) + " are the limit, which leaves about " +
                                  std::to_string(attachment / 1'000'000) +
                                  " MB for attachments. Send a smaller file or a link to it");
}

}  // namespace postern::relay
