// SPDX-License-Identifier: Apache-2.0
// GMime's tree, translated. GMime lives here and nowhere else.
#include "mime/structure.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <memory>
#include <mutex>

namespace postern::mime {

namespace {

struct Unref {
    void operator()(gpointer object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

void initialise_once() {
    static std::once_flag flag;
    std::call_once(flag, [] { g_mime_init(); });
}

std::size_t offset(gint64 value) {
    return value < 0 ? SIZE_MAX : static_cast<std::size_t>(value);
}

std::size_t first_field(GMimeObject* object) {
    GMimeHeaderList* list = g_mime_object_get_header_list(object);
    if (g_mime_header_list_get_count(list) == 0) return SIZE_MAX;
    return offset(g_mime_header_get_offset(g_mime_header_list_get_header_at(list, 0)));
}

// GMime's tree to ours, with `shift` added to its offsets.
class Translator {
public:
    Translator(std::size_t shift, unsigned depth) : shift_(shift), depth_(depth) {}

    StructureNode translate(GMimeObject* object, unsigned depth) const {
        StructureNode node;
        node.first = first_field(object);
        if (GMIME_IS_MULTIPART(object)) {
            multipart(GMIME_MULTIPART(object), node, depth);
        } else if (GMIME_IS_MESSAGE_PART(object)) {
            message(GMIME_MESSAGE_PART(object), node, depth);
        } else if (GMIME_IS_PART(object)) {
            leaf(GMIME_PART(object), node);
        }
        if (node.first != SIZE_MAX) node.first += shift_;
        return node;
    }

private:
    void leaf(GMimePart* part, StructureNode& node) const {
        GMimeDataWrapper* content = g_mime_part_get_content(part);
        if (content == nullptr) return;
        GMimeStream* stream = g_mime_data_wrapper_get_stream(content);
        const std::size_t begin = offset(stream->bound_start);
        node.content =
            ByteRange{begin + shift_, std::max(begin, offset(stream->bound_end)) + shift_};
        node.first = std::min(node.first, begin);
    }

    void multipart(GMimeMultipart* multipart, StructureNode& node, unsigned depth) const {
        node.kind = StructureNode::Kind::multipart;
        const char* boundary =
            g_mime_object_get_content_type_parameter(GMIME_OBJECT(multipart), "boundary");
        if (boundary != nullptr) node.boundary = boundary;
        if (depth >= depth_) return;
        const int count = g_mime_multipart_get_count(multipart);
        node.children.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            node.children.push_back(translate(g_mime_multipart_get_part(multipart, i), depth + 1));
        }
    }

    void message(GMimeMessagePart* part, StructureNode& node, unsigned depth) const {
        node.kind = StructureNode::Kind::message;
        GMimeMessage* message = g_mime_message_part_get_message(part);
        if (message == nullptr) return;
        node.first = std::min(node.first, first_field(GMIME_OBJECT(message)));
        GMimeObject* body = g_mime_message_get_mime_part(message);
        if (body == nullptr) return;
        node.first = std::min(node.first, first_field(body));
        if (depth < depth_) node.children.push_back(translate(body, depth + 1));
    }

    std::size_t shift_;
    unsigned depth_;
};

}  // namespace

std::optional<StructureNode> find_structure_by_gmime(std::string_view text, std::size_t begin,
                                                     const ParseLimits& limits) {
    initialise_once();
    // GMime only reads from the array; the cast drops a const that its interface does not know.
    GByteArray array{};
    array.data = reinterpret_cast<guint8*>(const_cast<char*>(text.data() + begin));
    array.len = static_cast<guint>(text.size() - begin);
    const Owned<GMimeStream> stream(g_mime_stream_mem_new());
    g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream.get()), &array);
    const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    g_mime_parser_set_persist_stream(parser.get(), TRUE);
    const Owned<GMimeObject> root(g_mime_parser_construct_part(parser.get(), nullptr));
    if (!root) return std::nullopt;
    return Translator(begin, limits.depth).translate(root.get(), 0);
}

}  // namespace postern::mime
