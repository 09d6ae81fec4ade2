// SPDX-License-Identifier: Apache-2.0
// What the generator is made of: encoders against plain decoders, archives against libarchive,
// documents against their first octets and the size that was asked for.
#include "corpora/generate/archives.h"
#include "corpora/generate/documents.h"
#include "corpora/generate/encode.h"
#include "corpora/generate/look_alikes.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

namespace postern::corpora {
namespace {

using namespace std::string_literals;

std::string decoded_quoted_printable(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            out += text[i];
            continue;
        }
        const std::string hex(text.substr(i + 1, 2));
        if (hex != "\r\n") out += static_cast<char>(std::stoi(hex, nullptr, 16));
        i += 2;
    }
    return out;
}

std::map<std::string, std::string> members_of(const std::string& bytes) {
    const std::unique_ptr<archive, int (*)(archive*)> a(archive_read_new(), archive_read_free);
    archive_read_support_format_all(a.get());
    archive_read_support_filter_all(a.get());
    EXPECT_EQ(archive_read_open_memory(a.get(), bytes.data(), bytes.size()), ARCHIVE_OK);
    std::map<std::string, std::string> members;
    archive_entry* entry = nullptr;
    for (;;) {
        const int result = archive_read_next_header(a.get(), &entry);
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN) break;
        // In the C locale a name outside ASCII comes with a warning, and perhaps as UTF-8 alone.
        const char* plain = archive_entry_pathname(entry);
        std::string& member = members[plain ? plain : archive_entry_pathname_utf8(entry)];
        member.resize(static_cast<std::size_t>(archive_entry_size(entry)));
        EXPECT_EQ(archive_read_data(a.get(), member.data(), member.size()),
                  static_cast<la_ssize_t>(member.size()))
            << archive_error_string(a.get());
    }
    return members;
}

TEST(Encode, Base64ComesBack) {
    Random random(1, 1);
    for (std::size_t size = 0; size < 400; ++size) {
        std::string octets;
        random.append(octets, size);
        std::string text;
        append_base64(text, octets);
        ASSERT_EQ(decoded_base64(text), octets);
        ASSERT_TRUE(size == 0 || text.ends_with("\r\n"));
        for (std::size_t at = 76; at + 2 < text.size(); at += 78)
            ASSERT_EQ(text.substr(at, 2), "\r\n");
        if (size % 57 == 0) {
            ASSERT_EQ(base64_room(text.size()), size);
        }
    }
}

TEST(Encode, QuotedPrintableComesBackInShortLines) {
    Random random(1, 2);
    for (int round = 0; round < 300; ++round) {
        std::string text =
            paragraphs(random, pick_language(random), random.between(1, 2000)) + " a = b \r\n\tc\t";
        const std::string sent = quoted_printable(text);
        ASSERT_EQ(decoded_quoted_printable(sent), text);
        ASSERT_TRUE(is_ascii(sent));
        for (std::size_t at = 0; at < sent.size();) {
            const std::size_t end = std::min(sent.find("\r\n", at), sent.size());
            ASSERT_LE(end - at, 76u);
            at = end + 2;
        }
    }
}

TEST(Encode, UuencodeIsWhatUuencodeWrites) {
    EXPECT_EQ(uuencode("Hello, world", "a b"),
              "begin 644 a b\r\n,2&5L;&\\L('=O<FQD\r\n`\r\nend\r\n");
}

TEST(Encode, NamesOutsideAsciiAreEncoded) {
    EXPECT_EQ(header_text("plain"), "plain");
    EXPECT_EQ(header_text("Müller"), "=?UTF-8?B?TcO8bGxlcg==?=");
    EXPECT_EQ(parameter("name", "a.txt"), ";\r\n\tname=\"a.txt\"");
    EXPECT_EQ(parameter("filename", "é.pdf"), ";\r\n\tfilename*=UTF-8''%C3%A9.pdf");
    EXPECT_EQ(split_parameter("name", "ab.exe"), ";\r\n\tname*0=\"ab.\";\r\n\tname*1=\"exe\"");
}

TEST(Archives, LibarchiveReadsThem) {
    const std::map<std::string, std::string> files = {
        {"a.txt", "hello"}, {"b/u.bin", std::string(100'000, 'x')}, {"empty", ""}};
    ZipWriter zip;
    ZipWriter stored;
    TarWriter tar;
    for (const auto& [name, text] : files) {
        zip.add(name, text);
        stored.add(name, text, Method::stored);
        tar.add(name, text);
    }
    const std::size_t stated = zip.size();
    const std::string bytes = zip.finish();
    EXPECT_EQ(bytes.size(), stated);
    EXPECT_LT(bytes.size(), 1000u);
    for (const std::string& archive : {bytes, stored.finish()}) {
        const auto members = members_of(archive);
        EXPECT_EQ(members.size(), 3u);
        EXPECT_EQ(members.at("a.txt"), "hello");
    }
    const std::string plain = tar.finish();
    EXPECT_EQ(members_of(plain), files);
    EXPECT_EQ(members_of(gzip_compressed(plain)), files);
}

TEST(Documents, AreOfTheSizeAskedForAndBeginAsTheirKind) {
    const std::map<DocumentKind, std::string> beginnings = {
        {DocumentKind::pdf, "%PDF-1.7"},       {DocumentKind::docx, "PK\3\4"},
        {DocumentKind::xlsx, "PK\3\4"},        {DocumentKind::odt, "PK\3\4"},
        {DocumentKind::jpeg, "\xff\xd8\xff"},  {DocumentKind::png, "\x89PNG"},
        {DocumentKind::gif, "GIF89a"},         {DocumentKind::rtf, "{\\rtf1"},
        {DocumentKind::csv, "date;"},          {DocumentKind::zip, "PK\3\4"},
        {DocumentKind::sources_zip, "PK\3\4"}, {DocumentKind::tarball, "\x1f\x8b"}};
    for (const auto& [kind, beginning] : beginnings) {
        for (const std::size_t size : {30'000u, 300'000u}) {
            Random random(9, size);
            const Attachment document = make_document(random, kind, size);
            EXPECT_EQ(document.bytes.substr(0, beginning.size()), beginning);
            EXPECT_NEAR(static_cast<double>(document.bytes.size()), static_cast<double>(size),
                        static_cast<double>(size) * 0.15)
                << document.name;
        }
    }
}

TEST(Documents, OfficeFilesAreZipsThatOpen) {
    for (const DocumentKind kind : {DocumentKind::docx, DocumentKind::xlsx, DocumentKind::odt,
                                    DocumentKind::zip, DocumentKind::tarball}) {
        Random random(10, 1);
        EXPECT_GE(members_of(make_document(random, kind, 50'000).bytes).size(), 3u);
    }
}

TEST(LookAlikes, AreAllDifferentByName) {
    std::set<std::string_view> names;
    for (const LookAlike& kind : look_alikes()) {
        Random random(11, 1);
        EXPECT_GE(kind.make(random).size(), 100u) << kind.name;
        EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    }
    Random random(12, 1);
    const std::string program = look_alikes()[0].make(random);
    EXPECT_EQ(program.substr(0, 2), "MZ");
    EXPECT_EQ(program.substr(static_cast<unsigned char>(program[0x3c]), 4), "PE\0\0"s);
}

}  // namespace
}  // namespace postern::corpora
