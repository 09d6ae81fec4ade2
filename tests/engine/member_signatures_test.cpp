// SPDX-License-Identifier: Apache-2.0
// Container signatures in whole messages: members of archives, and the parts of the message itself.
#include "engine/scanner.h"
#include "scanner_fixture.h"
#include "tests/support/archive_writer.h"
#include "tests/support/clamscan.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <set>

namespace postern::engine::tests {
namespace {

std::string base64(const std::string& octets) {
    std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');
    text.resize(static_cast<std::size_t>(
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(octets.data()),
                        static_cast<int>(octets.size()))));
    return text;
}

std::string mail_with(const std::string& name, const std::string& octets) {
    return "Received: by x\r\nFrom: a@example.org\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
           "--b\r\nContent-Type: application/octet-stream; name=\"" + name + "\"\r\n"
           "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"" + name +
           "\"\r\n\r\n" + base64(octets) + "\r\n--b--\r\n";
}

// Of members: position, size, name, kind; each with a near miss.
constexpr const char* source =
    "Zip-name:CL_TYPE_ZIP:*:(^|/)setup\\.exe$:*:*:*:*:*:*\n"
    "Zip-near:CL_TYPE_ZIP:*:^setup\\.exe$:*:*:*:*:*:*\n"
    "Zip-size:CL_TYPE_ZIP:*:*:*:11:0:2:*:*\n"
    "Zip-size-near:CL_TYPE_ZIP:*:*:*:12:0:2:*:*\n"
    "Zip-position-near:CL_TYPE_ZIP:*:setup:*:11:0:1:*:*\n"
    "Zip-locked:CL_TYPE_ZIP:*:*:*:*:1:*:*:*\n"
    "Tar-name:CL_TYPE_POSIX_TAR:*:setup:11:11:*:2:*:*\n"
    "Mail-name:CL_TYPE_MAIL:*:\\.zip$:*:*:*:*:*:*\n"
    "Any-name:*:*:(?i)SETUP:*:*:*:*:*:*\n";

std::set<std::string> names_in(const std::string& message) {
    signatures::SetBuilder builder;
    builder.add_text("t.cdb", source);
    EXPECT_TRUE(builder.diagnostics().empty());
    const Scanner scanner(builder.build(1), patient_limits(), 1);
    std::set<std::string> names;
    for (const Finding& finding : scanner.scan(mime::Message::own(message)).findings) {
        if (finding.kind == FindingKind::signature) names.insert(finding.name);
    }
    return names;
}

const postern::tests::Files files{{"readme.txt", "hello"}, {"docs/setup.exe", "hello world"}};

struct Mail {
    std::string name, text;
    std::set<std::string> found;
};

std::vector<Mail> mails() {
    const std::string zip = postern::tests::archive_of("zip", files);
    const std::string tar = postern::tests::archive_of("ustar", files);
    return {
        {"zip.eml", mail_with("a.zip", zip), {"Zip-name", "Zip-size", "Mail-name", "Any-name"}},
        {"tar.eml", mail_with("a.tar", tar), {"Tar-name", "Any-name"}},
        {"plain.eml", mail_with("setup.exe", "hello"), {"Any-name"}},
        {"none.eml", mail_with("a.txt", "hello"), {}},
    };
}

TEST(MemberSignatures, MeetMembersAndParts) {
    for (const Mail& mail : mails()) EXPECT_EQ(names_in(mail.text), mail.found) << mail.name;
}

TEST(MemberSignatures, AgreeWithClamscan) {
    if (!postern::tests::have_clamscan()) GTEST_SKIP() << "clamscan is not installed";
    postern::tests::Texts contents;
    for (const Mail& mail : mails()) contents.emplace_back(mail.name, mail.text);
    auto theirs = postern::tests::clamscan({{"t.cdb", source}}, contents);
    for (const Mail& mail : mails()) EXPECT_EQ(theirs[mail.name], mail.found) << mail.name;
}

}  // namespace
}  // namespace postern::engine::tests
