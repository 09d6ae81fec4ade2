// SPDX-License-Identifier: Apache-2.0
// Which kind of program a content is, by its first octets; the rest is done in executable/.
#include "signatures/executable.h"

#include "signatures/executable/elf.h"
#include "signatures/executable/macho.h"
#include "signatures/executable/pe.h"

namespace postern::signatures {

namespace {

std::optional<ExecutableLayout> read_pe_layout(std::span<const std::byte> content) {
    const executable::View view(content, executable::Order::little);
    const auto pe = executable::read_pe(view);
    if (!pe) return std::nullopt;
    ExecutableLayout layout;
    layout.entry_point = pe->entry;
    layout.sections.reserve(pe->sections.size());
    for (const executable::PeSection& section : pe->sections) {
        layout.sections.push_back({section.begin, section.size});
    }
    layout.version_strings = executable::version_strings(*pe, view);
    return layout;
}

}  // namespace

ExecutableLayout read_layout(std::span<const std::byte> content) {
    const std::uint32_t magic = executable::View(content, executable::Order::little).word(0);
    std::optional<ExecutableLayout> layout;
    if (magic == 0x464c457f) {
        layout = executable::read_elf(content);
    } else if (executable::is_macho(content)) {
        layout = executable::read_macho(content);
    } else {
        layout = read_pe_layout(content);
    }
    return layout ? std::move(*layout) : ExecutableLayout();
}

}  // namespace postern::signatures
