// SPDX-License-Identifier: Apache-2.0
// Every string is reserved before it grows: a large attachment is copied once a level and never
// moved.
#include "corpora/generate/compose.h"

#include "corpora/generate/encode.h"

#include <array>
#include <cstdio>

namespace postern::corpora {
namespace {

void append_encoded(std::string& out, std::string_view bytes, Encoding encoding) {
    switch (encoding) {
        case Encoding::base64:
            return append_base64(out, bytes);
        case Encoding::quoted_printable:
            out += quoted_printable(bytes);
            return;
        default:
            out += bytes;
    }
}

std::string_view name_of(Encoding encoding) {
    static constexpr std::array<std::string_view, 4> names = {"7bit", "8bit", "base64",
                                                              "quoted-printable"};
    return names[static_cast<std::size_t>(encoding)];
}

Entity leaf(const std::string& type_and_fields, std::string_view bytes, Encoding encoding) {
    Entity out;
    out.reserve(type_and_fields.size() + bytes.size() + bytes.size() / 2 + 64);
    out += "Content-Type: ";
    out += type_and_fields;
    out += "\r\n\r\n";
    append_encoded(out, bytes, encoding);
    return out;
}

std::string encoding_field(Encoding encoding) {
    return "\r\nContent-Transfer-Encoding: " + std::string(name_of(encoding));
}

std::string name_parameter(std::string_view parameter_name, std::string_view name, NameTrap trap) {
    return trap == NameTrap::split ? split_parameter(parameter_name, name)
                                   : parameter(parameter_name, name);
}

std::string address(const Person& person) {
    return header_text(person.name) + " <" + std::string(person.address) + '>';
}

// One message a minute from Monday, 5 January 2026, 09:00; the days of that month over again.
std::string date_of(std::size_t number) {
    static constexpr std::array<const char*, 7> days = {"Mon", "Tue", "Wed", "Thu",
                                                        "Fri", "Sat", "Sun"};
    const std::size_t minutes = 9 * 60 + number;
    const std::size_t day = minutes / 1440 % 21;
    std::array<char, 64> out{};
    std::snprintf(out.data(), out.size(), "%s, %zu Jan 2026 %02zu:%02zu:%02zu +0100", days[day % 7],
                  5 + day, minutes / 60 % 24, minutes % 60, number * 7 % 60);
    return out.data();
}

std::string quoted(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        out += "> ";
        out.append(text, at, end - at);
        at = end;
    }
    return out;
}

std::string as_html(const std::string& text) {
    std::string out =
        "<html><head><meta charset=\"utf-8\"></head>\r\n<body style=\"font-family: "
        "sans-serif\">\r\n<p>";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool paragraph = text.compare(i, 4, "\r\n\r\n") == 0;
        out += paragraph ? std::string("</p>\r\n<p>") : std::string(1, text[i]);
        if (paragraph) i += 3;
    }
    return out + "</p>\r\n</body></html>\r\n";
}

// How a language travels, and what a hundred octets of it become on the way, about.
struct TextEncoding {
    Encoding encoding;
    std::size_t cost;
};

TextEncoding encoding_for(Random& random, Language language) {
    static constexpr std::array<TextEncoding, 3> plain = {{{Encoding::seven_bit, 100},
                                                           {Encoding::seven_bit, 100},
                                                           {Encoding::quoted_printable, 103}}};
    static constexpr std::array<TextEncoding, 3> accented = {
        {{Encoding::eight_bit, 100}, {Encoding::quoted_printable, 109}, {Encoding::base64, 137}}};
    static constexpr std::array<TextEncoding, 2> ideographic = {
        {{Encoding::eight_bit, 100}, {Encoding::base64, 137}}};
    if (language == Language::english) return random.pick(plain);
    return language == Language::japanese ? random.pick(ideographic) : random.pick(accented);
}

// A name may bring letters into English text that seven bits cannot carry.
Encoding fitting(Encoding encoding, std::string_view text) {
    return encoding == Encoding::seven_bit && !is_ascii(text) ? Encoding::eight_bit : encoding;
}

Entity html_and_plain(Random& random, const std::string& text, Encoding encoding) {
    return multipart(random, "alternative",
                     {text_entity("text/plain", text, encoding),
                      text_entity("text/html", as_html(text), encoding)});
}

}  // namespace

Entity text_entity(std::string_view media_type, std::string_view text, Encoding encoding) {
    return leaf(std::string(media_type) + "; charset=utf-8" + encoding_field(encoding), text,
                encoding);
}

Entity attachment_entity(const Attachment& attachment, Encoding encoding, NameTrap trap) {
    return leaf(attachment.media_type + name_parameter("name", attachment.name, trap) +
                    encoding_field(encoding) + "\r\nContent-Disposition: attachment" +
                    name_parameter("filename", attachment.name, trap),
                attachment.bytes, encoding);
}

Entity inline_picture_entity(std::string_view content_id, std::string_view picture) {
    return leaf("image/png; name=\"logo.png\"" + encoding_field(Encoding::base64) +
                    "\r\nContent-ID: <" + std::string(content_id) +
                    ">\r\nContent-Disposition: inline; filename=\"logo.png\"",
                picture, Encoding::base64);
}

Entity forward_entity(std::string_view message) {
    return leaf("message/rfc822\r\nContent-Disposition: inline", message, Encoding::seven_bit);
}

Entity multipart(Random& random, std::string_view subtype, const std::vector<Entity>& parts) {
    std::array<char, 40> boundary{};
    std::snprintf(boundary.data(), boundary.size(), "=_%016llx_part",
                  static_cast<unsigned long long>(random.next()));
    const std::string delimiter = std::string("--") + boundary.data();
    std::size_t size = 200;
    for (const Entity& part : parts) size += part.size() + delimiter.size() + 4;
    Entity out;
    out.reserve(size);
    out += "Content-Type: multipart/" + std::string(subtype) + ";\r\n\tboundary=\"" +
           boundary.data() + "\"\r\n\r\n";
    for (const Entity& part : parts) {
        out += delimiter + "\r\n";
        out += part;
        out += "\r\n";
    }
    return out += delimiter + "--\r\n";
}

std::string message_of(Random& random, std::size_t number, const Entity& entity) {
    const Language language = pick_language(random);
    const Person& sender = pick_person(random);
    std::string out;
    out.reserve(entity.size() + 1024);
    out += "From: " + address(sender) + "\r\nTo: " + address(pick_person(random));
    for (std::uint64_t more = random.below(8); more > 5; --more)
        out += ",\r\n " + address(pick_person(random));
    out += "\r\nSubject: " + header_text(pick_title(random, language)) +
           "\r\nDate: " + date_of(number);
    out += "\r\nMessage-ID: <" + std::to_string(random.next()) + '.' + std::to_string(number) +
           "@example.org>";
    if (random.chance(0.5)) out += "\r\nX-Mailer: Example Mail 4.2";
    out += "\r\nMIME-Version: 1.0\r\n";
    return out += entity;
}

Entity letter(Random& random, std::size_t size) {
    const Language language = pick_language(random);
    const TextEncoding travel = encoding_for(random, language);
    const std::size_t octets = size * 100 / travel.cost;
    const std::size_t text_size =
        octets > 400 ? octets - 100 : 300;  // a sentence ends where it ends
    const std::uint64_t kind = random.below(10);
    if (kind < 3 && octets > 1500) {
        const std::string text = paragraphs(random, language, (text_size - 500) / 2);
        return html_and_plain(random, text, travel.encoding);
    }
    std::string text = paragraphs(random, language, kind < 7 ? text_size : text_size / 2);
    if (kind >= 7) {
        text += pick_person(random).name;
        text += " wrote:\r\n" + quoted(paragraphs(random, language, text_size / 2));
    }
    return text_entity("text/plain", text, fitting(travel.encoding, text));
}

}  // namespace postern::corpora
