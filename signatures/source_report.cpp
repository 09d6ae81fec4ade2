// SPDX-License-Identifier: Apache-2.0
// Every complaint is counted; only the first ones become text.
#include "signatures/source_report.h"

namespace postern::signatures {

void SourceReport::add(Severity severity, const char* at, std::string message) {
    errors_ += severity == Severity::error;
    unsupported_ += severity == Severity::unsupported;
    if (told_ == told_in_full) {
        ++untold_;
        return;
    }
    ++told_;
    const std::size_t column = at ? static_cast<std::size_t>(at - line_.data()) + 1 : 0;
    out_.push_back({severity, std::string(file_), number_, column, std::move(message)});
}

void SourceReport::finish() {
    if (untold_ == 0) return;
    out_.push_back({Severity::error, std::string(file_), 0, 0,
                    std::to_string(untold_) + " more lines have something wrong; mend the ones "
                                              "above and load again to see them"});
}

}  // namespace postern::signatures
