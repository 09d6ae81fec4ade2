// SPDX-License-Identifier: Apache-2.0
// Parameters put together from their pieces (RFC 2231), in every way that readers do it.
#include "mime/header.h"

#include "mime/charset.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace postern::mime {

namespace {

using Kind = ParameterValue::Kind;

// "filename*2*" is piece 2, extended; "filename*" is extended, without a number.
struct Piece {
    const Parameter* parameter;
    std::optional<unsigned> number;
    bool extended = false;
};

std::optional<Piece> piece_of(const Parameter& parameter, std::string_view name) {
    std::string_view written = parameter.name;
    if (!written.starts_with(name)) return std::nullopt;
    written.remove_prefix(name.size());
    Piece piece{&parameter, std::nullopt};
    if (written.empty()) return piece;
    if (written.front() != '*') return std::nullopt;
    written.remove_prefix(1);
    if (written.empty()) {
        piece.extended = true;
        return piece;
    }
    if (written.ends_with('*')) {
        piece.extended = true;
        written.remove_suffix(1);
    }
    unsigned number = 0;
    const auto [end, error] =
        std::from_chars(written.data(), written.data() + written.size(), number);
    if (error != std::errc{} || end != written.data() + written.size()) return std::nullopt;
    piece.number = number;
    return piece;
}

class Collector {
public:
    void plain(const Parameter& parameter) {
        variant(parameter.value);
        for (const std::string& other : parameter.alternatives) variant(other);
    }

    // The pieces joined as they stand in `pieces`. A charset in front of the first one speaks for
    // all.
    void joined(const std::vector<Piece>& pieces) {
        std::string charset;
        std::string octets;
        std::string literal;
        bool extended = false;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            std::string_view text = pieces[i].parameter->value;
            literal += text;
            if (pieces[i].extended && (i == 0 || charset.empty())) charset = take_charset(text);
            octets += pieces[i].extended ? decode_percent(text) : std::string(text);
            extended = extended || pieces[i].extended;
        }
        const auto converted = to_utf8(charset, octets);
        add(converted.value_or(octets), extended ? Kind::extended : Kind::plain);
        if (const auto words = decode_encoded_words(octets)) add(*words, Kind::encoded_word);
        add(literal, Kind::raw);
    }

    ParameterValues result;

private:
    // "utf-8'en'" in front of the text, taken off it.
    static std::string take_charset(std::string_view& text) {
        const std::size_t first = text.find('\'');
        if (first == std::string_view::npos) return {};
        const std::size_t second = text.find('\'', first + 1);
        if (second == std::string_view::npos) return {};
        std::string charset(text.substr(0, first));
        text.remove_prefix(second + 1);
        return charset;
    }

    void variant(std::string_view text) {
        if (const auto words = decode_encoded_words(text)) {
            result.encoded_words = true;
            add(*words, Kind::encoded_word);
            add(std::string(text), Kind::raw);
        } else {
            add(std::string(text), Kind::plain);
        }
    }

    void add(std::string value, Kind kind) {
        const bool known =
            std::ranges::any_of(result.values, [&](const auto& v) { return v.value == value; });
        if (!known && result.values.size() < 64) result.values.push_back({std::move(value), kind});
    }
};

bool in_sequence(const std::vector<Piece>& pieces) {
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (pieces[i].number != i) return false;
    }
    return true;
}

}  // namespace

ParameterValues values_of(const StructuredValue& field, std::string_view name) {
    std::vector<Piece> numbered;
    std::vector<Piece> extended;
    std::vector<Piece> plain;
    for (const Parameter& parameter : field.parameters) {
        const auto piece = piece_of(parameter, name);
        if (!piece) continue;
        (piece->number ? numbered : piece->extended ? extended : plain).push_back(*piece);
    }
    Collector collector;
    for (const Piece& piece : extended) collector.joined({piece});
    if (!numbered.empty()) {
        const std::vector<Piece> as_written = numbered;
        std::ranges::stable_sort(numbered, {}, &Piece::number);
        collector.result.pieces_missing = !in_sequence(numbered);
        collector.joined(numbered);
        collector.joined(as_written);
    }
    for (const Piece& piece : plain) collector.plain(*piece.parameter);
    const auto differs = [&](const Piece& p) {
        return p.parameter->value != plain[0].parameter->value;
    };
    collector.result.several = std::ranges::any_of(plain, differs);
    return std::move(collector.result);
}

}  // namespace postern::mime
