// SPDX-License-Identifier: Apache-2.0
// The two finders of the structure, GMime and our own, must agree.
#include "mime/structure.h"

#include "mime/header_block.h"
#include "tests/mime/support.h"

#include <gtest/gtest.h>

namespace postern::mime {
namespace {

void describe(const StructureNode& node, int indent, std::string& out) {
    out.append(static_cast<std::size_t>(indent), ' ');
    out += node.kind == StructureNode::Kind::leaf      ? "leaf"
           : node.kind == StructureNode::Kind::message ? "message"
                                                       : "multipart " + node.boundary.value_or("-");
    // An empty part has its place in one finder, and none in the other.
    if (node.content && !node.content->empty()) {
        out += ' ' + std::to_string(node.content->begin) + '-' + std::to_string(node.content->end);
    }
    out += '\n';
    for (const StructureNode& child : node.children) describe(child, indent + 1, out);
}

std::string described(const std::optional<StructureNode>& root) {
    if (!root) return "nothing";
    std::string out;
    describe(*root, 0, out);
    return out;
}

// A well-formed message: a tree of parts with bodies of lines, CRLF or LF throughout.
class Generator {
public:
    explicit Generator(test::Random& random)
        : random_(random), line_end_(random.below(2) == 0 ? "\n" : "\r\n") {}

    std::string message() { return "Subject: s" + line_end_ + part(0); }

private:
    std::string part(unsigned depth) {
        const std::size_t kind = depth > 4 ? 9 : random_.below(10);
        if (kind < 3) return multipart(depth);
        if (kind == 3)
            return "Content-Type: message/rfc822" + line_end_ + line_end_ + message_at(depth + 1);
        std::string text = random_.below(2) == 0 ? "Content-Type: text/html" + line_end_ : "";
        text += line_end_;
        for (std::size_t lines = random_.below(6); lines > 0; --lines) text += line();
        return text;
    }

    std::string message_at(unsigned depth) { return "From: a@b" + line_end_ + part(depth); }

    std::string multipart(unsigned depth) {
        std::string boundary = std::to_string(boundaries_++);
        if (random_.below(3) == 0) boundary += " x";
        std::string text = "Content-Type: multipart/" +
                           std::string(random_.below(5) == 0 ? "digest" : "mixed") +
                           "; boundary=\"" + boundary + '"' + line_end_ + line_end_;
        if (random_.below(3) == 0) text += line();
        for (std::size_t parts = 1 + random_.below(3); parts > 0; --parts) {
            text += "--" + boundary + line_end_ + part(depth + 1) + line_end_;
        }
        text += "--" + boundary + "--" + line_end_;
        if (random_.below(3) == 0) text += line();
        return text;
    }

    std::string line() {
        static constexpr std::string_view lines[] = {"hello",      "--", "-- ", "--no",
                                                     "key: value", "",   "b: c"};
        return std::string(lines[random_.below(std::size(lines))]) + line_end_;
    }

    test::Random& random_;
    std::string line_end_;
    unsigned boundaries_ = 10;
};

TEST(Structure, BothFindersAgreeOnGeneratedMessages) {
    test::Random random(11);
    for (int round = 0; round < 20'000; ++round) {
        const std::string text = Generator(random).message();
        ASSERT_EQ(described(find_structure_by_lines(text, 0, {})),
                  described(find_structure_by_gmime(text, 0, {})))
            << text;
    }
}

TEST(Structure, ManyPartsAreNotForGmime) {
    std::string text = "Content-Type: multipart/mixed; boundary=b\n\n";
    EXPECT_TRUE(is_light_for_gmime(text));
    for (int i = 0; i < 5000; ++i) text += "--b\n\nx\n";
    EXPECT_FALSE(is_light_for_gmime(text));
    const auto root = find_structure_by_lines(text, 0, {.depth = 100, .entities = 100});
    ASSERT_TRUE(root);
    EXPECT_EQ(root->children.size(), 99U);
}

}  // namespace
}  // namespace postern::mime
