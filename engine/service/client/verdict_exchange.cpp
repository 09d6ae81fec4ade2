// SPDX-License-Identifier: Apache-2.0
#include "engine/service/client/verdict_exchange.h"

#include "engine/identify.h"
#include "engine/service/client/verdict_answer.h"

#include <algorithm>
#include <array>

namespace postern::engine::service::client {

namespace {

// Small enough to be sent while the next is read, large enough that calls do not count.
constexpr std::size_t chunk_octets = 256 << 10;

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (is_plain(c)) {
            encoded += c;
        } else {
            encoded += {'%', digits[octet >> 4], digits[octet & 15]};
        }
    }
    return encoded;
}

std::string token(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return !is_plain(c); }, '_');
    return text.substr(0, 128);
}

// Names longer than any file system has them are cut: the end decides what a file is.
std::string_view end_of(std::string_view name) {
    constexpr std::size_t most = 1024;
    return name.size() > most ? name.substr(name.size() - most) : name;
}

void append_length(std::string& out, std::size_t length) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((length >> shift) & 0xff);
}

}  // namespace

std::string verdict_command(const ScanRequest& request, Transfer transfer) {
    std::string command = "zVERDICT ";
    command += transfer == Transfer::descriptor ? "FILDES" : "INSTREAM";
    if (request.as == TakenAs::message) command += " as=message";
    if (request.as == TakenAs::file) command += " as=file";
    if (!request.name.empty()) command += " name=" + percent_encoded(end_of(request.name));
    if (!request.id.empty()) command += " id=" + token(request.id);
    command += '\0';
    return command;
}

VerdictExchange::VerdictExchange(const ScanRequest& request, Transfer transfer)
    : source_(request),
      transfer_(transfer),
      descriptor_(request.descriptor),
      out_(verdict_command(request, transfer)) {
    if (source_.is_readable()) {
        fill();
    } else {
        fail(State::unreadable, "the descriptor is not of a regular file");
    }
}

VerdictExchange::Outgoing VerdictExchange::next() {
    if (state_ != State::open) return {};
    if (out_sent_ == out_.size() && !all_queued_) {
        out_.clear();
        out_sent_ = 0;
        fill();
    }
    const auto octets = std::as_bytes(std::span(out_)).subspan(out_sent_);
    return {octets, descriptor_is_next_ && !octets.empty() ? descriptor_ : -1};
}

void VerdictExchange::sent(std::size_t octets) {
    out_sent_ += octets;
    if (octets > 0) descriptor_is_next_ = false;
}

// Appends the descriptor's octet, or the next chunk and behind the last one the length that ends
// the stream. So the command of a small message and all of it are one packet.
void VerdictExchange::fill() {
    if (transfer_ == Transfer::descriptor) {
        out_ += '\0';
        descriptor_is_next_ = all_queued_ = true;
        return;
    }
    const auto length =
        static_cast<std::size_t>(std::min<std::uint64_t>(chunk_octets, source_.size() - streamed_));
    if (length > 0) {
        append_length(out_, length);
        const std::size_t start = out_.size();
        out_.resize(start + length);
        if (!source_.read(streamed_, std::as_writable_bytes(std::span(out_)).subspan(start))) {
            return fail(State::unreadable,
                        "the message became shorter, or could not be read, while it was sent");
        }
        streamed_ += length;
    }
    if (streamed_ == source_.size()) {
        append_length(out_, 0);
        all_queued_ = true;
    }
}

void VerdictExchange::received(std::span<const std::byte> octets) {
    if (state_ != State::open) return;
    if (in_.size() + octets.size() > max_answer)
        return fail(State::broken, "its answer is longer than any verdict");
    const std::size_t seen = in_.size();
    in_.append(reinterpret_cast<const char*>(octets.data()), octets.size());
    const std::size_t end = in_.find('\0', seen);
    if (end == std::string::npos) return;
    if (end + 1 != in_.size()) return fail(State::broken, "it said more than one answer");
    in_.pop_back();
    read_answer();
}

void VerdictExchange::read_answer() {
    if (!in_.starts_with('{')) {
        return fail(State::broken, "it answered \"" + printable_name(in_.substr(0, 100)) + "\"");
    }
    std::string failure;
    report_ = parse_answer(in_, failure);
    in_ = {};
    if (!report_) return fail(State::broken, failure);
    if (report_->decision.action == Action::accept &&
        report_->verdict.message_bytes != source_.size()) {
        return fail(State::broken, "its answer is about another number of octets");
    }
    report_->path.clear();
    state_ = State::answered;
}

void VerdictExchange::closed(std::string_view why) {
    if (state_ != State::open) return;
    fail(State::broken,
         in_.empty() ? std::string(why) : "it broke off in the middle of its answer");
}

void VerdictExchange::fail(State state, std::string failure) {
    state_ = state;
    failure_ = std::move(failure);
    out_ = {};
    out_sent_ = 0;
}

}  // namespace postern::engine::service::client
