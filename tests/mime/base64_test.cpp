// SPDX-License-Identifier: Apache-2.0
// Base64: the table of what readers do, and agreement of every kernel with the walk and with a
// naive twin. POSTERN_LONG_TESTS=1 in the environment runs ten million inputs instead of two
// hundred thousand.
#include "mime/base64.h"

#include "tests/mime/support.h"

#include <gtest/gtest.h>

namespace postern::mime {
namespace {

struct Outcome {
    std::string text;
    DecodeResult result;
};

bool operator==(const Outcome& a, const Outcome& b) {
    return a.text == b.text && a.result.junk == b.result.junk &&
           a.result.truncated == b.result.truncated &&
           a.result.padding_in_the_middle == b.result.padding_in_the_middle;
}

std::ostream& operator<<(std::ostream& out, const Outcome& o) {
    return out << testing::PrintToString(o.text) << " junk " << o.result.junk << " truncated "
               << o.result.truncated << " middle " << o.result.padding_in_the_middle;
}

// The whole input at once, by the definition, with nothing clever in it.
Outcome naive(std::string_view input, Base64Padding padding) {
    static const std::string alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    Outcome outcome;
    std::vector<unsigned> quantum;
    const auto flush = [&] {
        unsigned bits = 0;
        for (const unsigned sextet : quantum) bits = bits * 64 + sextet;
        bits <<= 6 * (4 - quantum.size());
        for (std::size_t i = 0; i + 1 < quantum.size(); ++i) {
            outcome.text += static_cast<char>(bits >> (16 - 8 * i) & 255);
        }
        quantum.clear();
    };
    bool padded = false;
    bool stopped = false;
    for (const char c : input) {
        const std::size_t value = alphabet.find(c);
        if (c == '=') {
            padded = true;
            if (padding != Base64Padding::ignore) flush();
            if (padding == Base64Padding::stop) stopped = true;
        } else if (value == std::string::npos) {
            if (c != '\r' && c != '\n' && !stopped) ++outcome.result.junk;
        } else {
            if (padded) outcome.result.padding_in_the_middle = true;
            if (stopped) continue;
            padded = false;
            quantum.push_back(static_cast<unsigned>(value));
            if (quantum.size() == 4) flush();
        }
    }
    outcome.result.truncated = !quantum.empty();
    flush();
    return outcome;
}

Outcome decoded(std::string_view input, Base64Padding padding, Base64Kernel kernel) {
    Base64Decoder decoder(padding, kernel);
    Buffer out;
    decoder.decode(test::bytes(input), out);
    const DecodeResult result = decoder.finish(out);
    return {test::text(out), result};
}

// The input in the pieces that `cuts` says.
Outcome decoded_in_chunks(std::string_view input, Base64Padding padding, Base64Kernel kernel,
                          test::Random& random) {
    Base64Decoder decoder(padding, kernel);
    Buffer out;
    while (!input.empty()) {
        const std::size_t size = std::min<std::size_t>(input.size(), random.below(90));
        decoder.decode(test::bytes(input.substr(0, size)), out);
        input.remove_prefix(size);
    }
    const DecodeResult result = decoder.finish(out);
    return {test::text(out), result};
}

struct Case {
    const char* name;
    std::string input;
    Base64Padding padding;
    std::string output;
    std::size_t junk;
    bool truncated;
    bool middle;
};

constexpr auto quantum = Base64Padding::new_quantum;
constexpr auto stop = Base64Padding::stop;
constexpr auto ignore = Base64Padding::ignore;

const Case cases[] = {
    {"empty", "", quantum, "", 0, false, false},
    {"whole quanta", "QUJDREVG", quantum, "ABCDEF", 0, false, false},
    {"one octet", "QQ==", quantum, "A", 0, false, false},
    {"two octets", "QUI=", quantum, "AB", 0, false, false},
    {"padding missing", "QUI", quantum, "AB", 0, true, false},
    {"one sextet left", "QUJDR", quantum, "ABC", 0, true, false},
    {"line ends anywhere", "Q\r\nU\nJ\rD", quantum, "ABC", 0, false, false},
    {"junk anywhere", "Q!U J-D", quantum, "ABC", 3, false, false},
    {"octets above 127", "QU\xFFJD", quantum, "ABC", 1, false, false},
    {"new quantum", "QQ==QUJD", quantum, "AABC", 0, false, true},
    {"stop", "QQ==QUJD", stop, "A", 0, false, true},
    {"ignore", "QQ==QUJD", ignore, test::text_of({0x41, 0x04, 0x14, 0x24}), 0, true, true},
    {"only padding", "====", quantum, "", 0, false, false},
    {"padding twice", "QQ====", stop, "A", 0, false, false},
};

TEST(Base64, DoesWhatTheTableSays) {
    for (const Case& c : cases) {
        const Outcome expected{c.output, {c.junk, c.truncated, c.middle}};
        EXPECT_EQ(decoded(c.input, c.padding, best_base64_kernel()), expected) << c.name;
        EXPECT_EQ(naive(c.input, c.padding), expected) << c.name << " (naive)";
    }
}

TEST(Base64, HasAKernelOnThisMachine) {
#if defined(__x86_64__)
    ASSERT_FALSE(base64_kernels().empty());
#endif
    for (const NamedBase64Kernel& row : base64_kernels())
        EXPECT_NE(row.kernel, nullptr) << row.name;
}

TEST(Base64, DecodesEveryOctetInEveryPosition) {
    std::string plain;
    for (int i = 0; i < 3 * 256; ++i) plain += static_cast<char>(i % 256);
    for (const NamedBase64Kernel& row : base64_kernels()) {
        for (std::size_t columns = 1; columns < 200; ++columns) {
            const std::string encoded = test::base64(plain, columns, "\r\n");
            ASSERT_EQ(decoded(encoded, quantum, row.kernel).text, plain)
                << row.name << ' ' << columns;
        }
    }
}

// Every octet value, in every place of a block: none may be taken for another.
TEST(Base64, KernelsKnowTheAlphabet) {
    for (const NamedBase64Kernel& row : base64_kernels()) {
        for (int octet = 0; octet < 256; ++octet) {
            std::string input(192, 'A');
            for (std::size_t at = 0; at < 64; ++at) {
                input[at] = static_cast<char>(octet);
                ASSERT_EQ(decoded(input, quantum, row.kernel), naive(input, quantum))
                    << row.name << " octet " << octet << " at " << at;
                input[at] = 'A';
            }
        }
    }
}

// Lines of one length or of many, any line end, junk and padding where they hurt.
std::string generated(test::Random& random) {
    static constexpr std::string_view line_ends[] = {"\r\n", "\n", "\r", ""};
    static constexpr std::string_view odd = "= \t-_\0!\xFF=";
    const std::string plain = random.octets(random.below(random.below(8) == 0 ? 900 : 160));
    const std::size_t columns = random.below(3) == 0 ? 76 : random.below(150);
    std::string input = test::base64(plain, columns, line_ends[random.below(4)]);
    if (random.below(3) != 0) return input;
    for (std::size_t times = random.below(random.below(4) == 0 ? 60 : 4); times > 0; --times) {
        const std::size_t at = random.below(input.size() + 1);
        if (random.below(4) == 0) {
            input.resize(at);
        } else {
            input.insert(at, 1, odd[random.below(odd.size())]);
        }
    }
    return input;
}

TEST(Base64, KernelsAgreeWithTheNaiveTwin) {
    test::Random random(20240611);
    const std::size_t rounds = test::long_tests() ? 10'000'000 : 200'000;
    for (std::size_t round = 0; round < rounds; ++round) {
        const std::string input = generated(random);
        const auto padding = static_cast<Base64Padding>(random.below(3));
        const Outcome expected = naive(input, padding);
        ASSERT_EQ(decoded(input, padding, nullptr), expected) << testing::PrintToString(input);
        for (const NamedBase64Kernel& row : base64_kernels()) {
            ASSERT_EQ(decoded(input, padding, row.kernel), expected)
                << row.name << ' ' << testing::PrintToString(input);
        }
        ASSERT_EQ(decoded_in_chunks(input, padding, best_base64_kernel(), random), expected)
            << testing::PrintToString(input);
        ASSERT_EQ(has_padding_in_the_middle(test::bytes(input)),
                  expected.result.padding_in_the_middle);
        ASSERT_LE(expected.text.size(), Base64Decoder::bound(input.size()));
    }
}

}  // namespace
}  // namespace postern::mime
