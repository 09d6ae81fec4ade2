// SPDX-License-Identifier: Apache-2.0
#include "signatures/set_file/keys.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

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

Key read_half(std::FILE* file, Half half) {
    std::rewind(file);
    return Key(half == Half::secret ? PEM_read_PrivateKey(file, nullptr, no_passphrase, nullptr)
                                    : PEM_read_PUBKEY(file, nullptr, no_passphrase, nullptr));
}

Key read_key(const std::filesystem::path& pem, Half half) {
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(pem.c_str(), "re"));
    if (!file) throw KeyError(pem.native() + ": cannot be read: " + std::strerror(errno));
    Key key = read_half(file.get(), half);
    if (!key && half == Half::open) key = read_half(file.get(), Half::secret);
    if (!key) {
        const char* kind = half == Half::secret ? "private" : "public";
        throw KeyError(pem.native() + ": holds no " + kind + " key in PEM form without a passphrase");
    }
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) {
        throw KeyError(pem.native() + ": is not an Ed25519 key; make one with `openssl genpkey "
                                      "-algorithm ed25519`");
    }
    return key;
}

}  // namespace

struct SigningKey::State {
    Key key;
};
struct VerifyingKey::State {
    Key key;
};

SigningKey::SigningKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
SigningKey::~SigningKey() = default;
SigningKey::SigningKey(SigningKey&&) noexcept = default;
VerifyingKey::VerifyingKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
VerifyingKey::~VerifyingKey() = default;
VerifyingKey::VerifyingKey(VerifyingKey&&) noexcept = default;

SigningKey SigningKey::read(const std::filesystem::path& pem) {
    return SigningKey(std::make_unique<State>(State{read_key(pem, Half::secret)}));
}

VerifyingKey VerifyingKey::read(const std::filesystem::path& pem) {
    return VerifyingKey(std::make_unique<State>(State{read_key(pem, Half::open)}));
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
    const Context context(EVP_MD_CTX_new());
    return context &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), octets.data(),
                            octets.size()) == 1;
}

}  // namespace postern::signatures
