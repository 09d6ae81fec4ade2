// SPDX-License-Identifier: Apache-2.0
// The structure that a finder found (structure.h) becomes Entities: a walk in document order with one
// cursor.
//
// What lies between the children of a multipart is either a delimiter line or goes to `uncovered`,
// so no octet is lost whatever a finder made of the message.
#include "mime/parser.h"

#include "mime/boundaries.h"
#include "mime/defect_codes.h"
#include "mime/entity_fields.h"
#include "mime/header_block.h"
#include "mime/structure.h"

#include <algorithm>

namespace postern::mime {

namespace {

using Kind = StructureNode::Kind;

class Walk {
public:
    Walk(std::string_view text, const ParseLimits& limits)
        : text_(text), limits_(limits), boundaries_(text) {}

    // Where an entity stands in the tree.
    struct Place {
        std::string section;
        unsigned depth = 0;
        std::string_view type_if_none = "text/plain";
    };

    // Fills `out` from the entity that begins at `begin`; returns where its body ends.
    std::size_t entity(const StructureNode& node, std::size_t begin, const Place& place,
                       Entity& out) {
        ++entities_;
        const std::size_t body = header(begin, place, out);
        const bool deeper = place.depth < limits_.depth;
        if (node.kind == Kind::leaf || !deeper) {
            if (node.kind != Kind::leaf) reach(DefectCode::depth_limit);
            return leaf(node, body, place, out);
        }
        out.body_range.begin = body;
        out.body_range.end =
            node.kind == Kind::multipart ? multipart(node, place, out) : message(node, place, out);
        return out.body_range.end;
    }

    // The same for a multipart of which only the body is there.
    void parts(const StructureNode& node, std::size_t begin, Entity& out) {
        ++entities_;
        out.media_type = "multipart/mixed";
        out.header_range = {begin, begin};
        out.body_range = {begin, begin};
        out.body_range.end = multipart(node, {}, out);
    }

    void finish(ParsedMessage& parsed) {
        for (const DefectCode code : reached_) parsed.root.defects.push_back({code, {}});
        parsed.complete = parsed.complete && reached_.empty();
        parsed.entities = entities_;
    }

private:
    std::size_t header(std::size_t begin, const Place& place, Entity& out) {
        HeaderBlock block = split_header(text_, begin, boundaries_, fields_left_);
        if (fields_left_ == 0) reach(DefectCode::header_limit);
        out.section = place.section;
        out.header = std::move(block.fields);
        out.defects = std::move(block.defects);
        out.header_range = {begin, block.body_begin};
        if (block.stray && !out.header.empty()) gap(out, *block.stray, block.body_begin);
        read_content_fields(out, place.type_if_none);
        return block.body_begin;
    }

    std::size_t leaf(const StructureNode& node, std::size_t body, const Place& place, Entity& out) {
        number(place, out);
        const bool placed = node.content && node.content->begin >= body;
        out.body_range = {body, placed ? node.content->end : end_of_part(body)};
        note_encoded(out);
        return out.body_range.end;
    }

    std::size_t message(const StructureNode& node, const Place& place, Entity& out) {
        number(place, out);
        const std::size_t body = out.body_range.begin;
        if (node.children.empty() || !room()) return end_of_part(body);
        const StructureNode& child = node.children.front();
        Entity& inner = out.children.emplace_back();
        Place below{out.section, place.depth + 1};
        // As IMAP numbers them: the parts of the inner message count below the outer part itself.
        if (child.kind != Kind::multipart) below.section += ".1";
        return entity(child, body, below, inner);
    }

    std::size_t multipart(const StructureNode& node, const Place& place, Entity& out) {
        const std::size_t body = out.body_range.begin;
        if (!out.is_multipart()) out.media_type = "multipart/mixed";
        if (node.children.empty() || !node.boundary) {
            note_encoded(out);
            const auto code =
                node.boundary ? DefectCode::boundary_never_found : DefectCode::boundary_missing;
            out.defects.push_back({code, out.header_range});
            number(place, out);
            return end_of_part(body);
        }
        if (!out.encodings.empty()) note_encoded(out);
        boundaries_.push(*node.boundary);
        const std::size_t after_children = children(node, place, out);
        const std::size_t after_delimiter = close(out, after_children);
        boundaries_.pop();
        const std::size_t end = end_of_part(after_delimiter);
        gap(out, after_delimiter, end);
        return end;
    }

    std::size_t children(const StructureNode& node, const Place& place, Entity& out) {
        std::size_t cursor = out.body_range.begin;
        Place below{{}, place.depth + 1};
        if (out.media_type == "multipart/digest") below.type_if_none = "message/rfc822";
        out.children.reserve(node.children.size());
        for (const StructureNode& child : node.children) {
            if (!room()) {
                // The rest is not taken apart, but it is all there to be swept.
                const std::size_t end = end_of_part_outside(cursor);
                gap(out, cursor, end);
                return end;
            }
            const ByteRange delimiter = delimiter_before(child, cursor);
            cursor = past_empty_parts(cursor, delimiter.begin);
            gap(out, cursor, before_line_end(text_, cursor, delimiter.begin));
            below.section = place.section;
            if (!below.section.empty()) below.section += '.';
            below.section += std::to_string(out.children.size() + 1);
            cursor = entity(child, delimiter.end, below, out.children.emplace_back());
        }
        return cursor;
    }

    // Behind delimiter lines that follow each other at once: there is no part between them.
    std::size_t past_empty_parts(std::size_t cursor, std::size_t limit) const {
        for (auto found = boundaries_.at(cursor); found && found->end <= limit;
             found = boundaries_.at(cursor)) {
            cursor = found->end;
        }
        return cursor;
    }

    // Passes what stands between the last child and the close delimiter, and that line itself.
    std::size_t close(Entity& out, std::size_t cursor) {
        const std::size_t own = boundaries_.size() - 1;
        for (auto found = boundaries_.find(cursor); found && found->level == own;
             found = boundaries_.find(cursor)) {
            gap(out, cursor, before_line_end(text_, cursor, found->begin));
            cursor = found->end;
            if (found->closes) return cursor;
        }
        out.defects.push_back({DefectCode::close_delimiter_missing, {cursor, cursor}});
        return cursor;
    }

    // The delimiter line that a child's header follows: looked for backwards from where GMime saw
    // the child, not further than the cursor. Usually it is the line before.
    ByteRange delimiter_before(const StructureNode& child, std::size_t cursor) {
        const std::size_t own = boundaries_.size() - 1;
        std::size_t begin = std::clamp(child.first, cursor, text_.size());
        std::size_t line = begin;
        while (line > cursor) {
            const std::size_t previous =
                line >= 2 ? text_.rfind('\n', line - 2) : std::string_view::npos;
            const std::size_t start =
                std::max(cursor, previous == std::string_view::npos ? 0 : previous + 1);
            const auto found = boundaries_.at(start);
            if (found && found->level == own && found->end <= begin) return {start, found->end};
            line = start;
        }
        return {begin, begin};
    }

    // Where a part whose content begins at `at` ends: before the next delimiter, or with the text.
    std::size_t end_of_part(std::size_t at) {
        const auto found = boundaries_.find(at);
        return found ? before_line_end(text_, at, found->begin) : text_.size();
    }

    // The same, as seen from outside the innermost multipart.
    std::size_t end_of_part_outside(std::size_t at) {
        auto found = boundaries_.find(at);
        while (found && found->level == boundaries_.size() - 1 && !found->closes) {
            found = boundaries_.find(found->end);
        }
        return found ? before_line_end(text_, at, found->begin) : text_.size();
    }

    // Notes octets of the body that are in no child, unless they are blank.
    void gap(Entity& out, std::size_t begin, std::size_t end) {
        if (begin >= end) return;
        const std::string_view octets = text_.substr(begin, end - begin);
        if (octets.find_first_not_of(" \t\r\n") != std::string_view::npos)
            out.uncovered.push_back({begin, end});
    }

    static void number(const Place& place, Entity& out) {
        if (place.section.empty()) out.section.push_back('1');
    }

    static void note_encoded(Entity& out) {
        const bool message = out.media_type.starts_with("message/");
        if (!message && !out.is_multipart()) return;
        for (const TransferEncoding encoding : out.encodings) {
            if (encoding == TransferEncoding::identity || encoding == TransferEncoding::unknown)
                continue;
            const auto code = message ? DefectCode::encoded_message : DefectCode::encoded_multipart;
            out.defects.push_back({code, out.header_range});
            return;
        }
    }

    bool room() {
        if (entities_ < limits_.entities) return true;
        reach(DefectCode::entity_limit);
        return false;
    }

    void reach(DefectCode code) {
        if (std::ranges::find(reached_, code) == reached_.end()) reached_.push_back(code);
    }

    std::string_view text_;
    const ParseLimits& limits_;
    Boundaries boundaries_;
    unsigned entities_ = 0;
    std::size_t fields_left_ = most_header_fields;
    std::vector<DefectCode> reached_;
};

// Octets without a header: one body of text.
Entity headerless(std::string_view text) {
    Entity root;
    root.section.push_back('1');
    root.media_type = "text/plain";
    root.body_range = {0, text.size()};
    if (!text.empty()) root.defects.push_back({DefectCode::header_missing, {0, 0}});
    return root;
}

ParsedMessage walked(std::string_view text, std::size_t begin, const StructureNode& structure,
              const ParseLimits& limits) {
    ParsedMessage result;
    Walk walk(text, limits);
    walk.entity(structure, begin, {}, result.root);
    result.root.header_range.begin = 0;  // what stands before the first field is nobody's body
    walk.finish(result);
    return result;
}

// A multipart in which no part was found.
bool has_unsplit_multipart(const Entity& entity) {
    if (entity.is_leaf()) return entity.is_multipart();
    return std::ranges::any_of(entity.children, has_unsplit_multipart);
}

// Mail whose lines end with CR alone, as some programs write and read it.
bool has_bare_cr_lines(std::string_view text) {
    return text.find('\n') == std::string_view::npos && text.find('\r') != std::string_view::npos;
}

ParsedMessage parse_lines(std::string_view text, const ParseLimits& limits) {
    const std::size_t begin = skip_prelude(text, 0);
    // One entity more than allowed, so that the walk sees that there is more.
    const auto structure =
        find_structure_by_lines(text, begin, {limits.depth, limits.entities + 1});
    if (!structure) return {headerless(text), 1, true};
    ParsedMessage result = walked(text, begin, *structure, limits);
    // GMime understands some fields that our finder gives up on: a second opinion, which must be better.
    if (has_unsplit_multipart(result.root) && is_light_for_gmime(text)) {
        if (const auto second = find_structure_by_gmime(text, begin, limits)) {
            ParsedMessage other = walked(text, begin, *second, limits);
            if (other.entities > result.entities) result = std::move(other);
        }
    }
    return result;
}

}  // namespace

ParsedMessage parse(std::span<const std::byte> bytes, const ParseLimits& limits) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!has_bare_cr_lines(text)) return parse_lines(text, limits);
    // An octet for an octet, so that every range holds for the message itself.
    std::string with_lf(text);
    std::ranges::replace(with_lf, '\r', '\n');
    return parse_lines(with_lf, limits);
}

ParsedMessage parse_parts(std::span<const std::byte> bytes, const Reading& parts,
                          const ParseLimits& limits) {
    const std::size_t end = std::min(parts.range.end, bytes.size());
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), end);
    const std::size_t begin = std::min(parts.range.begin, end);
    const StructureNode structure = find_parts_by_lines(
        text, begin, parts.boundary, {limits.depth, limits.entities + 1});
    ParsedMessage result;
    Walk walk(text, limits);
    walk.parts(structure, begin, result.root);
    walk.finish(result);
    return result;
}

}  // namespace postern::mime
