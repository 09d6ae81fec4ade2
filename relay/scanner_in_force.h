// SPDX-License-Identifier: Apache-2.0
// ScannerInForce: whom the next message is given to. A new configuration changes it under
// connections that are there: messages that are being scanned end where they began, all later ones
// go to the new one.
//
// Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace postern::engine::service::client {
class AsyncScanClient;
}

namespace postern::relay {

class ScannerInForce {
public:
    using Scanner = std::shared_ptr<engine::service::client::AsyncScanClient>;

    Scanner get() const {
        const std::lock_guard lock(mutex_);
        return scanner_;
    }
    void put(Scanner scanner) {
        const std::lock_guard lock(mutex_);
        scanner_.swap(scanner);
    }

private:
    mutable std::mutex mutex_;
    Scanner scanner_;
};

}  // namespace postern::relay
