// SPDX-License-Identifier: Apache-2.0
// A signature that stands on a command line: the line itself, file:LINE, or @file.
#pragma once

#include "signatures/sources.h"

#include <optional>
#include <string>

namespace postern::app {

struct SignatureArgument {
    signatures::Format format = signatures::Format::ndb;
    std::string text;       // one line, or one YARA rule with the imports that stand in its file
    std::string file;       // empty: it stood on the command line
    std::size_t line = 0;   // from 1; 0: not known
    std::string source;     // YARA: what the rule stands in, so that it may refer to others; else `text`
    std::string extension;  // ".ndb": as a file of it would be called
};

// Its name as reports have it. Throws UsageError where it does not load.
std::string name_of(const SignatureArgument& argument);

// Nothing: the text is none of the three, so it may be a name. `type`: "imp" for what its own form does
// not tell; empty: by its form or the name of its file. Throws UsageError when there is no such line.
std::optional<SignatureArgument> signature_argument(const std::string& text, const std::string& type);

}  // namespace postern::app
