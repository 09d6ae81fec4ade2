// SPDX-License-Identifier: Apache-2.0
#include "relay/dot_stuffing.h"

namespace postern::relay {

void DotUnstuffer::mark(ContentFault fault) {
    if (fault_ == ContentFault::none) fault_ = fault;
}

// A CR or LF on its own was met, and is not in `content` yet.
void DotUnstuffer::bare(ContentFault fault, std::string& content) {
    if (ends_ == LineEnds::mended) {
        content += "\r\n";
        state_ = State::mended_start;
        return;
    }
    mark(fault);
    content += fault == ContentFault::bare_lf ? '\n' : '\r';
    state_ = State::in_line;
}

// Up to the next LF, or all there is.
void DotUnstuffer::in_line(std::string_view& input, std::string& content) {
    const std::size_t lf = input.find('\n');
    const std::string_view run = input.substr(0, lf);
    const std::size_t cr = run.find('\r');
    const std::string_view text = run.substr(0, cr);
    if (text.find('\0') != std::string_view::npos) mark(ContentFault::nul);
    if (cr == std::string_view::npos && lf != std::string_view::npos) {
        content += text;
        input.remove_prefix(lf + 1);
        bare(ContentFault::bare_lf, content);
    } else if (lf != std::string_view::npos && cr + 1 == lf) {
        content += input.substr(0, lf + 1);
        input.remove_prefix(lf + 1);
        state_ = State::line_start;
    } else {
        content += text;
        input.remove_prefix(cr == std::string_view::npos ? run.size() : cr + 1);
        if (cr != std::string_view::npos) state_ = State::after_cr;
    }
}

// The CR is not in `content` yet.
void DotUnstuffer::after_cr(std::string_view& input, std::string& content) {
    if (input.front() != '\n') return bare(ContentFault::bare_cr, content);
    content += "\r\n";
    input.remove_prefix(1);
    state_ = State::line_start;
}

bool DotUnstuffer::feed(std::string_view& input, std::string& content) {
    while (!input.empty()) {
        const char c = input.front();
        switch (state_) {
            case State::line_start:
            case State::mended_start:
                if (c != '.') {
                    state_ = State::in_line;
                    break;
                }
                state_ = state_ == State::line_start ? State::dot : State::mended_dot;
                input.remove_prefix(1);
                break;
            case State::dot:
                state_ = c == '\r' ? State::dot_cr : State::in_line;
                if (c == '\r') input.remove_prefix(1);
                if (c == '\n') content += '.';
                break;
            case State::mended_dot:
                if (c == '\r' || c == '\n') content += '.';
                state_ = State::in_line;
                break;
            case State::dot_cr:
                if (c == '\n') {
                    input.remove_prefix(1);
                    state_ = State::line_start;
                    return true;
                }
                content += '.';
                bare(ContentFault::bare_cr, content);
                break;
            case State::in_line:
                in_line(input, content);
                break;
            case State::after_cr:
                after_cr(input, content);
                break;
        }
    }
    return false;
}

}  // namespace postern::relay
