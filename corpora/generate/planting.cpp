// SPDX-License-Identifier: Apache-2.0
// EICAR stands at the first octet of the content that holds it, where every scanner looks for it.
#include "corpora/generate/planting.h"

#include "corpora/generate/archives.h"
#include "corpora/generate/encode.h"

#include <array>

namespace postern::corpora {
namespace {

std::string zip_of(std::string_view name, std::string_view bytes) {
    ZipWriter zip;
    zip.add(name, bytes);
    return zip.finish();
}

Planted attached(std::string where, const Attachment& attachment,
                 Encoding encoding = Encoding::base64) {
    return {attachment_entity(attachment, encoding), "eicar", attachment.name, std::move(where)};
}

Planted as_attachment(Random&) {
    return attached("base64-attachment", {"test.dat", "application/octet-stream", eicar()});
}

Planted as_text(Random& random) {
    const std::string text = eicar() + "\r\n\r\n" + paragraphs(random, Language::english, 300);
    return {text_entity("text/plain", text, Encoding::seven_bit), "eicar", "", "text-body"};
}

Planted in_zip(Random&) {
    return attached("zip", {"documents.zip", "application/zip", zip_of("test.txt", eicar())});
}

Planted in_nested_zip(Random& random) {
    ZipWriter zip;
    zip.add("readme.txt", paragraphs(random, Language::english, 200));
    zip.add("inner.zip", zip_of("deep/test.txt", eicar()), Method::stored);
    return attached("nested-zip", {"archive.zip", "application/zip", zip.finish()});
}

Planted in_tarball(Random& random) {
    TarWriter tar;
    tar.add("project/readme.txt", paragraphs(random, Language::english, 500));
    tar.add("project/test.txt", eicar());
    return attached("tar.gz",
                    {"project.tar.gz", "application/gzip", gzip_compressed(tar.finish())});
}

Planted in_forward(Random& random) {
    Planted inner = as_attachment(random);
    const Entity parts = multipart(random, "mixed", {letter(random, 600), inner.entity});
    return {forward_entity(message_of(random, 0, parts)), "eicar", inner.name, "forwarded-message"};
}

Planted in_uuencode(Random& random) {
    const std::string text =
        paragraphs(random, Language::english, 200) + uuencode(eicar(), "test.txt");
    return {text_entity("text/plain", text, Encoding::seven_bit), "eicar", "test.txt", "uuencode"};
}

Planted in_quoted_printable(Random&) {
    return attached("quoted-printable", {"test.txt", "text/plain", eicar()},
                    Encoding::quoted_printable);
}

Planted disguised(Random&) {
    return attached("declared-image", {"photo.png", "image/png", eicar()});
}

constexpr std::array places = {as_attachment, as_text,    in_zip,      in_nested_zip,
                               in_tarball,    in_forward, in_uuencode, in_quoted_printable,
                               disguised};

Planted executable(Random& random, const LookAlike& kind) {
    const Attachment file{std::string(kind.name), std::string(kind.media_type), kind.make(random)};
    return {attachment_entity(file, Encoding::base64, kind.trap), std::string(kind.kind), file.name,
            "base64-attachment"};
}

Planted zipped_executable(Random& random, const LookAlike& kind) {
    std::string zip = zip_of(kind.name, kind.make(random));
    const bool nested = random.chance(0.2);
    if (nested) zip = zip_of("files.zip", zip);
    return {attachment_entity({"files.zip", "application/zip", std::move(zip)}, Encoding::base64),
            std::string(kind.kind), std::string(kind.name), nested ? "nested-zip" : "zip"};
}

}  // namespace

std::size_t kinds_of(Plant::Sort sort) {
    if (sort == Plant::Sort::nothing) return 0;
    return sort == Plant::Sort::eicar ? places.size() : look_alikes().size();
}

Planted planted_entity(Random& random, const Plant& plant) {
    const std::size_t n = plant.n % kinds_of(plant.sort);
    if (plant.sort == Plant::Sort::eicar) return places[n](random);
    const LookAlike& kind = look_alikes()[n];
    return plant.sort == Plant::Sort::executable ? executable(random, kind)
                                                 : zipped_executable(random, kind);
}

}  // namespace postern::corpora
