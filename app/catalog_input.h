// SPDX-License-Identifier: Apache-2.0
// The signatures of a command line that are looked at and not used: a built set, sources, or the
// current set of the store where nothing is named.
#pragma once

#include "app/store_options.h"
#include "signatures/catalog/catalog.h"

#include <string>
#include <vector>

namespace postern::app {

struct CatalogInput {
    std::vector<std::string> paths;  // one set file, or sources; empty: the store's current set
    StoreLocation store;
};

// Lines that are left out are told on standard error. Throws UsageError when there is no set, when a
// set stands beside sources, and when one cannot be read.
void visit_catalog(const CatalogInput& input, const signatures::EntryVisit& visit);

// "a.ndb:12"; where a signature stood in a set, "".
std::string place_of(const signatures::Entry& entry);

}  // namespace postern::app
