// SPDX-License-Identifier: Apache-2.0
// SourceReport: what one source file has to say about its lines, kept within bounds.
//
// A source is untrusted text: a file of a million bad lines must not become a million strings. The
// first ones are told in full, the rest are counted and told in one sentence at the end.
#pragma once

#include "signatures/diagnostic.h"

#include <string_view>

namespace postern::signatures {

class SourceReport {
public:
    static constexpr std::size_t told_in_full = 1000;

    // REQUIRES: `out` and `file` outlive the report.
    SourceReport(std::string_view file, Diagnostics& out) : file_(file), out_(out) {}

    // The line that add() speaks about from now on.
    void begin_line(std::string_view line, std::size_t number) {
        line_ = line;
        number_ = number;
    }
    // `at` points into the line: the column is counted from it. Null: the line as a whole.
    void add(Severity severity, const char* at, std::string message);
    void error(const char* at, std::string message) {
        add(Severity::error, at, std::move(message));
    }

    // Lines that are left out together, told in one sentence about the file as a whole.
    void leave_out(std::size_t lines, Severity severity, std::string_view why);

    // Says how many were not told. Called once, at the end of the source.
    void finish();

    std::size_t errors() const { return errors_; }
    std::size_t unsupported() const { return unsupported_; }

private:
    std::string_view file_;
    Diagnostics& out_;
    std::string_view line_;
    std::size_t number_ = 0;
    std::size_t told_ = 0;
    std::size_t untold_ = 0;
    std::size_t last_untold_ = 0;  // line
    std::size_t errors_ = 0;
    std::size_t unsupported_ = 0;
};

}  // namespace postern::signatures
