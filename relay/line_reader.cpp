// SPDX-License-Identifier: Apache-2.0
#include "relay/line_reader.h"

namespace postern::relay {

void LineReader::clear() {
    text_.clear();
    text_.shrink_to_fit();
    fault_ = LineFault::none;
    size_ = 0;
    after_cr_ = false;
}

// The first fault is the one that is told.
void LineReader::mark(LineFault fault) {
    if (fault_ == LineFault::none) fault_ = fault;
}

void LineReader::keep(char c) {
    if (text_.size() < longest_) {
        text_ += c;
    } else {
        mark(LineFault::too_long);
    }
}

bool LineReader::finish(Line& line) {
    line.text = std::move(text_);
    line.fault = fault_;
    line.size = size_;
    clear();
    return true;
}

bool LineReader::next(std::string_view& input, Line& line) {
    while (!input.empty()) {
        const char c = input.front();
        if (after_cr_ && c != '\n' && ends_ == LineEnds::mended) return finish(line);
        input.remove_prefix(1);
        ++size_;
        if (c == '\n') {
            if (after_cr_ || ends_ == LineEnds::mended) return finish(line);
            mark(LineFault::bare_lf);
            continue;
        }
        if (after_cr_) mark(LineFault::bare_cr);
        after_cr_ = c == '\r';
        if (after_cr_) continue;
        if (c == '\0') mark(LineFault::nul);
        keep(c);
    }
    return false;
}

}  // namespace postern::relay
