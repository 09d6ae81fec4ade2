// SPDX-License-Identifier: Apache-2.0
// zlib at its fastest: hex shrinks to a third whatever the effort, and a build has hundreds of
// thousands of lines. Here and in the containers' reader alone stands zlib.h.
#include "signatures/catalog/source_lines.h"

#include <zlib.h>

#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>

namespace postern::signatures {

namespace {

struct KindRow {
    char kind;
    Format format;
};
constexpr std::array<KindRow, 7> kinds{{{'b', Format::ndb},
                                        {'d', Format::db},
                                        {'l', Format::ldb},
                                        {'m', Format::members},
                                        {'z', Format::zip_members},
                                        {'r', Format::rar_members},
                                        {'y', Format::yara}}};

// zlib makes at most 1,032 octets of one; a file that claims more is not believed.
constexpr std::uint64_t most_from_one = 1040;

// The older lines have nine fields, and the kind of container is told by the file they stood in.
char kind_of(const MemberSignature& member) {
    std::size_t colons = 0;
    for (const char c : member.line) colons += c == ':';
    if (colons != 8) return 'm';
    return member.numbers.container == ContentType::rar ? 'r' : 'z';
}

char kind_of(const BodySignature& body) {
    return body.line[body.name_length] == '=' ? 'd' : 'b';
}

const KindRow* row_of(char kind) {
    for (const KindRow& row : kinds) {
        if (row.kind == kind) return &row;
    }
    return nullptr;
}

std::optional<std::string> unpack(std::span<const std::byte> packed) {
    std::uint64_t size = 0;
    if (packed.size() < sizeof size) return std::nullopt;
    std::memcpy(&size, packed.data(), sizeof size);
    const auto stream = packed.subspan(sizeof size);
    if (size / most_from_one > stream.size()) return std::nullopt;
    std::string text(size, '\0');
    uLongf length = size;
    const int result = ::uncompress(reinterpret_cast<Bytef*>(text.data()), &length,
                                    reinterpret_cast<const Bytef*>(stream.data()), stream.size());
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result != Z_OK || length != size) return std::nullopt;
    return text;
}

}  // namespace

void SourceLines::add(char kind, std::string_view text) {
    text_ += kind;
    text_ += text;
    text_ += '\0';
}

void SourceLines::add(const Signatures& signatures) {
    for (const BodySignature& body : signatures.bodies) add(kind_of(body), body.line);
    for (const LogicalSignature& logical : signatures.logical) add('l', logical.line);
    for (const MemberSignature& member : signatures.members) add(kind_of(member), member.line);
}

void SourceLines::add(const std::vector<yara::RuleUnit>& units) {
    for (const yara::RuleUnit& unit : units) {
        for (const yara::Rule& rule : unit.rules) add('y', rule.text);
    }
}

Array<std::byte> SourceLines::pack() const {
    const std::uint64_t size = text_.size();
    uLongf length = ::compressBound(text_.size());
    std::vector<std::byte> packed(sizeof size + length);
    std::memcpy(packed.data(), &size, sizeof size);
    const int result = ::compress2(reinterpret_cast<Bytef*>(packed.data() + sizeof size), &length,
                                   reinterpret_cast<const Bytef*>(text_.data()), text_.size(), Z_BEST_SPEED);
    if (result != Z_OK) throw std::bad_alloc();
    packed.resize(sizeof size + length);
    packed.shrink_to_fit();
    return packed;
}

bool visit_lines(std::span<const std::byte> packed, const std::function<void(const SourceLine&)>& visit) {
    const std::optional<std::string> text = unpack(packed);
    if (!text) return false;
    for (std::string_view rest = *text; !rest.empty();) {
        const std::size_t end = rest.find('\0');
        const KindRow* row = row_of(rest[0]);
        if (end == rest.npos || !row) return false;
        visit({row->format, rest.substr(1, end - 1)});
        rest.remove_prefix(end + 1);
    }
    return true;
}

}  // namespace postern::signatures
