// SPDX-License-Identifier: Apache-2.0
// The octets of a request, by offset, whether they lie in memory or behind a descriptor.
#pragma once

#include "engine/service/client/scan_request.h"

namespace postern::engine::service::client {

class MessageSource {
public:
    // REQUIRES: what the request borrows outlives this.
    explicit MessageSource(const ScanRequest& request);

    // False: the descriptor is of no regular file, or of none at all.
    bool is_readable() const { return is_readable_; }
    std::uint64_t size() const { return size_; }

    // Fills `into` from `offset` on. False when the file has become shorter, or cannot be read.
    bool read(std::uint64_t offset, std::span<std::byte> into) const;

private:
    int descriptor_;
    std::span<const std::byte> octets_;
    std::uint64_t size_ = 0;
    bool is_readable_ = true;
};

}  // namespace postern::engine::service::client
