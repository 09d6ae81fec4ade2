// SPDX-License-Identifier: Apache-2.0
// The content goes by in blocks that stay in the cache while each digest takes them in.
#include "signatures/hasher.h"

#include <openssl/evp.h>

#include <algorithm>
#include <new>

namespace postern::signatures {

namespace {

constexpr std::size_t block = 64 * 1024;

struct Context {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const EVP_MD* kind = nullptr;

    explicit Context(const EVP_MD* md) : kind(md) {
        if (!context) throw std::bad_alloc();
    }
    ~Context() { EVP_MD_CTX_free(context); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    void begin() { EVP_DigestInit_ex(context, kind, nullptr); }
    void add(std::span<const std::byte> octets) {
        EVP_DigestUpdate(context, octets.data(), octets.size());
    }
    void end(std::uint8_t* out) { EVP_DigestFinal_ex(context, out, nullptr); }
};

}  // namespace

struct Hasher::State {
    Context md5{EVP_md5()};
    Context sha1{EVP_sha1()};
    Context sha256{EVP_sha256()};
};

Hasher::Hasher() : state_(std::make_unique<State>()) {}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;

Digests Hasher::digest(std::span<const std::byte> content, DigestKinds kinds) {
    std::array<Context*, 3> wanted{};
    std::size_t count = 0;
    if (kinds.has(DigestKind::md5)) wanted[count++] = &state_->md5;
    if (kinds.has(DigestKind::sha1)) wanted[count++] = &state_->sha1;
    if (kinds.has(DigestKind::sha256)) wanted[count++] = &state_->sha256;
    for (std::size_t i = 0; i < count; ++i) wanted[i]->begin();
    for (std::size_t at = 0; at < content.size(); at += block) {
        const auto piece = content.subspan(at, std::min(block, content.size() - at));
        for (std::size_t i = 0; i < count; ++i) wanted[i]->add(piece);
    }
    Digests digests;
    digests.kinds = kinds;
    if (kinds.has(DigestKind::md5)) state_->md5.end(digests.md5.data());
    if (kinds.has(DigestKind::sha1)) state_->sha1.end(digests.sha1.data());
    if (kinds.has(DigestKind::sha256)) state_->sha256.end(digests.sha256.data());
    return digests;
}

void Hasher::begin() {
    state_->sha256.begin();
}
void Hasher::add(std::span<const std::byte> octets) {
    state_->sha256.add(octets);
}

std::array<std::uint8_t, 32> Hasher::end() {
    std::array<std::uint8_t, 32> digest{};
    state_->sha256.end(digest.data());
    return digest;
}

}  // namespace postern::signatures
