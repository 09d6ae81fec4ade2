// SPDX-License-Identifier: Apache-2.0
#include "app/catalog_input.h"

#include "app/signature_commands.h"
#include "app/signature_sources.h"
#include "engine/identify.h"

#include <algorithm>

namespace postern::app {

namespace {

std::shared_ptr<const signatures::SignatureSet> current_set(const StoreLocation& location) {
    const signatures::Store store = open_store(location);
    const signatures::StoreState state = store.state();
    if (state.current() == nullptr) {
        throw UsageError(location.folder + ": no set is in force there; name a set or sources, or --store FOLDER");
    }
    return store.load(state.current()->generation);
}

void visit_set(const signatures::SignatureSet& set, const signatures::EntryVisit& visit) try {
    visit_entries(set, visit);
} catch (const signatures::NoSourceLines& error) {
    throw UsageError(error.what());
}

void visit_sources(const std::vector<std::string>& paths, const signatures::EntryVisit& visit) {
    signatures::Diagnostics told;
    visit_entries({{paths.begin(), paths.end()}, signatures::Unwanted::load}, told, visit);
    const auto whole = std::find_if(told.begin(), told.end(), [](const signatures::Diagnostic& one) {
        return one.line == 0 && one.severity == signatures::Severity::error;
    });
    if (whole != told.end()) throw UsageError(to_string(*whole));
    constexpr std::size_t most = 20;
    std::erase_if(told, [](const auto& one) { return one.severity == signatures::Severity::warning; });
    tell(told, most);
}

}  // namespace

void visit_catalog(const CatalogInput& input, const signatures::EntryVisit& visit) {
    if (input.paths.empty()) return told([&] { visit_set(*current_set(input.store), visit); });
    const auto set = std::find_if(input.paths.begin(), input.paths.end(),
                                  [](const std::string& path) { return signatures::is_set_file(path); });
    if (set == input.paths.end()) return visit_sources(input.paths, visit);
    if (input.paths.size() != 1) throw UsageError(*set + ": a built set is looked at alone; leave the others out");
    told([&] { visit_set(*signatures::load_set(*set), visit); });
}

std::string place_of(const signatures::Entry& entry) {
    if (entry.file.empty()) return "";
    std::string place = engine::printable_name(entry.file);
    if (entry.line != 0) place += ':' + std::to_string(entry.line);
    return place;
}

}  // namespace postern::app
