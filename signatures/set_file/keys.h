// SPDX-License-Identifier: Apache-2.0
// Keys that sign and verify sets: Ed25519 (RFC 8032), in PEM files as OpenSSL writes them.
//
//   openssl genpkey -algorithm ed25519 -out set-key.pem            # stays with the security team
//   openssl pkey -in set-key.pem -pubout -out set-key.pub.pem      # goes to every scanner
//
// A file of public keys may hold several, one after the other: what any of them signed is good. So a key is
// replaced without a moment in which nothing is: add the new one, activate what it signed, take the old one out.
//
// Thread-safe; a key never changes.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>

namespace postern::signatures {

inline constexpr std::size_t signature_length = 64;
using KeySignature = std::array<std::uint8_t, signature_length>;

// Why a file holds no such key: one sentence, which names the file.
class KeyError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class SigningKey {
public:
    // Throws KeyError.
    static SigningKey read(const std::filesystem::path& pem);
    ~SigningKey();
    SigningKey(SigningKey&&) noexcept;

    KeySignature sign(std::span<const std::uint8_t> octets) const;

private:
    struct State;
    explicit SigningKey(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

class VerifyingKey {
public:
    // The public halves, or a private key whose public half is then used. Throws KeyError.
    static VerifyingKey read(const std::filesystem::path& pem);
    ~VerifyingKey();
    VerifyingKey(VerifyingKey&&) noexcept;

    bool verify(std::span<const std::uint8_t> octets, const KeySignature& signature) const;

private:
    struct State;
    explicit VerifyingKey(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace postern::signatures
