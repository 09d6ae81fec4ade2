// SPDX-License-Identifier: Apache-2.0
// Diagnostics as people read them: the form that editors and terminals jump to.
#include "signatures/diagnostic.h"

namespace postern::signatures {

namespace {

const char* word_of(Severity severity) {
    switch (severity) {
        case Severity::warning:
            return "warning";
        case Severity::unsupported:
            return "unsupported";
        case Severity::error:
            break;
    }
    return "error";
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
    std::string text = diagnostic.file;
    // A place is left out from the right: no column, or neither line nor column.
    if (diagnostic.line != 0) {
        text += ':' + std::to_string(diagnostic.line);
        if (diagnostic.column != 0) text += ':' + std::to_string(diagnostic.column);
    }
    return text + ": " + word_of(diagnostic.severity) + ": " + diagnostic.message;
}

}  // namespace postern::signatures
