// SPDX-License-Identifier: Apache-2.0
#include "mime/entity_fields.h"

#include "mime/defect_codes.h"
#include "mime/header.h"
#include "mime/header_block.h"

#include <algorithm>

namespace postern::mime {

namespace {

constexpr std::size_t most_names = 64;
constexpr std::size_t longest_boundary = 70;
// No reader makes sense of more; a hostile header costs no more than this.
constexpr std::size_t longest_value = 256 * 1024;
constexpr unsigned most_fields = 100;  // of one name

void note(Entity& entity, DefectCode code, ByteRange where) {
    const bool known = std::ranges::any_of(entity.defects, [&](const Defect& d) { return d.code == code; });
    if (!known) entity.defects.push_back({code, where});
}

NameSource source_of(ParameterValue::Kind kind, bool disposition) {
    switch (kind) {
        case ParameterValue::Kind::extended:
            return disposition ? NameSource::disposition_extended : NameSource::type_extended;
        case ParameterValue::Kind::encoded_word: return NameSource::encoded_word;
        case ParameterValue::Kind::raw: return NameSource::raw;
        case ParameterValue::Kind::plain: break;
    }
    return disposition ? NameSource::disposition : NameSource::type;
}

std::string_view shortened(std::string_view value) { return value.substr(0, longest_value); }

// The fields of one header that are about its content, and what was gathered from them so far.
class Reader {
public:
    explicit Reader(Entity& entity) : entity_(entity) {}

    void read(std::string_view type_if_none) {
        for (const HeaderField& field : entity_.header) {
            if (!same_name(std::string_view(field.name).substr(0, 8), "content-")) continue;
            const std::string_view rest = std::string_view(field.name).substr(8);
            if (same_name(rest, "type")) type(field);
            if (same_name(rest, "disposition")) disposition(field);
            if (same_name(rest, "transfer-encoding")) transfer_encoding(field);
        }
        if (entity_.media_type.empty()) entity_.media_type = type_if_none;
        settle_names();
        settle_encodings();
    }

private:
    void type(const HeaderField& field) {
        const StructuredValue value = parse_structured(shortened(field.value));
        if (types_ == most_fields) return;
        if (types_++ > 0) note(entity_, DefectCode::duplicate_content_type, field.range);
        const std::string media_type = media_type_of(value.token);
        if (media_type.empty()) note(entity_, DefectCode::content_type_broken, field.range);
        if (entity_.media_type.empty()) entity_.media_type = media_type;
        if (media_type.starts_with("multipart/")) {
            for (const ParameterValue& boundary : values_of(value, "boundary").values) {
                if (boundary.value.size() <= longest_boundary) continue;
                note(entity_, DefectCode::boundary_too_long, field.range);
            }
        }
        names(value, "name", field.range);
    }

    void disposition(const HeaderField& field) {
        if (dispositions_ == most_fields) return;
        if (dispositions_++ > 0) note(entity_, DefectCode::duplicate_content_disposition, field.range);
        names(parse_structured(shortened(field.value)), "filename", field.range);
    }

    void names(const StructuredValue& value, std::string_view parameter, ByteRange where) {
        if (value.broken) note(entity_, DefectCode::parameter_broken, where);
        const bool disposition = parameter == "filename";
        const ParameterValues found = values_of(value, parameter);
        if (found.pieces_missing) note(entity_, DefectCode::parameter_pieces_missing, where);
        if (found.encoded_words) note(entity_, DefectCode::encoded_word_in_parameter, where);
        if (found.several) note(entity_, DefectCode::parameter_duplicate, where);
        for (const ParameterValue& name : found.values) {
            (disposition ? from_disposition_ : from_type_)
                .push_back({name.value, source_of(name.kind, disposition)});
        }
        // Some senders write Content-Type's parameter into Content-Disposition and the other way round.
        for (const ParameterValue& name : values_of(value, disposition ? "name" : "filename").values) {
            misplaced_.push_back({name.value, source_of(name.kind, disposition)});
        }
    }

    void transfer_encoding(const HeaderField& field) {
        if (encodings_ == most_fields) return;
        if (encodings_++ > 0) note(entity_, DefectCode::duplicate_transfer_encoding, field.range);
        for (const std::string& token : encoding_tokens(shortened(field.value))) {
            const TransferEncoding encoding = encoding_named(token);
            if (encoding == TransferEncoding::unknown) {
                note(entity_, DefectCode::unknown_transfer_encoding, field.range);
            }
            if (std::ranges::find(entity_.encodings, encoding) == entity_.encodings.end()) {
                entity_.encodings.push_back(encoding);
            }
        }
    }

    void settle_names() {
        // Disposition is what most clients show; the raw forms are what the fewest do.
        std::vector<Filename> all = std::move(from_disposition_);
        for (auto* more : {&from_type_, &misplaced_}) {
            all.insert(all.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
        }
        const auto literal = [](const Filename& name) { return name.source == NameSource::raw; };
        std::stable_partition(all.begin(), all.end(), [&](const Filename& name) { return !literal(name); });
        bool conflict = false;
        for (Filename& name : all) {
            if (name.name.empty() || entity_.filenames.size() == most_names) continue;
            const auto same = [&](const Filename& known) { return known.name == name.name; };
            if (std::ranges::any_of(entity_.filenames, same)) continue;
            conflict = conflict || (!entity_.filenames.empty() && !literal(name));
            entity_.filenames.push_back(std::move(name));
        }
        if (conflict) note(entity_, DefectCode::conflicting_filenames, {});
    }

    void settle_encodings() {
        if (entity_.encodings.size() > 1) note(entity_, DefectCode::conflicting_transfer_encodings, {});
    }

    Entity& entity_;
    unsigned types_ = 0;
    unsigned dispositions_ = 0;
    unsigned encodings_ = 0;
    std::vector<Filename> from_disposition_;
    std::vector<Filename> from_type_;
    std::vector<Filename> misplaced_;
};

}  // namespace

void read_content_fields(Entity& entity, std::string_view type_if_none) {
    Reader(entity).read(type_if_none);
}

}  // namespace postern::mime
