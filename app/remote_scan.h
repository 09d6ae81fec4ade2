// SPDX-License-Identifier: Apache-2.0
// `postern scan --server`: what local scanning does to an item, done by scanning services.
#pragma once

#include "corpora/loader.h"
#include "engine/report.h"
#include "engine/service/client/scan_client.h"

#include <string>

namespace postern::app {

struct ScanOptions;

class RemoteScan {
public:
    // The services of options.server. Throws UsageError for an address that is none, and for options
    // that only the service itself can be told.
    explicit RemoteScan(const ScanOptions& options);

    // Fills in verdict and decision; or the error, when nobody answered. Thread-safe.
    void scan(const corpora::Item& item, engine::Report& report);

private:
    engine::service::client::ScanClient client_;
};

}  // namespace postern::app
