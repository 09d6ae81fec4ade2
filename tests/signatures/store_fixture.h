// SPDX-License-Identifier: Apache-2.0
// What the tests of the store share: a folder, small sets by name, and pairs of keys.
#pragma once

#include "signatures/store/store.h"
#include "support.h"
#include "tests/support/command.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace postern::signatures::tests {

namespace fs = std::filesystem;

// A set with one signature of this name; the same name gives the same set.
inline void write_small_set(const std::string& name, const fs::path& file, const SigningKey* key = nullptr) {
    SetBuilder builder;
    builder.add_text("a.hdb", "00112233445566778899aabbccddeeff:17:" + name + "\n");
    write_set(*builder.build(1), file, key);
}

inline std::string refusal(const std::function<void()>& act) {
    try {
        act();
        return "";
    } catch (const SetFileError& error) {
        return error.what();
    } catch (const KeyError& error) {
        return error.what();
    }
}

inline bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

class StoreTest : public testing::Test {
protected:
    fs::path set(const std::string& name, const std::string& key = "") const {
        const fs::path file = folder_.path() / (name + key + ".set");
        if (fs::exists(file)) return file;
        if (key.empty()) {
            write_small_set(name, file);
        } else {
            const SigningKey with = SigningKey::read(folder_.path() / (key + ".pem"));
            write_small_set(name, file, &with);
        }
        return file;
    }
    // KEY.pem and KEY.pub in the folder; gives the public one.
    fs::path make_key(const std::string& name) const {
        EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        std::FILE* file = std::fopen((folder_.path() / (name + ".pem")).c_str(), "w");
        PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(file);
        const fs::path open = folder_.path() / (name + ".pub");
        file = std::fopen(open.c_str(), "w");
        PEM_write_PUBKEY(file, key);
        std::fclose(file);
        EVP_PKEY_free(key);
        return open;
    }
    std::string generation(const std::string& name) const { return verify_set(set(name), {}).generation; }
    Store store(const fs::path& key = {}) const { return Store(place_, {key, "tester"}); }
    // The names of what was and is in force, from the newest on.
    std::vector<std::string> in_force(const std::vector<std::string>& names) const {
        std::vector<std::string> found;
        for (const Activation& one : store().state().active) {
            const auto is = [&](const std::string& name) { return generation(name) == one.generation; };
            const auto name = std::find_if(names.begin(), names.end(), is);
            found.push_back(name == names.end() ? "?" : *name);
        }
        return found;
    }
    // All that lies in the store but the lock, by its name there.
    std::vector<std::string> files() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(place_)) {
            if (entry.is_regular_file() && entry.path().filename() != "lock") {
                found.push_back(entry.path().lexically_relative(place_).native());
            }
        }
        std::sort(found.begin(), found.end());
        return found;
    }

    postern::tests::TemporaryFolder folder_;
    const fs::path place_ = folder_.path() / "store";
};

using Names = std::vector<std::string>;

}  // namespace postern::signatures::tests
