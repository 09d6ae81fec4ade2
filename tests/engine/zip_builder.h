// SPDX-License-Identifier: Apache-2.0
// Zips by hand: each field of each record can be made to lie, which no library's writer would do.
#pragma once

#include "corpora/generate/archives.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace postern::tests {

inline std::string little(std::uint64_t value, int octets) {
    std::string out;
    corpora::append_le(out, value, octets);
    return out;
}

inline std::string deflated(const std::string& data) { return corpora::raw_deflated(data, 6); }

inline std::string numbered(std::string name, int n) { return name.append(std::to_string(n)); }

// What one of the two headers says.
struct Header {
    std::string name;
    std::uint16_t flags = 0, method = 8;
    std::uint32_t crc = 0;
    std::uint64_t packed = 0, size = 0;
    std::string extra;

    std::string fields() const {
        return little(flags, 2) + little(method, 2) + little(0, 4) + little(crc, 4) + little(packed, 4) +
               little(size, 4) + little(name.size(), 2) + little(extra.size(), 2);
    }
};

struct Entry {
    Header local, central;
    std::string data;        // as it lies in the archive
    std::string descriptor;  // behind it
    bool in_directory = true;
};

// An honest entry, to be spoilt.
inline Entry entry_of(const std::string& name, const std::string& content, std::uint16_t method = 8) {
    Entry entry;
    entry.data = method == 8 ? deflated(content) : content;
    entry.local = {name, 0, method, corpora::crc_of(content), entry.data.size(), content.size(), {}};
    entry.central = entry.local;
    return entry;
}

// As writers that do not know the sizes beforehand do it.
inline Entry streamed_entry_of(const std::string& name, const std::string& content) {
    Entry entry = entry_of(name, content);
    entry.local.flags = entry.central.flags = 8;
    entry.local.crc = 0;
    entry.local.packed = entry.local.size = 0;
    entry.descriptor = std::string("PK\7\x08", 4) + little(entry.central.crc, 4) +
                       little(entry.central.packed, 4) + little(entry.central.size, 4);
    return entry;
}

struct ZipParts {
    std::string members, directory, end;
    std::string all() const { return members + directory + end; }
};

inline ZipParts zip_parts(const std::vector<Entry>& entries, const std::string& comment = {}) {
    ZipParts parts;
    std::size_t count = 0;
    for (const Entry& entry : entries) {
        const std::size_t at = parts.members.size();
        parts.members += std::string("PK\3\4", 4) + little(20, 2) + entry.local.fields() + entry.local.name +
                         entry.local.extra + entry.data + entry.descriptor;
        if (!entry.in_directory) continue;
        ++count;
        parts.directory += std::string("PK\1\2", 4) + little(20, 2) + little(20, 2) + entry.central.fields() +
                           little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(at, 4) +
                           entry.central.name + entry.central.extra;
    }
    parts.end = std::string("PK\5\6", 4) + little(0, 4) + little(count, 2) + little(count, 2) +
                little(parts.directory.size(), 4) + little(parts.members.size(), 4) +
                little(comment.size(), 2) + comment;
    return parts;
}

inline std::string zip_of(const std::vector<Entry>& entries, const std::string& comment = {}) {
    return zip_parts(entries, comment).all();
}

}  // namespace postern::tests
