// SPDX-License-Identifier: Apache-2.0
// The catalog: every signature of a set or of sources, one after the other, as an Entry.
//
// Sources are read as SetBuilder reads them: what would not load, and what an ignore list takes out,
// is not visited. Containers are looked into whether a key vouches for them or not, since nothing
// that is listed here is put in force by that.
#pragma once

#include "signatures/catalog/entry.h"
#include "signatures/diagnostic.h"
#include "signatures/signature_set.h"

#include <filesystem>
#include <stdexcept>
#include <vector>

namespace postern::signatures {

// A set that does not say what it was built of: one sentence.
class NoSourceLines : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Signatures in the order of the set. Throws NoSourceLines.
void visit_entries(const SignatureSet& set, const EntryVisit& visit);

struct SourceCatalog {
    std::vector<std::filesystem::path> paths;  // files, and folders of them
    Unwanted unwanted = Unwanted::load;
};

// In the order of files and lines. What is left out, and why, goes to `told`.
void visit_entries(const SourceCatalog& sources, Diagnostics& told, const EntryVisit& visit);

}  // namespace postern::signatures
