// SPDX-License-Identifier: Apache-2.0
// The file types themselves, in the order of the table in file_type.cpp.
//
// The values are for this process alone; what is written down (policies, reports) is name_of().
#pragma once

#include "engine/file_type.h"

namespace postern::engine {

enum class FileType : std::uint8_t {
    data,  // octets that nothing here knows
    empty,
    text,
    text_utf16,
    html,
    mail,
    mbox,
    // What runs when it is opened.
    script,
    hta,
    registry,
    internet_shortcut,
    pe,
    ne,
    dos,
    elf,
    macho,
    java_class,
    dex,
    msi,
    lnk,
    chm,
    hlp,
    pyc,
    jar,
    apk,
    appx,
    // Documents and pictures.
    ole2,
    ooxml,
    odf,
    pdf,
    rtf,
    swf,
    wasm,
    png,
    gif,
    jpeg,
    bmp,
    tiff,
    webp,
    ico,
    cur,
    ani,
    // Archives.
    zip,
    tar,
    seven_zip,
    rar,
    cab,
    iso,
    udf,
    cpio,
    ar,
    xar,
    lha,
    arj,
    tnef,
    wim,
    vhd,
    vhdx,
    dmg,
    // One compressed stream.
    gzip,
    bzip2,
    xz,
    lzma,
    lzip,
    zstd,
    lz4,
    compress,
};

// How a content of the type is opened, if at all.
enum class ContainerKind : std::uint8_t {
    none,
    zip,      // by our own reader of zips
    archive,  // by libarchive
    stream,   // one compressed stream
    tnef,
    sealed,   // known to hold files, and nothing here can open it: told, never skipped in silence
};

ContainerKind container_kind_of(FileType type);

}  // namespace postern::engine
