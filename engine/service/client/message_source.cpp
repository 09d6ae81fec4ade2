// SPDX-License-Identifier: Apache-2.0
#include "engine/service/client/message_source.h"

#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace postern::engine::service::client {

MessageSource::MessageSource(const ScanRequest& request)
    : descriptor_(request.descriptor), octets_(request.octets), size_(request.octets.size()) {
    if (descriptor_ < 0) return;
    struct stat status {};
    is_readable_ = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
    if (is_readable_) size_ = static_cast<std::uint64_t>(status.st_size);
}

bool MessageSource::read(std::uint64_t offset, std::span<std::byte> into) const {
    if (descriptor_ < 0) {
        if (!into.empty()) std::memcpy(into.data(), octets_.data() + offset, into.size());
        return true;
    }
    while (!into.empty()) {
        const ssize_t got =
            ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        into = into.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
    return true;
}

}  // namespace postern::engine::service::client
