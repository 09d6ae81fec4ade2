// SPDX-License-Identifier: Apache-2.0
// Rule text: a source of YARA rules divided at the borders of its statements.
//
// The words of the language decide where a statement ends: strings, regular expressions, hex strings
// and comments are passed over as libyara's own scanner would. A rule that never closes ends where
// the next one begins, so that a mistake costs one rule and not the rest of the file.
//
// Linear in the text. What is inside a rule is libyara's affair; here only its names are listed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace postern::signatures::yara {

enum class StatementKind : std::uint8_t { import, include, rule, stray };

struct Statement {
    StatementKind kind = StatementKind::stray;
    std::string_view text;  // in the source
    // Of a rule its identifier, of import and include what is named, without quotes.
    std::string_view name;
    std::size_t line = 1;  // of its first octet, from 1
    bool is_private = false;
    bool is_global = false;
    bool counts_in_range = false;  // #a in (1..9)
    unsigned nesting = 0;    // the deepest ( or [ inside each other, in conditions and expressions
    std::size_t strings = 0;  // so many texts, expressions and hex strings
    std::size_t xor_keys = 0;  // of all strings under `xor`: each key is a string to look for
    std::vector<std::string_view> identifiers;  // every word in it, sorted, each once
    std::vector<std::string_view> prefixes;     // words before a '*', the same way
};

// REQUIRES: `source` outlives the statements.
std::vector<Statement> statements_of(std::string_view source);

}  // namespace postern::signatures::yara
