// SPDX-License-Identifier: Apache-2.0
// Whatever is a zip inside is a zip to them.
#include "engine/container_type.h"

#include "engine/file_types.h"

namespace postern::engine {

signatures::ContentType container_type_of(FileType type) {
    using signatures::ContentType;
    switch (type) {
        case FileType::zip:
        case FileType::jar:
        case FileType::apk:
        case FileType::appx:
        case FileType::ooxml:
        case FileType::odf:
            return ContentType::zip;
        case FileType::tar:
            return ContentType::posix_tar;
        case FileType::seven_zip:
            return ContentType::seven_zip;
        case FileType::rar:
            return ContentType::rar;
        case FileType::cab:
            return ContentType::mscab;
        case FileType::iso:
            return ContentType::iso9660;
        case FileType::cpio:
            return ContentType::cpio_newc;
        case FileType::xar:
            return ContentType::xar;
        case FileType::lha:
            return ContentType::lha_lzh;
        case FileType::arj:
            return ContentType::arj;
        case FileType::tnef:
            return ContentType::tnef;
        default:
            return ContentType::any;
    }
}

}  // namespace postern::engine
