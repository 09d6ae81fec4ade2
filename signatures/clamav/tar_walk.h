// SPDX-License-Identifier: Apache-2.0
// The members of a tar, gzipped or not, piece by piece.
//
// Memory is a buffer, whatever the archive says; what unpacks to more than the limit ends the walk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postern::signatures::clamav {

class TarVisitor {
public:
    virtual ~TarVisitor() = default;
    // A regular file; false: the walk ends here.
    virtual bool begin(std::string_view name, std::uint64_t size) = 0;
    virtual void piece(std::string_view octets) = 0;
    virtual void end() = 0;
};

// Empty when the archive ended as it should, else a sentence.
std::string walk_tar(std::string_view archive, std::uint64_t most_octets, TarVisitor& visitor);

}  // namespace postern::signatures::clamav
