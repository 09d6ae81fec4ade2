// SPDX-License-Identifier: Apache-2.0
#include "engine/service/protocol.h"

#include "engine/service/verdict_text.h"

#include <algorithm>

namespace postern::engine::service {

namespace {

// A path of the longest kind and its verb.
constexpr std::size_t most_command = 4096 + 256;
// What a client may send ahead. More is nothing that a client does.
constexpr std::size_t most_descriptors = 16;

std::string_view text_of(std::span<const std::byte> octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

char terminator(Form form) {
    return form == Form::ended_by_nul ? '\0' : '\n';
}

bool is_scan_of_path(Verb verb) {
    return verb == Verb::scan || verb == Verb::contscan || verb == Verb::multiscan ||
           verb == Verb::allmatchscan;
}

bool is_stream(const Command& command) {
    return command.verb == Verb::instream ||
           (command.verb == Verb::verdict &&
            command.verdict.source == VerdictOptions::Source::stream);
}

}  // namespace

std::string framed(const Mark& mark, std::string_view text) {
    std::string reply;
    if (mark.number != 0) reply = std::to_string(mark.number) + ": ";
    reply += text;
    reply += terminator(mark.form);
    return reply;
}

Step Protocol::close(std::string reason) {
    state_ = State::closed;
    return step::Close{std::move(reason)};
}

Step Protocol::refuse(const Mark& mark, std::string_view text) {
    then_close_ = true;
    return step::Say{framed(mark, text)};
}

void Protocol::give(Descriptor descriptor) {
    if (state_ == State::closed) return;
    if (descriptors_.size() == most_descriptors) {
        then_close_ = true;
        close_reason_ = "too many descriptors";
        return;
    }
    descriptors_.push_back(std::move(descriptor));
}

Step Protocol::end_of_input() {
    if (state_ == State::closed) return step::Close{};
    return close(in_the_middle() ? "ended in the middle of a command" : "");
}

Step Protocol::next(std::span<const std::byte>& input) {
    if (then_close_) return close(std::move(close_reason_));
    switch (state_) {
        case State::command:
            return read_command(input);
        case State::chunk_length:
            return read_length(input);
        case State::chunk:
            return read_chunk(input);
        case State::descriptor:
            return read_descriptor(input);
        case State::closed:
            break;
    }
    return step::Close{};
}

Step Protocol::read_command(std::span<const std::byte>& input) {
    if (input.empty()) return step::NeedInput{};
    const char first = line_.empty() ? text_of(input).front() : line_.front();
    const bool marked = first == 'z' || first == 'n';
    if (!marked && in_session_) {
        input = {};
        ++commands_;
        return refuse({commands_, Form::ended_by_nul}, "Command invalid inside IDSESSION. ERROR");
    }
    const Form form = !marked ? Form::bare : first == 'z' ? Form::ended_by_nul : Form::ended_by_lf;
    const std::string_view text = text_of(input);
    std::size_t end = text.find(terminator(form));
    const bool ended = end != text.npos || form == Form::bare;
    end = std::min(end, text.size());
    if (line_.size() + end > most_command) return close("command too long");
    line_ += text.substr(0, end);
    input = input.subspan(std::min(end + 1, input.size()));
    if (!ended) return step::NeedInput{};
    const std::string line = std::exchange(line_, {});
    return obey(std::string_view(line).substr(marked ? 1 : 0), form);
}

Step Protocol::obey(std::string_view text, Form form) {
    // A bare one ends where C would see its end, and lines may have come from a terminal.
    if (form == Form::bare) text = text.substr(0, text.find('\0'));
    if (form != Form::ended_by_nul && text.ends_with('\r')) text.remove_suffix(1);
    Understood said = understand(text, form);
    const Mark mark{in_session_ ? ++commands_ : 0, form};
    if (!said.error.empty()) return refuse(mark, unread_verdict({}, said.error));
    if (in_session_ && (!said.command || !fits_session(said.command->verb))) {
        return refuse(mark, "Command invalid inside IDSESSION. ERROR");
    }
    const bool nothing = !said.command || (said.command->verb == Verb::end && !in_session_);
    if (nothing) return refuse(mark, "UNKNOWN COMMAND");
    return begin(mark, std::move(*said.command));
}

Step Protocol::begin(const Mark& mark, Command command) {
    const Verb verb = command.verb;
    if (verb == Verb::end) return close("");
    if (verb == Verb::idsession) {
        in_session_ = true;
        return step::Say{};
    }
    mark_ = mark;
    if (is_stream(command)) {
        state_ = State::chunk_length;
        length_ = length_octets_ = 0;
        stream_octets_ = 0;
        return step::StreamBegin{mark, verb, std::move(command.verdict)};
    }
    if (verb == Verb::fildes || verb == Verb::verdict) {
        state_ = State::descriptor;
        command_ = std::move(command);
        return step::Say{};
    }
    then_close_ = !in_session_;
    if (is_scan_of_path(verb)) return step::ScanPath{mark, verb, std::move(command.path)};
    return step::Query{mark, verb};
}

Step Protocol::read_length(std::span<const std::byte>& input) {
    while (length_octets_ < 4 && !input.empty()) {
        length_ = length_ << 8 | std::to_integer<std::uint32_t>(input.front());
        input = input.subspan(1);
        ++length_octets_;
    }
    if (length_octets_ < 4) return step::NeedInput{};
    length_octets_ = 0;
    if (length_ == 0) return end_of_stream();
    if (length_ > most_stream_ - stream_octets_) {
        then_close_ = true;
        close_reason_ = "stream too long";
        return step::StreamTooLong{};
    }
    stream_octets_ += length_;
    state_ = State::chunk;
    return read_chunk(input);
}

Step Protocol::end_of_stream() {
    state_ = State::command;
    then_close_ = !in_session_;
    return step::StreamEnd{};
}

Step Protocol::read_chunk(std::span<const std::byte>& input) {
    if (input.empty()) return step::NeedInput{};
    const std::size_t size = std::min<std::size_t>(length_, input.size());
    const auto octets = input.first(size);
    input = input.subspan(size);
    length_ -= static_cast<std::uint32_t>(size);
    if (length_ == 0) state_ = State::chunk_length;
    return step::StreamOctets{octets};
}

Step Protocol::read_descriptor(std::span<const std::byte>& input) {
    if (input.empty()) return step::NeedInput{};
    input = input.subspan(1);
    state_ = State::command;
    // One too many, without a session in which it could be the next command's, is a mistake.
    const bool one = !descriptors_.empty() && (in_session_ || descriptors_.size() == 1);
    if (!one && command_.verb == Verb::verdict) {
        return refuse(
            mark_,
            unread_verdict(
                {}, "one octet with one descriptor follows VERDICT FILDES, over a Unix socket"));
    }
    if (!one) return refuse(mark_, "No file descriptor received. ERROR");
    then_close_ = !in_session_;
    step::ScanDescriptor scan{mark_, command_.verb, std::move(command_.verdict),
                              std::move(descriptors_.front())};
    descriptors_.pop_front();
    return scan;
}

}  // namespace postern::engine::service
