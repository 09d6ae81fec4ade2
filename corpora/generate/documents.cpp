// SPDX-License-Identifier: Apache-2.0
// A document is a little text, compressed five to ten times as office XML is, and a picture that
// takes the rest of the size. Text by the megabyte would cost more time to compress than all else
// together.
#include "corpora/generate/documents.h"

#include "corpora/generate/archives.h"

#include <algorithm>
#include <array>
#include <vector>

namespace postern::corpora {
namespace {

using std::string_literals::operator""s;

constexpr std::size_t most_text = 120'000;
constexpr std::string_view xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

std::size_t text_for(std::size_t size) {
    return std::clamp<std::size_t>(size, 400, most_text);
}

std::string number(std::uint64_t n) {
    return std::to_string(n);
}

// Fills up to `size` with a picture and closes the zip.
std::string fill_and_finish(Random& random, ZipWriter& zip, std::size_t size,
                            const std::string& picture) {
    const std::size_t around = zip.size() + 2 * picture.size() + 80;
    if (size > around + 1000) zip.add(picture, jpeg_picture(random, size - around), Method::stored);
    return zip.finish();
}

std::string word_xml(Random& random, std::size_t size) {
    std::string out(xml);
    out +=
        "<w:document "
        "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>";
    const Language language = pick_language(random);
    while (out.size() < size) {
        out +=
            "<w:p w:rsidR=\"00A77427\" w:rsidRDefault=\"00A77427\"><w:pPr><w:pStyle "
            "w:val=\"BodyText\"/></w:pPr>"
            "<w:r><w:rPr><w:lang w:val=\"en-GB\"/></w:rPr><w:t xml:space=\"preserve\">";
        out += sentences(random, language, random.between(60, 300));
        out += "</w:t></w:r></w:p>";
    }
    return out +=
           "<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/></w:sectPr></w:body></w:document>";
}

std::string content_types(std::string_view part, std::string_view kind) {
    return std::string(xml) +
           "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default "
           "Extension=\"rels\" "
           "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default "
           "Extension=\"jpeg\" "
           "ContentType=\"image/jpeg\"/><Override PartName=\"/" +
           std::string(part) + "\" ContentType=\"application/vnd.openxmlformats-officedocument." +
           std::string(kind) + ".main+xml\"/></Types>";
}

std::string relationships(std::string_view part) {
    return std::string(xml) +
           "<Relationships "
           "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
           "Id=\"rId1\" "
           "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
           "officeDocument\" Target=\"" +
           std::string(part) + "\"/></Relationships>";
}

std::string docx(Random& random, std::size_t size) {
    ZipWriter zip;
    zip.add("[Content_Types].xml", content_types("word/document.xml", "wordprocessingml.document"));
    zip.add("_rels/.rels", relationships("word/document.xml"));
    zip.add("word/document.xml", word_xml(random, text_for(3 * size)));
    return fill_and_finish(random, zip, size, "word/media/image1.jpeg");
}

std::string sheet_xml(Random& random, std::size_t size) {
    std::string out(xml);
    out +=
        "<worksheet "
        "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";
    for (std::uint64_t row = 1; out.size() < size; ++row) {
        out += "<row r=\"" + number(row) + "\" spans=\"1:6\">";
        for (const char column : {'A', 'B', 'C', 'D', 'E', 'F'}) {
            out += "<c r=\""s + column + number(row) + "\"><v>" + number(random.below(100'000)) +
                   "</v></c>";
        }
        out += "</row>";
    }
    return out += "</sheetData></worksheet>";
}

std::string xlsx(Random& random, std::size_t size) {
    ZipWriter zip;
    zip.add("[Content_Types].xml", content_types("xl/workbook.xml", "spreadsheetml.sheet"));
    zip.add("_rels/.rels", relationships("xl/workbook.xml"));
    zip.add("xl/workbook.xml",
            std::string(xml) +
                "<workbook><sheets><sheet name=\"Sheet1\" sheetId=\"1\"/></sheets></workbook>");
    zip.add("xl/worksheets/sheet1.xml", sheet_xml(random, text_for(2 * size)));
    return fill_and_finish(random, zip, size, "xl/media/image1.jpeg");
}

std::string odt(Random& random, std::size_t size) {
    ZipWriter zip;
    zip.add("mimetype", "application/vnd.oasis.opendocument.text", Method::stored);
    std::string content = std::string(xml) + "<office:document-content><office:body><office:text>";
    const Language language = pick_language(random);
    while (content.size() < text_for(3 * size)) {
        content += "<text:p text:style-name=\"Text_20_body\">" + sentences(random, language, 200) +
                   "</text:p>";
    }
    zip.add("content.xml", content + "</office:text></office:body></office:document-content>");
    zip.add("META-INF/manifest.xml", std::string(xml) + "<manifest:manifest/>");
    return fill_and_finish(random, zip, size, "Pictures/100000000000.jpeg");
}

// Objects in order, and the table of where they are, as readers want it (ISO 32000 section 7.5).
class PdfWriter {
public:
    void object(const std::string& dictionary, std::string_view stream = {}) {
        offsets_.push_back(out_.size());
        out_ += number(offsets_.size()) + " 0 obj\n" + dictionary;
        if (!stream.empty()) {
            out_.reserve(out_.size() + stream.size() + 4096);
            out_ += "\nstream\n";
            out_ += stream;
            out_ += "\nendstream";
        }
        out_ += "\nendobj\n";
    }
    std::size_t size() const { return out_.size() + 20 * offsets_.size() + 120; }
    std::string finish() {
        const std::size_t table = out_.size();
        const std::string count = number(offsets_.size() + 1);
        out_ += "xref\n0 " + count + "\n0000000000 65535 f \n";
        for (const std::size_t offset : offsets_) {
            const std::string digits = number(offset);
            out_ += std::string(10 - digits.size(), '0') + digits + " 00000 n \n";
        }
        out_ += "trailer\n<</Size " + count + "/Root 1 0 R>>\nstartxref\n" + number(table) +
                "\n%%EOF\n";
        return std::move(out_);
    }

private:
    std::string out_ = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";
    std::vector<std::size_t> offsets_;
};

std::string pdf_text(Random& random, std::size_t size) {
    std::string out = "BT\n/F1 11 Tf\n14 TL\n72 770 Td\n";
    while (out.size() < size) {
        out += '(';
        for (const char c : sentences(random, Language::english, 60)) {
            if (c != '(' && c != ')') out += c;
        }
        out += ") Tj T*\n";
    }
    return out += "ET\n";
}

std::string pdf(Random& random, std::size_t size) {
    PdfWriter pdf;
    pdf.object("<</Type/Catalog/Pages 2 0 R>>");
    pdf.object("<</Type/Pages/Kids[3 0 R]/Count 1>>");
    pdf.object(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 4 0 "
        "R>>/XObject<</I1 6 0 R>>>>>>");
    pdf.object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
    const std::string text = zlib_compressed(pdf_text(random, text_for(2 * size) / 4));
    pdf.object("<</Filter/FlateDecode/Length " + number(text.size()) + ">>", text);
    const std::size_t used = pdf.size() + 160;
    const std::string picture = jpeg_picture(random, size > used + 400 ? size - used : 400);
    pdf.object(
        "<</Type/XObject/Subtype/Image/Width 800/Height 600/BitsPerComponent "
        "8/ColorSpace/DeviceRGB/Filter/DCTDecode/Length " +
            number(picture.size()) + ">>",
        picture);
    return pdf.finish();
}

std::string rtf(Random& random, std::size_t size) {
    std::string out = "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Times New Roman;}}\r\n";
    while (out.size() + 2 < size) {
        out += "\\pard\\sa200\\f0\\fs22 " +
               sentences(random, Language::english, random.between(100, 400)) + "\\par\r\n";
    }
    return out += "}\r\n";
}

std::string csv(Random& random, std::size_t size) {
    std::string out = "date;account;item;quantity;price\r\n";
    while (out.size() < size) {
        // A draw a statement: the order within one would be the compiler's choice.
        out += "2026-0" + number(random.between(1, 9));
        out += "-1" + number(random.below(10));
        out += ';' + number(random.between(1000, 9999)) + ';';
        out += pick_title(random, Language::english);
        out += ';' + number(random.below(90));
        out += ';' + number(random.below(90'000)) + ".50\r\n";
    }
    return out;
}

std::string ics(Random& random) {
    std::string out =
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Calendar 3//EN\r\nMETHOD:REQUEST\r\n";
    out += "BEGIN:VEVENT\r\nUID:" + number(random.next()) +
           "@example.org\r\nDTSTAMP:20260105T090000Z\r\n";
    out += "DTSTART:20260112T100000Z\r\nDTEND:20260112T110000Z\r\nSUMMARY:";
    out += pick_title(random, Language::english);
    return out += "\r\nORGANIZER:mailto:finance@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
}

std::string zip_of_documents(Random& random, std::size_t size) {
    ZipWriter zip;
    zip.add("notes/readme.txt", paragraphs(random, Language::english, text_for(size) / 8));
    zip.add("tables/figures.csv", csv(random, text_for(size) / 8));
    zip.add("report.pdf", pdf(random, size / 3));
    return fill_and_finish(random, zip, size, "photos/IMG_0412.jpg");
}

std::string source_code(Random& random, std::size_t size) {
    std::string out = "/* " + sentences(random, Language::english, 60) + "*/\n#include <stdio.h>\n";
    while (out.size() < size) {
        const std::string name = number(random.below(100'000));
        const std::string value = number(random.below(500));
        out += "\n/* " + sentences(random, Language::english, 50) + "*/\nstatic int step_" + name +
               "(int value)\n{\n    if (value > " + name + ")\n        return value - " + value +
               ";\n    printf(\"%d\\n\", value);\n    return value * 2;\n}\n";
    }
    return out;
}

std::string zip_of_sources(Random& random, std::size_t size) {
    ZipWriter zip;
    for (const char* name : {"src/main.c", "src/parse.c", "src/parse.h"})
        zip.add(name, source_code(random, text_for(size) / 2));
    return fill_and_finish(random, zip, size, "doc/picture.jpg");
}

std::string tarball(Random& random, std::size_t size) {
    TarWriter tar;
    for (const char* name : {"project/src/main.c", "project/src/list.c"})
        tar.add(name, source_code(random, text_for(size) / 2));
    // Compressed, the text above becomes about a tenth; the picture stays as it is.
    const std::size_t used = text_for(size) / 8 + 300;
    if (size > used + 2000) tar.add("project/doc/picture.jpg", jpeg_picture(random, size - used));
    return gzip_compressed(tar.finish());
}

struct Maker {
    std::string_view extension;
    std::string_view media_type;
    std::string (*make)(Random&, std::size_t);
    unsigned weight;   // how often, of all
    std::size_t most;  // larger ones of this kind are rare enough to be left out
};

constexpr std::size_t any_size = ~std::size_t{0};
constexpr std::array<Maker, 14> makers = {{
    {".pdf", "application/pdf", pdf, 28, any_size},
    {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx, 14,
     any_size},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx, 8,
     any_size},
    {".odt", "application/vnd.oasis.opendocument.text", odt, 3, any_size},
    {".jpg", "image/jpeg", jpeg_picture, 18, any_size},
    {".png", "image/png", png_picture, 8, any_size},
    {".gif", "image/gif", gif_picture, 3, 2'000'000},
    {".rtf", "application/rtf", rtf, 2, 500'000},
    {".csv", "text/csv", csv, 3, 500'000},
    {".txt", "text/plain",
     [](Random& r, std::size_t n) { return paragraphs(r, Language::english, n); }, 2, 300'000},
    {".ics", "text/calendar", [](Random& r, std::size_t) { return ics(r); }, 1, 8'000},
    {".zip", "application/zip", zip_of_documents, 6, any_size},
    {".zip", "application/x-zip-compressed", zip_of_sources, 3, any_size},
    {".tar.gz", "application/gzip", tarball, 4, 20'000'000},
}};

}  // namespace

DocumentKind pick_kind(Random& random, std::size_t size) {
    for (;;) {
        std::uint64_t at = random.below(103);
        std::size_t kind = 0;
        while (kind + 1 < makers.size() && at >= makers[kind].weight) at -= makers[kind++].weight;
        if (size <= makers[kind].most) return static_cast<DocumentKind>(kind);
    }
}

Attachment make_document(Random& random, DocumentKind kind, std::size_t size) {
    const Maker& maker = makers[static_cast<std::size_t>(kind)];
    std::string name(pick_title(random, pick_language(random)));
    if (random.chance(0.3)) name += ' ' + number(random.between(2019, 2026));
    return {name + std::string(maker.extension), std::string(maker.media_type),
            maker.make(random, size)};
}

}  // namespace postern::corpora
