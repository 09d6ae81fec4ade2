// SPDX-License-Identifier: Apache-2.0
// Raw mail: looking at encoded text for nothing but what can stand in it finds what looking at everything does.
#include "support.h"

namespace postern::signatures::tests {
namespace {

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct Mail {
    std::string text;
    std::vector<Chunk> encoded;
};

class MailMaker {
public:
    explicit MailMaker(std::uint32_t seed) : random_(seed) {}

    Mail mail() {
        Mail mail;
        for (std::size_t n = random_.below(5) + 1; n > 0; --n) {
            mail.text += plain(random_.below(300));
            // Ranges may touch, may be empty, and may be too short to be worth a database.
            for (std::size_t parts = random_.below(3); parts > 0; --parts) {
                const std::size_t begin = mail.text.size();
                mail.text += encoded(random_.one_in(3) ? random_.below(20) : random_.below(3000));
                mail.encoded.push_back({begin, mail.text.size()});
            }
        }
        mail.text += plain(random_.below(40));
        return mail;
    }

    // Something the mail holds, wherever it lies, as a pattern.
    std::string pattern_from(const std::string& text) {
        const std::size_t length = std::min<std::size_t>(text.size(), 3 + random_.below(20));
        const std::size_t at = random_.below(text.size() - length + 1);
        std::string pattern = hex(text.substr(at, length));
        if (length > 8 && random_.one_in(3)) pattern[8] = pattern[9] = '?';
        if (length > 6 && random_.one_in(4)) pattern = pattern.substr(0, 6) + '*' + pattern.substr(6);
        return pattern;
    }

    std::string plain(std::size_t n) {
        std::string text;
        while (text.size() < n) {
            text += random_.one_in(9) ? std::string("\r\n--=_") : std::string(1, letter());
        }
        return text;
    }

    Random& random() { return random_; }

private:
    char letter() {
        constexpr std::string_view letters = "abcdeF: -\x80";
        return letters[random_.below(letters.size())];
    }

    std::string encoded(std::size_t n) {
        std::string text;
        while (text.size() < n) {
            for (int i = 0; i < 76; ++i) text += base64_alphabet[random_.below(64)];
            text += "\r\n";
        }
        if (!text.empty() && random_.one_in(2)) text.resize(random_.below(text.size()));
        return text;
    }

    Random random_;
};

TEST(RawMail, FindsWhatLookingAtEverythingFinds) {
    std::size_t found = 0;
    for (std::uint32_t seed = 1; seed <= 150; ++seed) {
        MailMaker maker(seed);
        std::vector<Mail> mails;
        std::string source;
        for (int i = 0; i < 8; ++i) {
            mails.push_back(maker.mail());
            if (mails.back().text.size() < 4) continue;
            for (int n = 0; n < 6; ++n) {
                source += numbered("S", static_cast<std::size_t>(i * 10 + n)) + std::string(n % 2 ? ":4:*:" : ":0:*:") +
                          maker.pattern_from(mails.back().text) + '\n';
            }
        }
        SetBuilder builder;
        builder.add_text("t.ndb", source);
        Matcher matcher(builder.build(1));
        for (const Mail& mail : mails) {
            const auto whole = matcher.match({octets(mail.text), Target::mail});
            const auto raw = matcher.match_raw_mail(octets(mail.text), mail.encoded);
            ASSERT_EQ(told(raw), told(whole)) << "seed " << seed << "\n" << source;
            found += whole.size();
        }
    }
    EXPECT_GT(found, 1000u);
}

TEST(RawMail, TakesRangesThatMakeNoSense) {
    Matcher matcher(set_of("t.ndb", std::string("X:0:*:") + hex("needle") + "\n"));
    const std::string text = std::string(1000, '.') + "needle";
    const std::vector<Chunk> ranges{{900, 100}, {0, 10}, {5000, 9000}, {990, 99999}};
    matcher.match_raw_mail(octets(text), ranges);
}

TEST(RawMail, HearsOnlyAnyAndMail) {
    Matcher matcher(set_of("t.ndb", std::string("Any:0:*:") + hex("aaa-1") + "\nMail:4:*:" + hex("aaa-2") +
                                        "\nText:7:*:" + hex("aaa-3") + "\n"));
    EXPECT_EQ(told(matcher.match_raw_mail(octets("aaa-1 aaa-2 aaa-3"), {})), "Any@0+5 Mail@6+5");
}

}  // namespace
}  // namespace postern::signatures::tests
