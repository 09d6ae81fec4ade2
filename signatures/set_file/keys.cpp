// SPDX-License-Identifier: Apache-2.0
#include "signatures/set_file/keys.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace postern::signatures {

namespace {

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

enum class Half { secret, open };

// A key file with a passphrase is not asked for one: nobody may sit there to answer.
int no_passphrase(char*, int, int, void*) { return 0; }

Key read_secret(std::FILE* file) { return Key(PEM_read_PrivateKey(file, nullptr, no_passphrase, nullptr)); }

struct FreeOctets {
    void operator()(void* octets) const { OPENSSL_free(octets); }
};

// One block of PEM: what it is called and what it holds.
struct Block {
    std::unique_ptr<char, FreeOctets> name, header;
    std::unique_ptr<unsigned char, FreeOctets> octets;
    long size = 0;
};

bool read_block(std::FILE* file, Block& block) {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* octets = nullptr;
    ERR_clear_error();
    if (PEM_read(file, &name, &header, &octets, &block.size) != 1) return false;
    block.name.reset(name);
    block.header.reset(header);
    block.octets.reset(octets);
    return true;
}

// All public keys of the file. A damaged one must not be taken for its end.
std::vector<Key> read_open(std::FILE* file, const std::filesystem::path& pem) {
    std::vector<Key> keys;
    Block block;
    bool damaged = false;
    while (read_block(file, block)) {
        if (std::strcmp(block.name.get(), PEM_STRING_PUBLIC) != 0) continue;
        const unsigned char* octets = block.octets.get();
        keys.emplace_back(d2i_PUBKEY(nullptr, &octets, block.size));
        damaged = damaged || !keys.back();
    }
    if (damaged || (!keys.empty() && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)) {
        throw KeyError(pem.native() + ": one of its keys is damaged; write the file anew");
    }
    return keys;
}

std::vector<Key> read_keys(const std::filesystem::path& pem, Half half) {
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(pem.c_str(), "re"));
    if (!file) throw KeyError(pem.native() + ": cannot be read: " + std::strerror(errno));
    std::vector<Key> keys;
    if (half == Half::open) keys = read_open(file.get(), pem);
    if (keys.empty()) {
        std::rewind(file.get());
        if (Key secret = read_secret(file.get())) keys.push_back(std::move(secret));
    }
    ERR_clear_error();
    if (keys.empty()) {
        const char* kind = half == Half::secret ? "private" : "public";
        throw KeyError(pem.native() + ": holds no " + kind + " key in PEM form without a passphrase");
    }
    for (const Key& key : keys) {
        if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) {
            throw KeyError(pem.native() + ": is not an Ed25519 key; make one with `openssl genpkey "
                                          "-algorithm ed25519`");
        }
    }
    return keys;
}

bool verifies(EVP_PKEY* key, std::span<const std::uint8_t> octets, const KeySignature& signature) {
    const Context context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), octets.data(), octets.size()) == 1;
}

}  // namespace

struct SigningKey::State {
    Key key;
};
struct VerifyingKey::State {
    std::vector<Key> keys;
};

SigningKey::SigningKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
SigningKey::~SigningKey() = default;
SigningKey::SigningKey(SigningKey&&) noexcept = default;
VerifyingKey::VerifyingKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
VerifyingKey::~VerifyingKey() = default;
VerifyingKey::VerifyingKey(VerifyingKey&&) noexcept = default;

SigningKey SigningKey::read(const std::filesystem::path& pem) {
    return SigningKey(std::make_unique<State>(State{std::move(read_keys(pem, Half::secret).front())}));
}

VerifyingKey VerifyingKey::read(const std::filesystem::path& pem) {
    return VerifyingKey(std::make_unique<State>(State{read_keys(pem, Half::open)}));
}

KeySignature SigningKey::sign(std::span<const std::uint8_t> octets) const {
    KeySignature signature{};
    std::size_t length = signature.size();
    const Context context(EVP_MD_CTX_new());
    if (!context ||
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &length, octets.data(), octets.size()) != 1) {
        throw KeyError("the key does not sign");
    }
    return signature;
}

bool VerifyingKey::verify(std::span<const std::uint8_t> octets, const KeySignature& signature) const {
    return std::any_of(state_->keys.begin(), state_->keys.end(),
                       [&](const Key& key) { return verifies(key.get(), octets, signature); });
}

}  // namespace postern::signatures
