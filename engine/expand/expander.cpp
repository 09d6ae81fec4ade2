// SPDX-License-Identifier: Apache-2.0
// Which file of this folder opens what.
#include "engine/expand/expander.h"

#include "engine/expand/archive.h"
#include "engine/expand/compound.h"
#include "engine/expand/expansion.h"
#include "engine/expand/pdf.h"
#include "engine/expand/stream.h"
#include "engine/expand/tnef.h"
#include "engine/expand/zip.h"
#include "engine/file_types.h"

#include <new>

namespace postern::engine::expand {
namespace {

void open(const Content& content, FileType type, Expansion& expansion) {
    switch (container_kind_of(type)) {
        case ContainerKind::none:  // asked because it ends in a zip
        case ContainerKind::zip: return expand_zip(content.bytes, expansion);
        case ContainerKind::archive: return expand_archive(content.bytes, type, expansion);
        case ContainerKind::stream: return expand_stream(content.bytes, type, expansion);
        case ContainerKind::tnef: return expand_tnef(content.bytes, expansion);
        case ContainerKind::sealed:
            return expansion.unsupported({}, std::string(description_of(type)) + ", not opened");
    }
}

// What is common to all: depth, and running out of memory.
template <typename Open>
void opened(const Content& content, Expansion& expansion, Open open) {
    if (const auto limit = expansion.budget().enter(content.depth)) return expansion.limited({}, *limit);
    try {
        open();
    } catch (const std::bad_alloc&) {
        // Under an address-space limit a decoder's window is what cannot be had.
        expansion.limited({}, Limit::dictionary);
    }
}

}  // namespace

bool is_container(FileType type) { return container_kind_of(type) != ContainerKind::none; }

Wrapping wrapping_of(FileType type) {
    if (type == FileType::zip) return Wrapping::zip;
    if (type == FileType::ooxml || type == FileType::odf) return Wrapping::document;
    return is_container(type) ? Wrapping::archive : Wrapping::none;
}

void expand(const Content& content, FileType type, Budget& budget, Sink& sink) {
    using enum Expansion::Origin;
    Expansion expansion(budget, sink, is_container(type) ? container : carved);
    opened(content, expansion, [&] { open(content, type, expansion); });
}

bool holds_streams(FileType type) {
    return type == FileType::pdf || type == FileType::ole2 || type == FileType::msi;
}

void expand_streams(const Content& content, FileType type, Budget& budget, Sink& sink) {
    Expansion expansion(budget, sink, Expansion::Origin::container);
    opened(content, expansion, [&] {
        type == FileType::pdf ? expand_pdf(content.bytes, expansion) : expand_compound(content.bytes, expansion);
    });
}

}  // namespace postern::engine::expand
