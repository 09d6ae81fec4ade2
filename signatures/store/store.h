// SPDX-License-Identifier: Apache-2.0
// Store: a folder of generations, one of them in force.
//
//   sets/GENERATION.set   whole sets; never changed in place
//   state                 store_state.h; replaced by renaming, which is what scanners watch
//   key.pem               if it is there, a public Ed25519 key: every set must be signed by it
//   lock                  held while the state is changed
//
// Who may write into the folder decides what is scanned for: it belongs to the security team, and the user
// that scans only reads it. Who may enter it may read all of it but the lock. Where others could write into
// it, key.pem protects nothing, since they could replace it; give scanners the key from elsewhere then
// (StoreOptions::key).
//
// Invariants
//  (1) The state names only sets that were proved whole (and signed, where there is a key) in the folder.
//  (2) Whatever ends a change, a crash or a power cut among it, the state is the one before or the one after,
//      and what it names is there.
//  (3) What the state names is never deleted.
//
// Every call looks at the folder anew; calls of any number of threads and processes are safe, also while a
// set is in use: files are replaced, never written over. Of two changes at once the second waits.
// Every error is a SetFileError or a KeyError: one sentence with the file's name.
#pragma once

#include "signatures/set_file/set_file.h"
#include "signatures/store/store_state.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace postern::signatures {

struct StoreOptions {
    std::filesystem::path key;  // public, PEM; every set must be signed by it as well. Empty: none
    std::string who = "unknown";  // of the changes; octets that are no visible ASCII become '_'
};

enum class StoredAs : std::uint8_t { current, before, shadow, kept };

struct StoredSet {
    std::string generation;
    StoredAs as = StoredAs::kept;
    std::string when;  // it was made so; empty for what is only kept
    std::string who;
    SetFileInfo info;
    std::string error;  // not empty: it is not whole any more, and `info` says nothing
};

class Store {
public:
    explicit Store(std::filesystem::path folder, StoreOptions options = {});

    const std::filesystem::path& folder() const { return folder_; }
    std::filesystem::path set_file(std::string_view generation) const;
    // Empty where nothing was ever activated.
    StoreState state() const;

    // Proves the set, copies it in, and puts it in force. The folder is made if need be.
    Activation activate(const std::filesystem::path& set);
    // What was in force before is so again; proved and loaded anew before that.
    Activation roll_back();
    Activation activate_shadow(const std::filesystem::path& set);
    // False: there was none.
    bool end_shadow();

    // Named by the state first, in its order; then those only kept, by generation.
    std::vector<StoredSet> list() const;
    // Deletes sets that neither the state's first `keep` generations nor its shadow name, and what a crash
    // left, and forgets what was in force before those. Gives the number of sets deleted.
    // Who scans with a deleted set goes on: it is mapped; who has just read the state finds
    // the one before at least. REQUIRES: keep >= 2
    std::size_t prune(std::size_t keep);

    // As load_set(), with the store's keys.
    std::shared_ptr<const SignatureSet> load(std::string_view generation, unsigned threads = 0) const;

private:
    class Change;
    using Keys = std::vector<VerifyingKey>;

    Keys keys() const;
    std::vector<StoredSet> list(const StoreState& state) const;
    SetFileInfo prove(const std::filesystem::path& set, const Keys& keys) const;
    std::string take_in(const std::filesystem::path& set) const;
    void replace(const StoreState& state) const;
    Activation now(std::string generation) const;

    std::filesystem::path folder_;
    StoreOptions options_;
};

}  // namespace postern::signatures
