// SPDX-License-Identifier: Apache-2.0
#include "engine/service/fingerprint.h"

#include <openssl/evp.h>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <memory>
#include <vector>

#include <unistd.h>

namespace postern::engine::service {

namespace {

std::string in_hex(std::span<const unsigned char> octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const unsigned char octet : octets) {
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

std::string sha256_of(int file) {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free);
    if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return {};
    std::vector<char> piece(std::size_t{1} << 18);
    off_t at = 0;
    for (ssize_t got; (got = ::pread(file, piece.data(), piece.size(), at)) != 0; at += got) {
        if (got < 0) return {};
        EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(got));
    }
    std::array<unsigned char, 32> digest{};
    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
    return in_hex(digest);
}

std::string utc_now(const char* format) {
    const std::time_t now = std::time(nullptr);
    std::tm fields{};
    gmtime_r(&now, &fields);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), format, &fields);
    return text.data();
}

}  // namespace

Fingerprint take_fingerprint(const Culprit& culprit, const std::filesystem::path& folder) {
    Fingerprint taken;
    taken.sha256 = sha256_of(culprit.descriptor);
    if (folder.empty()) return taken;
    const nlohmann::ordered_json json{{"sha256", taken.sha256},
                                      {"bytes", culprit.bytes},
                                      {"time", utc_now("%Y-%m-%dT%H:%M:%SZ")},
                                      {"end", name_of(culprit.end)},
                                      {"signal", culprit.signal},
                                      {"name", culprit.name},
                                      {"id", culprit.id},
                                      {"generation", culprit.generation}};
    const auto path = folder / (utc_now("%Y%m%dT%H%M%SZ") + "-" + taken.sha256 + ".json");
    std::ofstream file(path);
    file << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
    if (file.flush())
        taken.kept_in = path.native();
    else
        taken.error = path.native() + ": cannot be written";
    return taken;
}

}  // namespace postern::engine::service
