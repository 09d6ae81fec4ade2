// SPDX-License-Identifier: Apache-2.0
#include "signatures/catalog/entry.h"

#include "signatures/clamav/lines.h"

#include <array>
#include <string>

namespace postern::signatures {

namespace {

struct KindWords {
    std::string_view name;
    std::string_view words;
};
constexpr std::array<KindWords, signature_kinds> kind_words{{{"body", "body signature"},
                                                             {"logical", "logical signature"},
                                                             {"digest", "digest of a content"},
                                                             {"section-digest", "digest of a PE section"},
                                                             {"import-digest", "digest of PE imports"},
                                                             {"allowed-digest", "digest that is allowed"},
                                                             {"member", "signature of a member"},
                                                             {"rule", "YARA rule"}}};

// W, L and B are classes and stand in parentheses; hex digits mean the same in either case.
std::string in_lower_hex(std::string_view text) {
    std::string out(text);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const bool is_class = i > 0 && i + 1 < out.size() && out[i - 1] == '(' && out[i + 1] == ')';
        if (out[i] >= 'A' && out[i] <= 'F' && !is_class) out[i] = static_cast<char>(out[i] | 0x20);
    }
    return out;
}

std::string meaning_of_fields(const clamav::Fields& fields, Format format) {
    const auto field = [&](std::size_t i) { return std::string(fields[i]); };
    if (format == Format::ndb) return field(1) + ':' + field(2) + ':' + in_lower_hex(fields[3]);
    if (format == Format::sections) return in_lower_hex(fields[1]) + ':' + field(0);
    return in_lower_hex(fields[0]) + ':' + field(1);
}

}  // namespace

std::string_view name_of(SignatureKind kind) { return kind_words[static_cast<std::size_t>(kind)].name; }
std::string_view words_for(SignatureKind kind) { return kind_words[static_cast<std::size_t>(kind)].words; }

SignatureKind kind_of(Format format) {
    switch (format) {
        case Format::ldb: return SignatureKind::logical;
        case Format::digests: return SignatureKind::digest;
        case Format::allowed_digests: return SignatureKind::allowed_digest;
        case Format::sections: return SignatureKind::section_digest;
        case Format::imports: return SignatureKind::import_digest;
        case Format::members:
        case Format::zip_members:
        case Format::rar_members: return SignatureKind::member;
        case Format::yara: return SignatureKind::rule;
        default: return SignatureKind::body;
    }
}

bool holds_signatures(Format format) {
    switch (format) {
        case Format::ign:
        case Format::ign2:
        case Format::container:
        case Format::file_types:
        case Format::unsupported: return false;
        default: return true;
    }
}

std::string meaning_of(const Entry& entry) {
    const std::string_view text = entry.text;
    switch (entry.format) {
        case Format::db: return "0:*:" + in_lower_hex(text.substr(text.find('=') + 1));
        case Format::ndb:
        case Format::digests:
        case Format::allowed_digests:
        case Format::sections:
        case Format::imports: return meaning_of_fields(clamav::split(text, ':'), entry.format);
        case Format::zip_members: return "zip" + std::string(text.substr(text.find(':')));
        case Format::rar_members: return "rar" + std::string(text.substr(text.find(':')));
        case Format::members: return std::string(text.substr(text.find(':')));
        case Format::ldb: return std::string(text.substr(text.find(';')));
        default: return std::string(text);
    }
}

}  // namespace postern::signatures
