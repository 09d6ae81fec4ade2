// SPDX-License-Identifier: Apache-2.0
// Containers as ClamAV's builder makes them, and keys of our own to sign them with.
#pragma once

#include "signatures/hasher.h"
#include "support.h"
#include "tests/support/archive_writer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace postern::signatures::tests {

using postern::tests::Files;

inline Digests both_digests(std::string_view text) {
    DigestKinds kinds;
    kinds.add(DigestKind::md5);
    kinds.add(DigestKind::sha256);
    return Hasher().digest(octets(text), kinds);
}
inline std::string md5_hex(std::string_view text) {
    const Digests digests = both_digests(text);
    return hex({reinterpret_cast<const char*>(digests.md5.data()), 16});
}
inline std::string sha256_hex(std::string_view text) {
    const Digests digests = both_digests(text);
    return hex({reinterpret_cast<const char*>(digests.sha256.data()), 32});
}

// Six bits a character, the lowest first.
inline std::string clam_base64(const BIGNUM* number) {
    constexpr std::string_view digits =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";
    std::string text;
    BIGNUM* rest = BN_dup(number);
    while (!BN_is_zero(rest)) text += digits[BN_div_word(rest, 64)];
    BN_free(rest);
    return text;
}

class SigningKey {
public:
    SigningKey() : key_(EVP_RSA_gen(2048)), certificate_(make_certificate()) {}
    ~SigningKey() {
        X509_free(certificate_);
        EVP_PKEY_free(key_);
    }
    SigningKey(const SigningKey&) = delete;
    SigningKey& operator=(const SigningKey&) = delete;

    // "MODULUS EXPONENT"
    std::string text(bool hexadecimal = false) const {
        return number(OSSL_PKEY_PARAM_RSA_N, hexadecimal) + ' ' + number(OSSL_PKEY_PARAM_RSA_E, false);
    }
    std::string over_md5(std::string_view content) const {
        const Digests digests = both_digests(content);
        BIGNUM *n = nullptr, *d = nullptr;
        EVP_PKEY_get_bn_param(key_, OSSL_PKEY_PARAM_RSA_N, &n);
        EVP_PKEY_get_bn_param(key_, OSSL_PKEY_PARAM_RSA_D, &d);
        BIGNUM* plain = BN_bin2bn(digests.md5.data(), 16, nullptr);
        BIGNUM* signature = BN_new();
        BN_CTX* context = BN_CTX_new();
        BN_mod_exp(signature, plain, d, n, context);
        const std::string text = clam_base64(signature);
        BN_CTX_free(context);
        for (BIGNUM* one : {n, d, plain, signature}) BN_free(one);
        return text;
    }
    std::string over_sha256(std::string_view content) const {
        const Digests digests = both_digests(content);
        EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key_, nullptr);
        EVP_PKEY_sign_init(context);
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_signature_md(context, EVP_sha256());
        EVP_PKEY_CTX_set_rsa_pss_saltlen(context, 32);
        std::string octets(256, '\0');
        std::size_t size = octets.size();
        EVP_PKEY_sign(context, reinterpret_cast<unsigned char*>(octets.data()), &size,
                      digests.sha256.data(), 32);
        EVP_PKEY_CTX_free(context);
        BIGNUM* signature = BN_bin2bn(reinterpret_cast<unsigned char*>(octets.data()), 256, nullptr);
        std::string text = clam_base64(signature);
        BN_free(signature);
        return text;
    }
    // A certificate that this key has issued to itself.
    std::string certificate() const {
        BIO* out = BIO_new(BIO_s_mem());
        PEM_write_bio_X509(out, certificate_);
        return drained(out);
    }
    std::string detached(std::string_view content) const {
        BIO* in = BIO_new_mem_buf(content.data(), static_cast<int>(content.size()));
        PKCS7* envelope = PKCS7_sign(certificate_, key_, nullptr, in, PKCS7_DETACHED | PKCS7_BINARY);
        BIO* out = BIO_new(BIO_s_mem());
        PEM_write_bio_PKCS7(out, envelope);
        PKCS7_free(envelope);
        BIO_free(in);
        return drained(out);
    }

private:
    static std::string drained(BIO* out) {
        char* octets = nullptr;
        const long size = BIO_get_mem_data(out, &octets);
        std::string text(octets, static_cast<std::size_t>(size));
        BIO_free(out);
        return text;
    }
    std::string number(const char* name, bool hexadecimal) const {
        BIGNUM* value = nullptr;
        EVP_PKEY_get_bn_param(key_, name, &value);
        char* digits = hexadecimal ? BN_bn2hex(value) : BN_bn2dec(value);
        std::string text = (hexadecimal ? "0x" : "") + std::string(digits);
        OPENSSL_free(digits);
        BN_free(value);
        return text;
    }
    X509* make_certificate() const {
        X509* made = X509_new();
        X509_set_version(made, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
        X509_gmtime_adj(X509_getm_notBefore(made), -3600);
        X509_gmtime_adj(X509_getm_notAfter(made), 360000);
        X509_set_pubkey(made, key_);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("Test"), -1, -1, 0);
        X509_set_issuer_name(made, X509_get_subject_name(made));
        X509_sign(made, key_, EVP_sha256());
        return made;
    }

    EVP_PKEY* key_;
    X509* certificate_;
};

struct ContainerSpec {
    Files members;
    const SigningKey* header_key = nullptr;
    const SigningKey* info_key = nullptr;
    bool gzipped = true;
    bool with_info = true;
    bool with_md5 = true;
};

inline constexpr const char* container_begin = "ClamAV-VDB:22 Nov 2026 10-00 +0000:7:2:90:";

inline std::string info_of(const ContainerSpec& spec) {
    std::string info = std::string(container_begin) + "X:X:tester:1795344000\n";
    for (const auto& [name, text] : spec.members) {
        info += name + numbered(":", text.size()) + ':' + sha256_hex(text) + '\n';
    }
    if (spec.info_key) info += "DSIG:" + spec.info_key->over_sha256(info) + '\n';
    return info;
}

inline std::string container_around(const std::string& body, const ContainerSpec& spec) {
    std::string header = std::string(container_begin) + (spec.with_md5 ? md5_hex(body) : "X") + ':' +
                         (spec.header_key ? spec.header_key->over_md5(body) : "X") +
                         ":tester:1795344000";
    header.resize(512, ' ');
    return header + body;
}

inline std::string container_of(const ContainerSpec& spec) {
    Files members{{"COPYING", "a licence\n"}};
    if (spec.with_info) members.emplace_back("test.info", info_of(spec));
    members.insert(members.end(), spec.members.begin(), spec.members.end());
    std::string body = postern::tests::archive_of("ustar", members);
    if (spec.gzipped) body = postern::tests::filtered("gzip", body);
    return container_around(body, spec);
}

}  // namespace postern::signatures::tests
