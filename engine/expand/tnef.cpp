// SPDX-License-Identifier: Apache-2.0
// A TNEF file is a list of attributes, each a tag, a length, octets and a sum ([MS-OXTNEF]). Those of an
// attachment stand together behind its "rendering data"; its long name and embedded objects hide in a
// list of MAPI properties inside one of them.
#include "engine/expand/tnef.h"

#include "engine/utf8.h"

#include <optional>

namespace postern::engine::expand {
namespace {

// The low half is the attribute's number, the high half its type.
constexpr std::uint32_t attach_rendering = 0x00069002, attach_title = 0x00018010;
constexpr std::uint32_t attach_data = 0x0006800f, attach_properties = 0x00069005;
constexpr std::uint16_t long_name_id = 0x3707, object_id = 0x3701;
constexpr std::uint16_t type_string = 0x001e, type_unicode = 0x001f, type_binary = 0x0102, type_object = 0x000d;

struct Attachment {
    std::string title, long_name;
    Octets data, object;
};

// Strings are counted and end in NUL all the same.
std::string without_nul(std::string_view text) { return std::string(text.substr(0, text.find('\0'))); }

// Characters beyond 16 bits come out as their two halves: nothing of an extension is there.
std::string narrow(Octets utf16) {
    std::string text;
    for (std::size_t at = 0; at + 1 < utf16.size() && le16(utf16, at) != 0; at += 2)
        append_utf8(le16(utf16, at), text);
    return text;
}

std::size_t padded(std::uint64_t n) { return static_cast<std::size_t>((n + 3) & ~std::uint64_t{3}); }

// Walks a property list. Nothing is believed: a length beyond the end ends the walk.
class Properties {
public:
    Properties(Octets list, Attachment& attachment) : list_(list), attachment_(attachment) {}

    void read() {
        const std::uint32_t count = le32(list_, 0);
        at_ = 4;
        for (std::uint32_t i = 0; i < count && at_ < list_.size(); ++i)
            if (!property()) return;
    }

private:
    // Type, number, name if the number says so, then one or many values, each padded to four octets.
    bool property() {
        const std::uint16_t type = le16(list_, at_), id = le16(list_, at_ + 2);
        at_ += 4;
        if (id >= 0x8000) skip_name();
        const std::uint16_t base = type & 0x0fff;
        const bool variable = base == type_string || base == type_unicode || base == type_binary ||
                              base == type_object;
        const bool counted = variable || (type & 0x1000) != 0;
        const std::uint32_t values = counted ? le32(list_, at_) : 1;
        if (counted) at_ += 4;
        for (std::uint32_t i = 0; i < values && at_ < list_.size(); ++i) {
            if (!variable && fixed_size(base) == 0) return false;
            const std::uint64_t size = variable ? le32(list_, at_) : fixed_size(base);
            if (variable) at_ += 4;
            note(id, base, cut(list_, at_, size));
            at_ += padded(size);
        }
        return true;
    }

    // A named property has a class and a number or a string here; neither matters.
    void skip_name() {
        const bool by_string = le32(list_, at_ + 16) != 0;
        const std::uint32_t length = le32(list_, at_ + 20);
        at_ += by_string ? 24 + padded(length) : 24;
    }

    // Zero for types that are unknown: without a size the walk cannot go on.
    static std::uint64_t fixed_size(std::uint16_t type) {
        switch (type) {
            case 0x0002: case 0x0003: case 0x0004: case 0x000a: case 0x000b: return 4;
            case 0x0005: case 0x0006: case 0x0007: case 0x0014: case 0x0040: return 8;
            case 0x0048: return 16;
            default: return 0;
        }
    }

    void note(std::uint16_t id, std::uint16_t type, Octets value) {
        if (id == long_name_id)
            attachment_.long_name = type == type_unicode ? narrow(value) : without_nul(text_of(value));
        // An object begins with the class of its interface.
        if (id == object_id) attachment_.object = type == type_object ? cut(value, 16, value.size()) : value;
    }

    Octets list_;
    Attachment& attachment_;
    std::size_t at_ = 0;
};

void deliver(const Attachment& attachment, Octets data, Expansion& expansion) {
    const bool named_long = !attachment.long_name.empty();
    Member member;
    member.name = named_long ? attachment.long_name : attachment.title;
    if (named_long && !attachment.title.empty()) member.other_names.push_back(attachment.title);
    if (!expansion.another(member.name)) return;
    Production out(expansion.budget());
    out.append(data);
    expansion.deliver(std::move(member), out);
}

// The attachment collected so far is whole: the next one begins, or the file ends.
void flush(std::optional<Attachment>& attachment, Expansion& expansion) {
    if (!attachment) return;
    for (const Octets data : {attachment->data, attachment->object})
        if (!data.empty() && !expansion.stopped()) deliver(*attachment, data, expansion);
    attachment.reset();
}

void note(std::uint32_t tag, Octets value, Attachment& attachment) {
    if (tag == attach_title) attachment.title = without_nul(text_of(value));
    if (tag == attach_data) attachment.data = value;
    if (tag == attach_properties) Properties(value, attachment).read();
}

}  // namespace

void expand_tnef(Octets bytes, Expansion& expansion) {
    constexpr std::size_t signature_and_key = 6, attribute_head = 9, sum = 2;
    constexpr std::uint8_t of_attachment = 2;
    std::optional<Attachment> attachment;
    for (std::size_t at = signature_and_key; at < bytes.size() && !expansion.stopped();) {
        const std::uint8_t level = octet_at(bytes, at);
        const std::uint32_t tag = le32(bytes, at + 1);
        const std::uint64_t length = le32(bytes, at + 5);
        at += attribute_head;
        if (level == of_attachment) {
            if (tag == attach_rendering || !attachment) {
                flush(attachment, expansion);
                attachment.emplace();
            }
            note(tag, cut(bytes, at, length), *attachment);
        }
        if (at > bytes.size() || length > bytes.size() - at) {
            expansion.damaged({}, "the attributes are cut short");
            break;
        }
        at += static_cast<std::size_t>(length) + sum;
    }
    flush(attachment, expansion);
}

}  // namespace postern::engine::expand
