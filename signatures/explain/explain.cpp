// SPDX-License-Identifier: Apache-2.0
// A heading, then rows of a label and what it says.
#include "signatures/explain/explain.h"

#include "signatures/catalog/parsed_line.h"
#include "signatures/clamav/ldb.h"
#include "signatures/clamav/lines.h"
#include "signatures/explain/body_words.h"
#include "signatures/explain/logic_words.h"
#include "signatures/explain/rule_words.h"

namespace postern::signatures {

namespace {

using explain::Lines;
using explain::counted;
using explain::words_for;

class Page {
public:
    // What is longer than one line stands under itself, behind the label.
    void row(std::string_view label, const Lines& lines) {
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const std::string_view before = i == 0 ? label : std::string_view();
            const std::size_t pad = before.size() < width ? width - before.size() : 1;
            lines_.push_back("  " + std::string(before) + std::string(pad, ' ') + lines[i]);
        }
    }
    void row(std::string_view label, std::string words) { row(label, Lines{std::move(words)}); }
    void add(const Lines& lines) { explain::append(lines_, lines); }
    std::string text() const { return explain::joined(lines_); }

private:
    static constexpr std::size_t width = 12;
    Lines lines_;
};

void tell(const BodySignature& body, const Entry&, Page& page) {
    page.row("looks in", words_for(body.target));
    page.row("begins", words_for(body.offset));
    page.row("finds", words_for(body.body));
}

void tell(const LogicalSignature& logical, const Entry& entry, Page& page) {
    page.row("looks in", words_for(logical.description));
    page.row("found where", words_for(logical.expression));
    const auto fields = clamav::logical_fields(entry.text);
    for (std::size_t i = 0; i < logical.subsignatures.size(); ++i) {
        page.row(std::to_string(i), words_for(logical.subsignatures[i], fields[3 + i]));
    }
}

std::string algorithm(const DigestSignature& digest) {
    return digest.algorithm == DigestKind::md5 ? "MD5" : digest.algorithm == DigestKind::sha1 ? "SHA-1" : "SHA-256";
}

void tell(const DigestSignature& digest, const Entry& entry, Page& page) {
    const std::string size = digest.size == 0 ? "of any size" : "of " + counted(digest.size, "octet");
    const std::string hash = algorithm(digest) + ' ' + digest.hash;
    switch (entry.kind) {
        case SignatureKind::section_digest:
            page.row("looks in", "sections of Windows programs (PE)");
            page.row("finds", "a section " + size + " whose octets have the " + hash);
            break;
        case SignatureKind::import_digest:
            page.row("looks in", "32-bit Windows programs (PE)");
            page.row("finds", Lines{"an import table whose text has the " + hash, "(libraries and functions as \"library.function\", in their order), " + size});
            break;
        case SignatureKind::allowed_digest:
            page.row("looks at", "any content (decoded parts, members of archives) and the message as it travelled");
            page.row("allows", Lines{"a content " + size + " with the " + hash, "nothing is reported in it, or in what it holds"});
            break;
        default:
            page.row("looks in", "any content (decoded parts, members of archives)");
            page.row("finds", "a content " + size + " with the " + hash);
    }
}

void tell(const MemberSignature& member, const Entry& entry, Page& page) {
    const MemberNumbers& numbers = member.numbers;
    const auto range = [&](const char* label, const NumberRange& wanted) {
        if (!wanted.is_all()) page.row(label, words_for(wanted));
    };
    page.row("looks at", "what a container says of its members, before they are opened");
    page.row("container", numbers.container == ContentType::any ? "of any type" : words_for(numbers.container));
    range("its octets", numbers.container_size);
    const clamav::Fields fields = clamav::split(entry.text, ':');
    const std::string_view pattern = fields[entry.format == Format::members ? 3 : 2];
    page.row("name", pattern == "*" ? Lines{"whatever it is"}
                                    : Lines{"matches the regular expression " + std::string(pattern),
                                            "(POSIX extended) anywhere in the whole path"});
    range("packed", numbers.packed_size);
    range("unpacked", numbers.size);
    if (numbers.encrypted != Encryption::any) {
        page.row("encrypted", numbers.encrypted == Encryption::yes ? "yes" : "no");
    }
    range("position", numbers.position);
    if (numbers.crc != 0) page.row("CRC-32", std::to_string(numbers.crc));
}

std::string heading(const Entry& entry) {
    std::string text(entry.name);
    text += ": " + std::string(words_for(entry.kind));
    if (!entry.file.empty()) text += ", " + std::string(entry.file);
    if (entry.line != 0) text += ':' + std::to_string(entry.line);
    return text;
}

}  // namespace

std::string explained(const Entry& entry) {
    Page page;
    page.add({heading(entry)});
    if (entry.format == Format::yara) {
        page.add(explain::words_for_rule(entry.text));
        return page.text();
    }
    Diagnostics told;
    const auto parsed = parse_line(entry.format, entry.text, entry.file, told);
    if (parsed) {
        std::visit([&](const auto& one) { tell(one, entry, page); }, *parsed);
    } else {
        for (const Diagnostic& diagnostic : told) page.row("left out", diagnostic.message);
    }
    return page.text();
}

}  // namespace postern::signatures
