// SPDX-License-Identifier: Apache-2.0
#include "app/remote_scan.h"

#include "app/errors.h"
#include "app/scan_options.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>

namespace postern::app {

namespace client = engine::service::client;

namespace {

void refuse_what_the_service_decides(const ScanOptions& options) {
    const std::pair<bool, const char*> given[] = {
        {!options.signatures.paths.empty(), "--signatures"},
        {!options.signatures.key.empty(), "--signature-key"},
        {!options.store.empty(), "--store"},
        {!options.shadow.empty(), "--shadow"},
        {!options.policy.empty(), "--policy"},
        {options.explain, "--explain"},
        {!options.dead_rules.empty(), "--dead-rules"},
    };
    for (const auto& [is_given, name] : given) {
        if (!is_given) continue;
        throw UsageError(std::string(name) + " has no meaning beside --server: the service scans with its own " +
                         "sets and policy; leave one of the two out");
    }
}

std::vector<client::ServerAddress> addresses_of(const ScanOptions& options) {
    refuse_what_the_service_decides(options);
    try {
        return client::parse_server_addresses(options.server);
    } catch (const client::AddressError& error) {
        throw UsageError(std::string("--server: ") + error.what());
    }
}

// The file of an item that is one file as a whole, so that a service of this host can read it itself.
class WholeFile {
public:
    explicit WholeFile(const corpora::Item& item) {
        if (item.index || item.path == "-") return;
        descriptor_ = ::open(item.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        struct stat status {};
        const bool is_the_item = descriptor_ >= 0 && ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode) &&
                                 static_cast<std::uint64_t>(status.st_size) == item.message.size();
        if (!is_the_item) close();
    }
    ~WholeFile() { close(); }
    WholeFile(const WholeFile&) = delete;
    WholeFile& operator=(const WholeFile&) = delete;
    int descriptor() const { return descriptor_; }

private:
    void close() {
        if (descriptor_ >= 0) ::close(descriptor_);
        descriptor_ = -1;
    }
    int descriptor_ = -1;
};

}  // namespace

RemoteScan::RemoteScan(const ScanOptions& options) : client_(addresses_of(options)) {}

void RemoteScan::scan(const corpora::Item& item, engine::Report& report) {
    const WholeFile file(item);
    client::ScanRequest request;
    request.descriptor = file.descriptor();
    request.octets = item.message.bytes();
    request.as = item.is_message ? client::TakenAs::message : client::TakenAs::file;
    request.name = item.path.substr(item.path.rfind('/') + 1);
    client::ScanOutcome outcome = client_.scan(request);
    report.verdict = std::move(outcome.report.verdict);
    report.decision = std::move(outcome.report.decision);
    report.error = std::move(outcome.report.error);
}

}  // namespace postern::app
