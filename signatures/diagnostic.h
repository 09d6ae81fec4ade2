// SPDX-License-Identifier: Apache-2.0
// Diagnostics: what was wrong with a line of a signature source, where, and what to write instead.
//
// A bad line never stops a load: it is reported, left out, and the rest load.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace postern::signatures {

enum class Severity { warning, unsupported, error };

struct Diagnostic {
    Severity severity = Severity::error;
    std::string file;
    std::size_t line = 0;    // from 1; 0: the file as a whole
    std::size_t column = 0;  // from 1; 0: the line as a whole
    std::string message;     // one sentence
};

// "FILE:LINE:COLUMN: error: MESSAGE"
std::string to_string(const Diagnostic& diagnostic);

using Diagnostics = std::vector<Diagnostic>;

}  // namespace postern::signatures
