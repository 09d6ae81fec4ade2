// SPDX-License-Identifier: Apache-2.0
// Every complaint is counted; only the first ones become text.
#include "signatures/source_report.h"

namespace postern::signatures {

void SourceReport::add(Severity severity, const char* at, std::string message) {
    errors_ += severity == Severity::error;
    unsupported_ += severity == Severity::unsupported;
    if (told_ == told_in_full) {
        ++untold_;
        last_untold_ = number_;
        return;
    }
    ++told_;
    const std::size_t column = at ? static_cast<std::size_t>(at - line_.data()) + 1 : 0;
    out_.push_back({severity, std::string(file_), number_, column, std::move(message)});
}

void SourceReport::leave_out(std::size_t lines, Severity severity, std::string_view why) {
    unsupported_ += severity == Severity::unsupported ? lines : 0;
    std::string message = std::to_string(lines) + (lines == 1 ? " entry is" : " entries are");
    out_.push_back({severity, std::string(file_), 0, 0,
                    message.append(" left out; ").append(why)});
}

void SourceReport::finish() {
    if (untold_ == 0) return;
    // At a line: without one it would be about the source as a whole, which is read.
    out_.push_back({Severity::error, std::string(file_), last_untold_, 0,
                    std::to_string(untold_) + " more lines up to here have something wrong; mend the "
                                              "ones above and load again to see them"});
}

}  // namespace postern::signatures
