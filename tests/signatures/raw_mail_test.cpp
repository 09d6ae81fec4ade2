// SPDX-License-Identifier: Apache-2.0
// Raw mail: looking at encoded text for nothing but what can stand in it finds what looking at
// everything does.
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

    // Something the mail holds, often across the border of encoded text, as a pattern: with octets
    // that become wildcards, alternatives or the end of a part.
    std::string pattern_from(const Mail& mail) {
        const std::string& text = mail.text;
        const std::size_t wish = 3 + random_.below(random_.one_in(3) ? 150 : 24);
        const std::size_t length = std::min<std::size_t>(text.size(), wish);
        std::size_t at = random_.below(text.size() - length + 1);
        if (!mail.encoded.empty() && random_.one_in(2)) {
            const Chunk& range = mail.encoded[random_.below(mail.encoded.size())];
            const std::size_t border = random_.one_in(2) ? range.begin : range.end;
            at = border - std::min(border, random_.below(length + 1));
            at = std::min(at, text.size() - length);
        }
        std::string pattern;
        for (std::size_t i = at; i < at + length; ++i) {
            const bool edge = i < at + 2 || i + 2 >= at + length;
            if (!edge && random_.one_in(20)) pattern += random_.one_in(3) ? "{-9}" : "";
            pattern += edge || !random_.one_in(12) ? hex(text.substr(i, 1)) : piece(text[i]);
        }
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
    std::string piece(char c) {
        const std::string digits = hex(std::string(1, c));
        switch (random_.below(5)) {
            case 0:
                return "?" + digits.substr(1);
            case 1:
                return digits.substr(0, 1) + "?";
            case 2:
                return "(80|" + digits + ")";
            case 3:
                return "(" + digits + "|4142)";
            default:
                return "??";
        }
    }

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
    for (std::uint32_t seed = 1; seed <= 250; ++seed) {
        MailMaker maker(seed);
        std::vector<Mail> mails;
        std::string source;
        for (int i = 0; i < 8; ++i) {
            mails.push_back(maker.mail());
            if (mails.back().text.size() < 4) continue;
            for (int n = 0; n < 6; ++n) {
                source += numbered("S", static_cast<std::size_t>(i * 10 + n)) +
                          std::string(n % 2 ? ":4:*:" : ":0:*:") +
                          maker.pattern_from(mails.back()) + '\n';
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

// One octet outside is enough to shut a match out; here, one that no anchor can hold.
TEST(RawMail, FindsWhatReachesOverABorder) {
    std::string body;
    while (body.size() < 2000) body += base64_alphabet[body.size() * 7 % 61];
    for (std::size_t inside = 1; inside <= 100; ++inside) {
        const std::string text = "head: " + body + "\r\n-tail";
        const Chunk range{6, 6 + body.size()};
        const std::string source =
            "Head:0:*:(20|2e2e)" + hex(body.substr(0, inside + 2)) +
            "\nTail:4:*:" + hex(body.substr(body.size() - inside) + "\r\n") + "(2d|2e2e)\n";
        Matcher matcher(set_of("t.ndb", source));
        const auto whole = matcher.match({octets(text), Target::mail});
        ASSERT_EQ(whole.size(), 2u);
        EXPECT_EQ(told(matcher.match_raw_mail(octets(text), {{range}})), told(whole)) << inside;
    }
}

TEST(RawMail, TakesRangesThatMakeNoSense) {
    Matcher matcher(set_of("t.ndb", std::string("X:0:*:") + hex("needle") + "\n"));
    const std::string text = std::string(1000, '.') + "needle";
    const std::vector<Chunk> ranges{{900, 100}, {0, 10}, {5000, 9000}, {990, 99999}};
    matcher.match_raw_mail(octets(text), ranges);
}

TEST(RawMail, HearsOnlyAnyAndMail) {
    Matcher matcher(set_of("t.ndb", std::string("Any:0:*:") + hex("aaa-1") + "\nMail:4:*:" +
                                        hex("aaa-2") + "\nText:7:*:" + hex("aaa-3") + "\n"));
    EXPECT_EQ(told(matcher.match_raw_mail(octets("aaa-1 aaa-2 aaa-3"), {})), "Any@0+5 Mail@6+5");
}

}  // namespace
}  // namespace postern::signatures::tests
