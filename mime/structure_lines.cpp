// SPDX-License-Identifier: Apache-2.0
// The plain finder: one walk over the lines, which reads headers and looks for delimiters, and
// stops at the limits. An outer boundary ends inner parts; a multipart among several Content-Type fields
// is the one that counts.
#include "mime/boundaries.h"
#include "mime/header.h"
#include "mime/header_block.h"
#include "mime/structure.h"
#include "mime/transfer_encoding.h"

#include <array>

namespace postern::mime {

namespace {

using Kind = StructureNode::Kind;

constexpr std::array message_types{"message/rfc822", "message/rfc2822", "message/global",
                                   "message/news"};

const HeaderField* first_field(const HeaderBlock& block, std::string_view name) {
    for (const HeaderField& field : block.fields) {
        if (same_name(field.name, name)) return &field;
    }
    return nullptr;
}

bool is_encoded(const HeaderBlock& block) {
    const HeaderField* field = first_field(block, "content-transfer-encoding");
    if (field == nullptr) return false;
    const TransferEncoding encoding = encoding_named(field->value);
    return encoding == TransferEncoding::base64 || encoding == TransferEncoding::quoted_printable ||
           encoding == TransferEncoding::uuencode;
}

struct ContentType {
    std::string type;  // empty when absent or broken
    std::optional<std::string> boundary;
};

ContentType read_type(std::string_view text) {
    const StructuredValue value = parse_structured(text);
    ContentType read{media_type_of(value.token), {}};
    const ParameterValues boundaries = values_of(value, "boundary");
    if (!boundaries.values.empty()) read.boundary = boundaries.values.front().value;
    if (read.type.empty() && read.boundary) read.type = "multipart/mixed";
    return read;
}

// The first Content-Type, or the first that is a multipart: some reader opens it, so it must be opened here.
ContentType type_of(const HeaderBlock& block) {
    ContentType first;
    bool found = false;
    for (const HeaderField& field : block.fields) {
        if (!same_name(field.name, "content-type")) continue;
        ContentType read = read_type(field.value);
        if (read.type.starts_with("multipart/")) return read;
        if (!found) first = std::move(read);
        found = true;
    }
    return first;
}

class LineFinder {
public:
    LineFinder(std::string_view text, const ParseLimits& limits)
        : text_(text), limits_(limits), boundaries_(text) {}

    // Fills the node of the part that begins at `begin`; returns where it ends.
    std::size_t part(std::size_t begin, unsigned depth, std::string_view type_if_none,
                     StructureNode& node) {
        ++entities_;
        const HeaderBlock block = split_header(text_, begin, boundaries_, fields_left_);
        const std::size_t body = block.body_begin;
        node.first = begin;
        auto [type, boundary] = type_of(block);
        if (type.empty()) type = type_if_none;
        const bool is_message = std::ranges::find(message_types, type) != message_types.end();
        if (type.starts_with("multipart/")) {
            node.kind = Kind::multipart;
            node.boundary = std::move(boundary);
            if (node.boundary && depth < limits_.depth) return multipart(body, depth, type, node);
        } else if (is_message && !is_encoded(block)) {
            node.kind = Kind::message;
            if (body < text_.size() && !boundaries_.at(body) && depth < limits_.depth && room()) {
                return part(body, depth + 1, "text/plain", node.children.emplace_back());
            }
        }
        const std::size_t end = end_of_part(body);
        if (node.kind == Kind::leaf) node.content = ByteRange{body, end};
        return end;
    }

    // The same for a multipart of which only the body is there.
    void parts(std::size_t begin, StructureNode& node) {
        ++entities_;
        multipart(begin, 0, "multipart/mixed", node);
    }

private:
    std::size_t multipart(std::size_t body, unsigned depth, std::string_view type,
                          StructureNode& node) {
        boundaries_.push(*node.boundary);
        const std::size_t own = boundaries_.size() - 1;
        const std::string_view type_if_none =
            type == "multipart/digest" ? "message/rfc822" : "text/plain";
        std::size_t cursor = body;
        auto found = boundaries_.find(cursor);
        while (found && found->level == own) {
            cursor = found->end;
            if (found->closes || !room()) break;
            if (cursor < text_.size() && !boundaries_.at(cursor)) {
                cursor = part(cursor, depth + 1, type_if_none, node.children.emplace_back());
                cursor = past_line_end(cursor);
            }
            found = boundaries_.find(cursor);
        }
        boundaries_.pop();
        return end_of_part(cursor);
    }

    // A part ends before the line end that belongs to the delimiter behind it.
    std::size_t past_line_end(std::size_t at) const {
        return at == 0 || text_[at - 1] != '\n' || !boundaries_.at(at) ? next_line(text_, at) : at;
    }

    std::size_t end_of_part(std::size_t at) {
        const auto found = boundaries_.find(at);
        return found ? before_line_end(text_, at, found->begin) : text_.size();
    }

    bool room() const { return entities_ < limits_.entities; }

    std::string_view text_;
    const ParseLimits& limits_;
    Boundaries boundaries_;
    unsigned entities_ = 0;
    std::size_t fields_left_ = most_header_fields;
};

}  // namespace

std::optional<StructureNode> find_structure_by_lines(std::string_view text, std::size_t begin,
                                                     const ParseLimits& limits) {
    const std::size_t end = next_line(text, begin);
    const std::string_view line = text.substr(begin, before_line_end(text, begin, end) - begin);
    const bool begins = line.empty() || is_field_line(line);
    if (text.empty() || !begins) return std::nullopt;
    StructureNode root;
    LineFinder(text, limits).part(begin, 0, "text/plain", root);
    return root;
}

StructureNode find_parts_by_lines(std::string_view text, std::size_t begin, std::string boundary,
                                  const ParseLimits& limits) {
    StructureNode root;
    root.kind = Kind::multipart;
    root.first = begin;
    root.boundary = std::move(boundary);
    LineFinder(text, limits).parts(begin, root);
    return root;
}

}  // namespace postern::mime
