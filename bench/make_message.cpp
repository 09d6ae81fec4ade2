// SPDX-License-Identifier: Apache-2.0
// Makes one large message: a line of text and one attachment in base64, of octets that do not compress.
//
// The same arguments give the same file on every machine.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

constexpr std::size_t line_octets = 57;  // 76 columns of base64, and a line end

constexpr std::string_view head =
    "From: sender@example.org\r\n"
    "To: recipient@example.net\r\n"
    "Subject: One large attachment\r\n"
    "Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
    "Message-ID: <large@example.org>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=\"=_border\"\r\n"
    "\r\n"
    "--=_border\r\n"
    "Content-Type: text/plain; charset=us-ascii\r\n"
    "\r\n"
    "The recording is attached.\r\n"
    "\r\n"
    "--=_border\r\n"
    "Content-Type: application/octet-stream; name=\"recording.dat\"\r\n"
    "Content-Disposition: attachment; filename=\"recording.dat\"\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n";
constexpr std::string_view tail = "\r\n--=_border--\r\n";

void append_base64_line(std::string& out, const unsigned char* octets) {
    constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < line_octets; i += 3) {
        const auto quantum = static_cast<std::uint32_t>(octets[i] << 16 | octets[i + 1] << 8 | octets[i + 2]);
        for (int shift = 18; shift >= 0; shift -= 6) out += alphabet[quantum >> shift & 63];
    }
    out += "\r\n";
}

// As large as whole lines allow within `most` octets.
std::string message_of(std::size_t most, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::string out(head);
    unsigned char octets[64];
    while (out.size() + 78 + tail.size() <= most) {
        for (std::size_t i = 0; i < sizeof octets; i += 8) {
            const std::uint64_t word = random();
            for (std::size_t j = 0; j < 8; ++j) octets[i + j] = static_cast<unsigned char>(word >> 8 * j);
        }
        append_base64_line(out, octets);
    }
    out += tail;
    return out;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) {
        std::fprintf(stderr, "usage: make_message FILE OCTETS\n");
        return 2;
    }
    std::size_t most = 0;
    std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), most);
    std::ofstream out(argv[1], std::ios::binary);
    out << message_of(most, 1);
    if (!out.flush()) throw std::runtime_error(std::string(argv[1]) + " cannot be written");
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "make_message: %s\n", error.what());
    return 2;
}
