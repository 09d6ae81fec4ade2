// SPDX-License-Identifier: Apache-2.0
// A set as one file: written once, mapped ever after. FORMAT.md beside this file says every octet.
//
// Loading maps the tables where they lie and lets Hyperscan and libyara take theirs: no source is
// read, nothing is compiled. A file is whole or it is refused: every octet is covered by a checksum,
// and where the reader has a key, by a signature.
//
// Invariants
//  (1) The same sources give the same octets, on one machine.
//  (2) What load_set() returns matches as the set that was written did.
//
// Thread-safe. A file that is in use must not be changed in place: replace it by renaming, as
// write_set() itself and the store do.
#pragma once

#include "signatures/set_file/keys.h"
#include "signatures/signature_set.h"

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <vector>

namespace postern::signatures {

// Why a file is no set that can be used: one sentence, which names the file and says what to do.
class SetFileError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Writes `file` whole or not at all; `key` may be null. Throws SetFileError.
void write_set(const SignatureSet& set, const std::filesystem::path& file, const SigningKey* key);

struct LoadOptions {
    // Where there is one, a set must be signed by it. REQUIRES: outlives the call.
    const VerifyingKey* key = nullptr;
    unsigned threads = 0;  // that look at checksums; 0: as many as there are
};

// Throws SetFileError, std::bad_alloc.
std::shared_ptr<const SignatureSet> load_set(const std::filesystem::path& file,
                                             const LoadOptions& options = {});

// True when the file begins as a set does.
bool is_set_file(const std::filesystem::path& file);

struct SetSection {
    std::string name;  // as the file says it: any octets but NUL
    std::uint64_t octets = 0;
};

// What can be said without loading.
struct SetFileInfo {
    std::uint64_t octets = 0;
    std::string generation;  // as the file says it
    bool is_signed = false;
    std::uint32_t version = 0;  // of the format
    SetStatistics statistics;
    std::vector<SetSection> sections;  // in the order of the file
};

// Throws SetFileError when the file is no set, or not whole, or (with a key) not signed by it.
SetFileInfo verify_set(const std::filesystem::path& file, const LoadOptions& options);

}  // namespace postern::signatures
