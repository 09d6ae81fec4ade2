// SPDX-License-Identifier: Apache-2.0
// The parser: tables of messages with the tree each gives, limits, and the promise that no octet is
// lost.
#include "mime/parser.h"

#include "mime/defect_codes.h"
#include "tests/mime/support.h"

#include <gtest/gtest.h>

#include <thread>

namespace postern::mime {
namespace {

ParsedMessage parsed(std::string_view text, const ParseLimits& limits = {}) {
    return parse(test::bytes(text), limits);
}

// "1 text/plain [body]", a line each, children indented.
void describe(const Entity& entity, std::string_view text, int indent, std::string& out) {
    out.append(static_cast<std::size_t>(indent), ' ');
    out += entity.section + ' ' + entity.media_type;
    if (entity.is_leaf()) {
        out += " [" + test::text(slice(test::bytes(text), entity.body_range)) + ']';
    }
    for (const ByteRange gap : entity.uncovered) {
        out += " ~" + test::text(slice(test::bytes(text), gap)) + '~';
    }
    out += '\n';
    for (const Entity& child : entity.children) describe(child, text, indent + 1, out);
}

std::string tree_of(std::string_view text) {
    std::string out;
    describe(parsed(text).root, text, 0, out);
    return out;
}

void collect_codes(const Entity& entity, std::vector<std::string>& codes) {
    for (const Defect& defect : entity.defects) codes.emplace_back(code_of(defect.code));
    for (const Entity& child : entity.children) collect_codes(child, codes);
}

std::vector<std::string> codes_of(const ParsedMessage& message) {
    std::vector<std::string> codes;
    collect_codes(message.root, codes);
    return codes;
}

bool has(const std::vector<std::string>& codes, std::string_view code) {
    return std::ranges::find(codes, code) != codes.end();
}

struct TreeCase {
    const char* name;
    std::string text;
    std::string tree;
};

const std::string mixed = "Content-Type: multipart/mixed; boundary=b\n\n";

const TreeCase tree_cases[] = {
    {"plain", "Subject: s\n\nhello\n", "1 text/plain [hello\n]\n"},
    {"CRLF", "Subject: s\r\n\r\nhello\r\n", "1 text/plain [hello\r\n]\n"},
    {"two parts", mixed + "--b\n\none\n--b\nContent-Type: a/b\n\ntwo\n--b--\n",
     " multipart/mixed\n 1 text/plain [one]\n 2 a/b [two]\n"},
    {"preamble and epilogue", mixed + "pre\n--b\n\none\n--b--\npost\n",
     " multipart/mixed ~pre~ ~post\n~\n 1 text/plain [one]\n"},
    {"blanks behind a delimiter", mixed + "--b \t\n\none\n--b-- \n",
     " multipart/mixed\n 1 text/plain [one]\n"},
    {"no close delimiter", mixed + "--b\n\none\n", " multipart/mixed\n 1 text/plain [one\n]\n"},
    {"a longer line is no delimiter", mixed + "--b\n\none\n--bx\n--b--\n",
     " multipart/mixed\n 1 text/plain [one\n--bx]\n"},
    {"empty part", mixed + "--b\n\n--b--\n", " multipart/mixed\n 1 text/plain []\n"},
    {"header and no body", mixed + "--b\nContent-Type: a/b\n--b\n\ntwo\n--b--\n",
     " multipart/mixed\n 1 a/b []\n 2 text/plain [two]\n"},
    {"nothing between delimiters", mixed + "--b\n--b\n\none\n--b--\n",
     " multipart/mixed\n 1 text/plain [one]\n"},
    {"nested",
     mixed + "--b\nContent-Type: multipart/mixed; "
             "boundary=c\n\n--c\n\nin\n--c--\nepi\n--b\n\nout\n--b--\n",
     " multipart/mixed\n 1 multipart/mixed ~epi~\n  1.1 text/plain [in]\n 2 text/plain [out]\n"},
    {"outer boundary ends inner part",
     mixed + "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nin\n--b\n\nout\n--b--\n",
     " multipart/mixed\n 1 multipart/mixed\n  1.1 text/plain [in]\n 2 text/plain [out]\n"},
    {"message", "Content-Type: message/rfc822\n\nSubject: in\n\nbody\n",
     "1 message/rfc822\n 1.1 text/plain [body\n]\n"},
    {"message with parts in a part",
     mixed + "--b\nContent-Type: message/rfc822\n\n" +
         "Content-Type: multipart/mixed; boundary=c\n\n--c\n\nin\n--c--\n\n--b--\n",
     " multipart/mixed\n 1 message/rfc822\n  1 multipart/mixed\n   1.1 text/plain [in]\n"},
    {"encoded message",
     "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaQoKaQo=\n",
     "1 message/rfc822 [U3ViamVjdDogaQoKaQo=\n]\n"},
    {"digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: in\n\nbody\n--b--\n",
     " multipart/digest\n 1 message/rfc822\n  1.1 text/plain [body]\n"},
    {"boundary missing", "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n",
     "1 multipart/mixed [--b\n\none\n--b--\n]\n"},
    {"boundary never found", mixed + "text\n", "1 multipart/mixed [text\n]\n"},
    {"line that is no field", "Subject: s\nnot a field\nContent-Type: a/b\n\nhello\n",
     "1 a/b [hello\n] ~not a field\nContent-Type: a/b\n\n~\n"},
    {"mailbox line first", "From me Mon\nSubject: s\n\nhello\n", "1 text/plain [hello\n]\n"},
    {"empty lines and a byte order mark first", "\xEF\xBB\xBF\nContent-Type: a/b\n\nhello\n",
     "1 a/b [hello\n]\n"},
    {"no header", "just text\nof two lines\n", "1 text/plain [just text\nof two lines\n]\n"},
    {"nothing", "", "1 text/plain []\n"},
};

TEST(Parser, GivesTheTreesOfTheTable) {
    for (const TreeCase& c : tree_cases) EXPECT_EQ(tree_of(c.text), c.tree) << c.name;
}

struct DefectCase {
    std::string text;
    const char* code;  // nullptr: none at all
};

const DefectCase defect_cases[] = {
    {"Subject: s\r\n\r\nhello\r\n", nullptr},
    {mixed + "--b\n\none\n--b--\nfooter\n", nullptr},
    {"Content-Type: text/plain; charset=\"utf-8\"; name=a.txt\nContent-Disposition: attachment; "
     "filename=a.txt\n\n",
     nullptr},
    {"A: b\nContent-Type: a/b\nContent-Type: c/d\n\n", "duplicate-content-type"},
    {"A: b\nContent-Disposition: inline\nContent-Disposition: attachment\n\n",
     "duplicate-content-disposition"},
    {"Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\n",
     "conflicting-transfer-encodings"},
    {"Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: base64\n\n",
     "duplicate-transfer-encoding"},
    {"Content-Transfer-Encoding: zip\n\n", "unknown-transfer-encoding"},
    {"Content-Type: nonsense\n\n", "content-type-broken"},
    {"A: b\nno field\n\n", "header-line-without-colon"},
    {"A: b\n \nC: d\n\n", "header-fold-blank"},
    {"A: b\n", "header-not-ended"},
    {"A: b\xFF\n\n", "header-raw-8bit"},
    {"A: " + std::string(1000, 'x') + "\n\n", "header-line-too-long"},
    {std::string("A: b\0c\n\n", 8), "header-nul"},
    {"Content-Type: multipart/mixed\n\n", "boundary-missing"},
    {mixed + "text\n", "boundary-never-found"},
    {mixed + "--b\n\none\n", "close-delimiter-missing"},
    {"Content-Type: multipart/mixed; boundary=" + std::string(71, 'b') + "\n\n",
     "boundary-too-long"},
    {"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\nLS1i\n",
     "encoded-multipart"},
    {"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQTogYgo=\n",
     "encoded-message"},
    {"Content-Type: a/b; name=a.txt\nContent-Disposition: x; filename=b.exe\n\n",
     "conflicting-filenames"},
    {"Content-Type: a/b; name=\"=?utf-8?q?a?=\"\n\n", "encoded-word-in-parameter"},
    {"Content-Type: a/b; name*0=a; name*2=b\n\n", "parameter-pieces-missing"},
    {"Content-Type: a/b; name=\"never closed\n\n", "parameter-broken"},
    {"no header at all", "header-missing"},
};

TEST(Parser, NotesTheDefectsOfTheTable) {
    for (const DefectCase& c : defect_cases) {
        const auto codes = codes_of(parsed(c.text));
        if (c.code == nullptr) {
            EXPECT_TRUE(codes.empty()) << c.text << codes.front();
        } else {
            EXPECT_TRUE(has(codes, c.code)) << c.text << c.code;
        }
    }
}

TEST(Parser, KeepsFieldsAndTheirRanges) {
    const std::string text = "Subject : a\r\n folded\tline \r\nX-Empty:\r\n\r\nbody";
    const Entity root = parsed(text).root;
    ASSERT_EQ(root.header.size(), 2U);
    EXPECT_EQ(root.header[0].name, "Subject");
    EXPECT_EQ(root.header[0].value, "a folded\tline");
    EXPECT_EQ(root.header[0].range, (ByteRange{0, 28}));
    EXPECT_EQ(root.header[1].value, "");
    EXPECT_EQ(root.header_range, (ByteRange{0, 40}));
    EXPECT_EQ(root.body_range, (ByteRange{40, 44}));
}

TEST(Parser, StopsAtTheLimits) {
    std::string many = mixed;
    for (int i = 0; i < 50; ++i) many += "--b\n\nx\n";
    const ParsedMessage few = parsed(many, {.depth = 100, .entities = 10});
    EXPECT_FALSE(few.complete);
    EXPECT_EQ(few.root.children.size(), 9U);
    EXPECT_FALSE(few.root.uncovered.empty());
    EXPECT_TRUE(has(codes_of(few), "entity-limit"));

    std::string deep;
    for (int i = 0; i < 10; ++i) deep += "Content-Type: message/rfc822\n\n";
    const ParsedMessage shallow = parsed(deep, {.depth = 3, .entities = 100});
    EXPECT_FALSE(shallow.complete);
    EXPECT_TRUE(has(codes_of(shallow), "depth-limit"));
    EXPECT_TRUE(parsed(deep).complete);
}

unsigned tree_size(const Entity& entity) {
    unsigned size = 1;
    for (const Entity& child : entity.children) size += tree_size(child);
    return size;
}

TEST(Parser, SaysHowManyEntitiesTheTreeHas) {
    std::string many = mixed;
    for (int i = 0; i < 12; ++i) many += "--b\nContent-Type: message/rfc822\n\nSubject: x\n\nx\n";
    for (unsigned limit = 1; limit < 40; ++limit) {
        const ParsedMessage message = parsed(many, {.depth = 100, .entities = limit});
        EXPECT_EQ(message.entities, tree_size(message.root));
        EXPECT_EQ(message.entities, std::min(limit, 25U));
        EXPECT_EQ(message.complete, limit >= 25);
    }
    EXPECT_EQ(parsed("no header at all").entities, 1U);
}

// What a multipart calls a delimiter must lie in no gap, and what is in no gap must be one.
void cover(const Entity& entity, std::string& seen) {
    const auto mark = [&](ByteRange range) {
        ASSERT_LE(range.begin, range.end);
        ASSERT_LE(range.end, seen.size());
        std::fill(seen.begin() + static_cast<std::ptrdiff_t>(range.begin),
                  seen.begin() + static_cast<std::ptrdiff_t>(range.end), '\1');
    };
    mark(entity.header_range);
    for (const ByteRange gap : entity.uncovered) mark(gap);
    if (entity.is_leaf()) mark(entity.body_range);
    for (const Entity& child : entity.children) {
        EXPECT_GE(child.header_range.begin, entity.body_range.begin);
        EXPECT_LE(child.body_range.end, entity.body_range.end);
        cover(child, seen);
    }
}

// Octets in no range must be blank or lines that begin with "--".
void expect_covered(const std::string& text) {
    const ParsedMessage message = parsed(text);
    std::string seen(text.size(), '\0');
    cover(message.root, seen);
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (seen[at] != '\0' ||
            std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos)
            continue;
        const std::size_t line = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
        ASSERT_EQ(text.substr(line, 2), "--") << "octet " << at << " is lost in\n" << text;
    }
}

TEST(Parser, LosesNoOctetOfTheTable) {
    for (const TreeCase& c : tree_cases) expect_covered(c.text);
    for (const DefectCase& c : defect_cases) expect_covered(c.text);
}

// Flips, cuts, doubles and joins, as mail is broken on its way or by intent.
std::string mutated(std::string text, test::Random& random) {
    static constexpr std::string_view pieces[] = {
        "--b\n",
        "--b--\n",
        "--c\n",
        "\n",
        "\r\n",
        ":",
        "Content-Type: message/rfc822\n\n",
        "--",
        " ",
        "=\n",
        "Content-Type: multipart/mixed; boundary=c\n\n",
        "From x\n",
        "Content-Type: multipart/digest; boundary=\"c\"\n"};
    for (std::size_t times = 1 + random.below(6); times > 0; --times) {
        const std::size_t at = random.below(text.size() + 1);
        const std::size_t size = std::min<std::size_t>(random.below(40), text.size() - at);
        switch (random.below(5)) {
            case 0:
                text.insert(at, pieces[random.below(std::size(pieces))]);
                break;
            case 1:
                text.erase(at, size);
                break;
            case 2:
                text.insert(random.below(text.size() + 1), text.substr(at, size));
                break;
            case 3:
                if (at < text.size()) text[at] = static_cast<char>(random.below(256));
                break;
            default:
                if (random.below(4) == 0) text.resize(at);
                break;
        }
    }
    return text;
}

TEST(Parser, LosesNoOctetOfMutatedMessages) {
    test::Random random(7);
    const std::size_t rounds = test::long_tests() ? 2'000'000 : 40'000;
    for (std::size_t round = 0; round < rounds && !testing::Test::HasFatalFailure(); ++round) {
        expect_covered(mutated(tree_cases[random.below(std::size(tree_cases))].text, random));
    }
}

std::string repeated(std::string_view piece, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += piece;
    return text;
}

TEST(Parser, KeepsABoundedNumberOfFields) {
    const std::string text = repeated("A: b\n", 150'000) + "Content-Type: c/d\n\nbody";
    const ParsedMessage message = parsed(text);
    EXPECT_FALSE(message.complete);
    EXPECT_EQ(message.root.header.size(), 100'000U);
    EXPECT_TRUE(has(codes_of(message), "header-limit"));
    EXPECT_FALSE(message.root.uncovered.empty());
    expect_covered(text);
}

// On a thread with a stack as small as a worker's may be.
TEST(Parser, SurvivesDeepNesting) {
    std::string nested;
    for (int i = 0; i < 100'000; ++i) {
        const std::string name = std::to_string(i);
        nested += "Content-Type: multipart/mixed; boundary=" + name + "\n\n--" + name + "\n";
    }
    const std::string messages = repeated("Content-Type: message/rfc822\n\n", 100'000);
    std::thread worker([&] {
        EXPECT_FALSE(parsed(nested).complete);
        EXPECT_FALSE(parsed(messages).complete);
    });
    worker.join();
}

// Each would take minutes if anything in it were quadratic.
TEST(Parser, TakesHostileSizesInStride) {
    const std::string nested =
        repeated("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 2'000);
    parsed(nested + repeated("--x\n", 300'000));
    parsed(mixed + repeated("--b\n\nx\n", 300'000));
    parsed(repeated("X-A: b\n", 300'000) + "\n");
    parsed(repeated("Content-Type: a/b; name=c\n", 100'000) + "\n");
    parsed("Content-Type: a/b; name=\"" + repeated("=?utf-8?q?a?= ", 100'000) + "\"\n\n");
    parsed("Content-Type: a/b; name=" + repeated("(", 1'000'000) + "\n\n");
    parsed("Content-Type: a/b" + repeated("; name*1=a", 100'000) + "\n\n");
    parsed("Content-Type: a/b" + repeated("; x=\"", 300'000) + "\n\n");
    parsed(std::string(10'000'000, '\0'));
}

}  // namespace
}  // namespace postern::mime
