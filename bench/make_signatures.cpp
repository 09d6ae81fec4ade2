// SPDX-License-Identifier: Apache-2.0
// Makes a signature set in ClamAV's formats: so many bodies, digests and logical signatures, and EICAR.
//
// Measurements need sets of any size that may be given to anybody. What decides a matcher's speed is what
// the bodies are made of, so they are made like real ones: instructions with their operands, strings of
// programs, scripts and UTF-16 text, plain data; most of them pure literals, some with wildcards. Every body
// holds eight random octets or more, so none matches a corpus that was not made for it.
//
// The same arguments give the same files on every machine.
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

// The generator of the standard is the same everywhere; its distributions are not.
class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t below(std::uint64_t n) { return engine_() % n; }
    std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + below(most - least + 1); }
    char octet() { return static_cast<char>(below(256)); }
    // Near enough to a normal distribution: the sum of twelve equal ones.
    double normal() {
        double sum = -6;
        for (int i = 0; i < 12; ++i) sum += static_cast<double>(below(1u << 24)) / (1u << 24);
        return sum;
    }
    template <typename T, std::size_t n>
    const T& one_of(const std::array<T, n>& values) {
        return values[below(n)];
    }

private:
    std::mt19937_64 engine_;
};

// Instructions of 32 and 64 bit x86 as compilers write them; ".." is an operand, drawn at random.
constexpr std::array<std::string_view, 32> instructions{
    "558bec83ec..", "8b45..",     "894d..",     "e8....ffff",   "e8....0000", "68....4000",   "ff15....4000",
    "33c0",         "5f5e5bc9c3", "74..",       "75..",         "0fb6..",     "6a..",         "50",
    "8d45..",       "85c0",       "83c4..",     "488b....",     "eb..",       "488d0d......00", "c745........00",
    "8b0d......10", "81f9......00", "c1e0..",   "0f84....0000", "f3a5",       "3d....0000",   "a1......00",
    "4883ec..",     "90",         "cc",         "ffd0"};

// What malware and tools say in clear. Common in clean files too, and so of no use to a prefilter.
constexpr std::array<std::string_view, 24> phrases{
    "http://",        "https://www.",   ".exe",           "cmd.exe /c ",   "powershell -enc ", "CreateRemoteThread",
    "GetProcAddress", "VirtualAlloc",   "Software\\Microsoft\\Windows\\CurrentVersion\\Run\\", "User-Agent: Mozilla/4.0 (",
    "eval(",          "base64_decode(", "<script>",       "document.write(", "String.fromCharCode(", "WScript.Shell",
    "$_POST['",       "system(",        "kernel32.dll",   "/bin/sh -c ",   "GET /",            "C:\\Windows\\Temp\\",
    "function ",      "password="};

void append_hex_digits(std::string& out, std::string_view octets) {
    constexpr char digits[] = "0123456789abcdef";
    for (const char c : octets) {
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
}

char from_hex(std::string_view two) {
    unsigned value = 0;
    std::from_chars(two.data(), two.data() + 2, value, 16);
    return static_cast<char>(value);
}

std::string random_octets(Random& random, std::size_t length) {
    std::string out;
    while (out.size() < length) out += random.octet();
    return out;
}

std::string machine_code(Random& random, std::size_t length) {
    std::string out = random_octets(random, 4);
    while (out.size() + 4 < length) {
        const std::string_view instruction = random.one_of(instructions);
        for (std::size_t i = 0; i < instruction.size(); i += 2) {
            out += instruction[i] == '.' ? random.octet() : from_hex(instruction.substr(i, 2));
        }
    }
    return out + random_octets(random, 4);
}

// A name that nobody has given to anything.
std::string identifier(Random& random) {
    constexpr std::string_view consonants = "bcdfghjklmnpqrstvwxz", vowels = "aeiouy", tail = "0123456789_xqz";
    std::string out;
    for (std::uint64_t i = random.between(3, 6); i > 0; --i) {
        out += consonants[random.below(consonants.size())];
        out += vowels[random.below(vowels.size())];
    }
    for (int i = 0; i < 4; ++i) out += tail[random.below(tail.size())];
    return out;
}

std::string clear_text(Random& random, std::size_t length) {
    std::string out = identifier(random);
    while (out.size() < length) {
        out += random.one_of(phrases);
        out += identifier(random);
    }
    return out;
}

std::string utf16_text(Random& random, std::size_t length) {
    std::string out;
    for (const char c : clear_text(random, length / 2)) {
        out += c;
        out += '\0';
    }
    return out;
}

std::string octets_of_a_body(Random& random) {
    const std::size_t length = random.between(20, 120);
    const std::uint64_t kind = random.below(100);
    if (kind < 60) return machine_code(random, length);
    if (kind < 87) return clear_text(random, length);
    if (kind < 92) return utf16_text(random, length);
    return random_octets(random, length);
}

// What stands between the two halves of a body. The shares are near those of published sets.
std::string wildcard(Random& random) {
    const std::uint64_t kind = random.below(1000);
    const auto number = [&](std::uint64_t least, std::uint64_t most) {
        return std::to_string(random.between(least, most));
    };
    if (kind < 820) return {};
    if (kind < 920) return "{" + number(1, 40) + "}";
    if (kind < 940) return "??";
    if (kind < 960) return "{" + number(1, 8) + "-" + number(9, 60) + "}";
    if (kind < 970) return "{-" + number(10, 100) + "}";
    if (kind < 980) return "*";
    std::string choice = "(";
    append_hex_digits(choice, random_octets(random, 1));
    choice += '|';
    append_hex_digits(choice, random_octets(random, 1));
    return choice + ")";
}

void write_bodies(std::ostream& out, std::size_t count, Random& random) {
    constexpr std::array<std::string_view, 5> families{"Trojan", "Dropper", "Worm", "Ransomware", "Downloader"};
    std::string line;
    for (std::size_t i = 1; i <= count; ++i) {
        line = "Bench.";
        line += random.one_of(families);
        line += ".Generated-" + std::to_string(i) + ":0:*:";
        const std::string octets = octets_of_a_body(random);
        const std::size_t half = random.between(8, octets.size() - 8);
        append_hex_digits(line, std::string_view(octets).substr(0, half));
        line += wildcard(random);
        append_hex_digits(line, std::string_view(octets).substr(half));
        out << line << '\n';
    }
}

// Targets, expressions and options in the shares that the published logical signatures have.
void write_logical(std::ostream& out, std::size_t count, Random& random) {
    const auto target = [&] {
        const std::uint64_t kind = random.below(1000);
        return kind < 880 ? "1" : kind < 943 ? "2" : kind < 968 ? "0" : kind < 984 ? "7" : "6";
    };
    const auto options = [&] {
        const std::uint64_t kind = random.below(100);
        return kind < 10 ? "::i" : kind < 22 ? "::w" : "";
    };
    std::string line;
    for (std::size_t i = 1; i <= count; ++i) {
        const std::uint64_t legs = random.between(1, 6);
        const char join = random.below(100) < 96 ? '&' : '|';
        line = "Bench.Logic.Generated-" + std::to_string(i) + ";Engine:51-255,Target:" + target() + ";0";
        for (std::uint64_t leg = 1; leg < legs; ++leg) line += join + std::to_string(leg);
        if (random.below(100) < 2) line += ">1";
        for (std::uint64_t leg = 0; leg < legs; ++leg) {
            line += ';';
            append_hex_digits(line, octets_of_a_body(random));
            line += options();
        }
        out << line << '\n';
    }
}

// Sizes spread as those of published file digests do: half are below 65 kB, one in twenty is above 1.5 MB.
void write_digests(std::ostream& out, std::size_t count, Random& random) {
    std::string line;
    for (std::size_t i = 1; i <= count; ++i) {
        const double size = 65000 * std::exp(1.8 * random.normal());
        line.clear();
        append_hex_digits(line, random_octets(random, 16));
        line += ':' + std::to_string(static_cast<std::uint64_t>(size) + 100) + ":Bench.File.Generated-" + std::to_string(i);
        out << line << '\n';
    }
}

// The EICAR test file, put together here so that no scanner finds it in this source or its program.
void write_eicar(std::ostream& out) {
    std::string text = "Y6P\"Q&ABQ\\5]Q[Y65)Q_*8DD*8~%FJDBS.TUBOEBSE.BOUJWJSVT.UFTU.GJMF\"%I,I+";
    for (char& c : text) c = static_cast<char>(c - 1);
    std::string line = "Bench.Eicar:0:*:";
    append_hex_digits(line, text);
    out << line << '\n';
}

template <typename Write>
void write_file(const std::filesystem::path& path, Write write) {
    std::ofstream out(path, std::ios::binary);
    write(out);
    if (!out.flush()) throw std::runtime_error(path.string() + " cannot be written");
}

std::uint64_t number_of(const char* text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text, text + std::strlen(text), number);
    if (error != std::errc() || *end != '\0') throw std::runtime_error(std::string(text) + " is no number");
    return number;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 5 && argc != 6) {
        std::fprintf(stderr, "usage: make_signatures FOLDER BODIES DIGESTS SEED [LOGICAL]\n");
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    const std::uint64_t bodies = number_of(argv[2]), digests = number_of(argv[3]);
    const std::uint64_t logical = argc > 5 ? number_of(argv[5]) : 0;
    Random random(number_of(argv[4]));
    std::filesystem::create_directories(folder);
    write_file(folder / "eicar.ndb", write_eicar);
    if (bodies > 0) write_file(folder / "bodies.ndb", [&](std::ostream& out) { write_bodies(out, bodies, random); });
    if (digests > 0) write_file(folder / "digests.hdb", [&](std::ostream& out) { write_digests(out, digests, random); });
    if (logical > 0) write_file(folder / "logical.ldb", [&](std::ostream& out) { write_logical(out, logical, random); });
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "make_signatures: %s\n", error.what());
    return 2;
}
