// SPDX-License-Identifier: Apache-2.0
// ClamAV writes the number that is a signature in its own base 64: six bits a character, the lowest
// first. The rest is RSA as in PKCS #1.
#include "signatures/container_keys.h"

#include "signatures/clamav/lines.h"
#include "signatures/source_report.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <string>
#include <vector>

namespace postern::signatures {

namespace {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* value) const {
        Free(value);
    }
};
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using NumberContext = std::unique_ptr<BN_CTX, Freed<BN_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Store = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using Input = std::unique_ptr<BIO, Freed<BIO_vfree>>;
using Envelope = std::unique_ptr<PKCS7, Freed<PKCS7_free>>;

constexpr int longest_key = 16384;  // bits
constexpr std::size_t longest_signature = longest_key / 6 + 1;
constexpr std::size_t longest_detached = 1 << 20;

struct RsaKey {
    Number modulus;
    Number exponent;
};

Number number_of(std::string_view text) {
    const std::string digits(text.starts_with("0x") ? text.substr(2) : text);
    BIGNUM* value = nullptr;
    const int read = text.starts_with("0x") ? BN_hex2bn(&value, digits.c_str())
                                            : BN_dec2bn(&value, digits.c_str());
    Number number(value);
    const bool whole = read > 0 && static_cast<std::size_t>(read) == digits.size();
    if (!whole || BN_is_negative(number.get()) || BN_num_bits(number.get()) > longest_key) {
        return nullptr;
    }
    return number;
}

int digit_of(char c) {
    constexpr std::string_view digits =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";
    const std::size_t place = digits.find(c);
    return place == digits.npos ? -1 : static_cast<int>(place);
}

// Null: the text is no signature.
Number signature_number(std::string_view text) {
    if (text.empty() || text.size() > longest_signature) return nullptr;
    Number value(BN_new());
    BN_zero(value.get());
    for (auto c = text.rbegin(); c != text.rend(); ++c) {
        const int digit = digit_of(*c);
        if (digit < 0 || !BN_lshift(value.get(), value.get(), 6) ||
            !BN_add_word(value.get(), static_cast<BN_ULONG>(digit))) {
            return nullptr;
        }
    }
    return value;
}

bool is_of_md5(const RsaKey& key, const BIGNUM* signature, std::span<const std::uint8_t> md5) {
    const Number plain(BN_new());
    const NumberContext context(BN_CTX_new());
    if (!BN_mod_exp(plain.get(), signature, key.exponent.get(), key.modulus.get(), context.get())) {
        return false;
    }
    std::vector<std::uint8_t> octets(md5.size());
    const int written = BN_bn2binpad(plain.get(), octets.data(), static_cast<int>(octets.size()));
    return written >= 0 && std::equal(octets.begin(), octets.end(), md5.begin());
}

Key evp_key(const RsaKey& key) {
    const std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, key.modulus.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, key.exponent.get());
    const std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>> parameters(
        OSSL_PARAM_BLD_to_param(builder.get()));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* made = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) <= 0 ||
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) <= 0) {
        return nullptr;
    }
    return Key(made);
}

bool is_pss_of(const RsaKey& key, const BIGNUM* signature, std::span<const std::uint8_t> sha256) {
    const Key evp = evp_key(key);
    if (!evp) return false;
    std::vector<std::uint8_t> octets(static_cast<std::size_t>(EVP_PKEY_get_size(evp.get())));
    if (BN_bn2binpad(signature, octets.data(), static_cast<int>(octets.size())) < 0) return false;
    const KeyContext context(EVP_PKEY_CTX_new(evp.get(), nullptr));
    return EVP_PKEY_verify_init(context.get()) > 0 &&
           EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), 32) > 0 &&
           EVP_PKEY_verify(context.get(), octets.data(), octets.size(), sha256.data(),
                           sha256.size()) == 1;
}

using Check = bool (*)(const RsaKey&, const BIGNUM*, std::span<const std::uint8_t>);

Verified verify(const std::vector<RsaKey>& keys, std::string_view signature,
                std::span<const std::uint8_t> digest, Check check) {
    if (keys.empty()) return Verified::no_key;
    const Number number = signature_number(signature);
    const bool good = number && std::any_of(keys.begin(), keys.end(), [&](const RsaKey& key) {
                          return check(key, number.get(), digest);
                      });
    ERR_clear_error();
    return good ? Verified::yes : Verified::no;
}

Input input_of(std::string_view text) {
    return Input(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Words of a line, divided by blanks.
std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    while (!line.empty()) {
        const std::size_t begin = line.find_first_not_of(" \t");
        if (begin == line.npos) break;
        line.remove_prefix(begin);
        const std::size_t end = std::min(line.size(), line.find_first_of(" \t"));
        words.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
    return words;
}

// "MIN:MAX:pkcs7-pem:BASE64" as the PEM that it stands for; empty: no such line.
std::string pem_of_line(std::string_view line) {
    const clamav::Fields fields = clamav::split(line, ':');
    if (fields.count != 4 || fields[2] != "pkcs7-pem") return {};
    std::string pem = "-----BEGIN PKCS7-----\n";
    for (std::size_t i = 0; i < fields[3].size(); i += 64) {
        pem += fields[3].substr(i, 64);
        pem += '\n';
    }
    return pem + "-----END PKCS7-----\n";
}

}  // namespace

struct ContainerKeys::State {
    std::vector<RsaKey> header;
    std::vector<RsaKey> info;
    Store authorities;

    bool add_line(std::string_view line) {
        const std::vector<std::string_view> words = words_of(line);
        if (words.size() != 3 || (words[0] != "header" && words[0] != "info")) return false;
        RsaKey key{number_of(words[1]), number_of(words[2])};
        if (!key.modulus || !key.exponent || !BN_is_odd(key.modulus.get())) return false;
        (words[0] == "info" ? info : header).push_back(std::move(key));
        return true;
    }

    bool add_certificate(std::string_view pem) {
        const Certificate certificate(
            PEM_read_bio_X509(input_of(pem).get(), nullptr, nullptr, nullptr));
        if (!authorities) authorities.reset(X509_STORE_new());
        const bool added = certificate && X509_STORE_add_cert(authorities.get(), certificate.get());
        ERR_clear_error();
        return added;
    }

    bool verifies(std::span<const std::byte> content, std::string_view pem) const {
        const Envelope envelope(PEM_read_bio_PKCS7(input_of(pem).get(), nullptr, nullptr, nullptr));
        if (!envelope || !PKCS7_type_is_signed(envelope.get()) ||
            !PKCS7_get_detached(envelope.get())) {
            return false;
        }
        const Input octets = input_of(
            {reinterpret_cast<const char*>(content.data()), content.size()});
        // Whoever the authority lets sign anything may sign signatures.
        return PKCS7_verify(envelope.get(), nullptr, authorities.get(), octets.get(), nullptr,
                            PKCS7_DETACHED | PKCS7_BINARY) == 1;
    }
};

ContainerKeys::ContainerKeys() : state_(std::make_unique<State>()) {}
ContainerKeys::~ContainerKeys() = default;
ContainerKeys::ContainerKeys(ContainerKeys&&) noexcept = default;

void ContainerKeys::add(std::string_view name, std::string_view text, Diagnostics& diagnostics) {
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
    constexpr std::string_view end = "-----END CERTIFICATE-----";
    SourceReport report(name, diagnostics);
    std::string pem;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string_view line = clamav::take_line(text);
        report.begin_line(line, number);
        if (!pem.empty() || line == begin) {
            pem.append(line).append("\n");
            if (line != end) continue;
            if (!state_->add_certificate(pem)) report.error(nullptr, "no certificate in PEM");
            pem.clear();
        } else if (!words_of(line).empty() && line[0] != '#' && !state_->add_line(line)) {
            report.error(nullptr,
                         "no key; write 'header MODULUS EXPONENT', 'info MODULUS EXPONENT' or a "
                         "certificate in PEM");
        }
    }
    if (!pem.empty()) report.error(nullptr, "a certificate without its end");
    report.finish();
}

Verified ContainerKeys::verify_header(std::span<const std::uint8_t> md5,
                                      std::string_view signature) const {
    return verify(state_->header, signature, md5, is_of_md5);
}

Verified ContainerKeys::verify_info(std::span<const std::uint8_t> sha256,
                                    std::string_view signature) const {
    return verify(state_->info, signature, sha256, is_pss_of);
}

Verified ContainerKeys::verify_detached(std::span<const std::byte> content,
                                        std::string_view signatures) const {
    if (!state_->authorities) return Verified::no_key;
    if (signatures.size() > longest_detached) return Verified::no;
    bool good = false;
    if (signatures.find("-----BEGIN") != signatures.npos) {
        good = state_->verifies(content, signatures);
    }
    while (!good && !signatures.empty()) {
        const std::string pem = pem_of_line(clamav::take_line(signatures));
        good = !pem.empty() && state_->verifies(content, pem);
    }
    ERR_clear_error();
    return good ? Verified::yes : Verified::no;
}

}  // namespace postern::signatures
