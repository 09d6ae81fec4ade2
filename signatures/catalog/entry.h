// SPDX-License-Identifier: Apache-2.0
// Entry: one signature as people know it: its kind, its name, its text, and where that stands.
#pragma once

#include "signatures/sources.h"

#include <cstdint>
#include <functional>
#include <string_view>

namespace postern::signatures {

enum class SignatureKind : std::uint8_t {
    body, logical, digest, section_digest, import_digest, allowed_digest, member, rule,
};
inline constexpr std::size_t signature_kinds = 8;

// "body", "section-digest": stable, for programs.
std::string_view name_of(SignatureKind kind);
// "body signature", "YARA rule".
std::string_view words_for(SignatureKind kind);
// REQUIRES: the format holds signatures.
SignatureKind kind_of(Format format);
// False for formats that hold none (ignore lists, file types), or are left out whole.
bool holds_signatures(Format format);
inline bool is_digest(SignatureKind kind) {
    return kind >= SignatureKind::digest && kind <= SignatureKind::allowed_digest;
}

struct Entry {
    SignatureKind kind = SignatureKind::body;
    Format format = Format::ndb;  // of the text
    std::string_view name;        // of a YARA rule with "YARA." before it, as reports have it
    std::string_view text;        // the line, or the rule
    std::string_view file;        // empty: it stood in a set
    std::size_t line = 0;         // from 1; 0: not known
};

// The entry is borrowed for the call.
using EntryVisit = std::function<void(const Entry&)>;

// What the signature looks for, without its name: two with the same meaning find the same. Hex is in
// lower case, functionality levels are left out.
std::string meaning_of(const Entry& entry);

}  // namespace postern::signatures
