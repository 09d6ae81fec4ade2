// SPDX-License-Identifier: Apache-2.0
// Which file of this folder opens what, and the two things common to all: depth, and running out of memory.
#include "engine/expand/expander.h"

#include "engine/expand/archive.h"
#include "engine/expand/expansion.h"
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
    if (const auto limit = budget.enter(content.depth)) return expansion.limited({}, *limit);
    try {
        open(content, type, expansion);
    } catch (const std::bad_alloc&) {
        // Under an address-space limit a decoder's window is what cannot be had.
        expansion.limited({}, Limit::dictionary);
    }
}

}  // namespace postern::engine::expand
