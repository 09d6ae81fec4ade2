// SPDX-License-Identifier: Apache-2.0
// Walking: the paths of a command line in, the files behind them out, in an order that is always
// the same.
//
// A folder gives all that is in it and below, each folder sorted by the octets of its names; links
// are followed. Nothing is left out: dot files, a maildir's tmp/, what cannot be opened and what is
// no regular file come out too, the last two with an error.
//
// A folder is read once for each path given, however many links lead to it, so loops of links end.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace postern::corpora {

struct FoundFile {
    std::string path;        // "-" is standard input
    std::uint64_t size = 0;  // when it was found; 0 where unknown
    bool in_maildir = false;
    std::string error;  // not empty: why it cannot be read
};

std::vector<FoundFile> walk(std::span<const std::string> paths);

}  // namespace postern::corpora
