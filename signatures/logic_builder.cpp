// SPDX-License-Identifier: Apache-2.0
// The key of a pattern is all that decides its matches, as octets: its code, offset and flags.
#include "signatures/logic_builder.h"

#include "signatures/clamav/body_options.h"
#include "signatures/clamav/hex.h"
#include "signatures/regex_literal.h"

#include <algorithm>
#include <stdexcept>

namespace postern::signatures {

namespace {

template <typename T>
std::uint32_t place_in(const Array<T>& rows) {
    if (rows.size() >= 0xffffffffu) throw std::length_error("more than 4 Gi of rows");
    return static_cast<std::uint32_t>(rows.size());
}

void add_number(std::string& key, std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) key += static_cast<char>(value >> shift & 255);
}

void add_offset(std::string& key, const Offset& offset) {
    add_number(key, static_cast<std::uint64_t>(offset.place));
    add_number(key, offset.section);
    add_number(key, static_cast<std::uint64_t>(offset.base));
    add_number(key, offset.shift);
}

// What a body is made of, parts and all; it is put into programs of its own.
void add_body(std::string& key, const clamav::Body& body) {
    Programs alone;
    alone.add(body);
    for (const PartRow& part : alone.parts) {
        add_number(key, std::uint64_t{part.gap_min} << 32 | part.gap_max);
        add_number(key, part.code);
    }
    key.append(alone.code.begin(), alone.code.end());
}

}  // namespace

std::uint32_t LogicBuilder::add(const LogicalSignature& signature, std::uint32_t name) {
    LogicRow row;
    row.name = name;
    row.description = describe(signature.description);
    row.first_node = add_expression(signature.expression);
    row.node_count = static_cast<std::uint32_t>(signature.expression.size());
    row.first_subsignature = place_in(tables_.subsignatures);
    row.subsignature_count = static_cast<std::uint32_t>(signature.subsignatures.size());
    add_subsignatures(signature, row.first_subsignature);
    widen(signature, row.first_subsignature);
    tables_.rows.push_back(row);
    return place_in(tables_.rows) - 1;
}

void LogicBuilder::add_subsignatures(const LogicalSignature& signature, std::uint32_t first) {
    // A comparison may stand beside a later body: bodies and regexes come first.
    std::vector<SubsignatureRow>& rows = tables_.subsignatures.rows();
    rows.resize(first + signature.subsignatures.size());
    for (const bool compares : {false, true}) {
        for (std::size_t i = 0; i < signature.subsignatures.size(); ++i) {
            const Subsignature& one = signature.subsignatures[i];
            if ((!one.is_body() && !one.is_regex()) != compares) continue;
            SubsignatureRow& sub = rows[first + i];
            sub.pattern = pattern_of(one, &rows[first]);
            if (one.trigger.empty()) continue;
            sub.trigger = add_expression(one.trigger);
            sub.trigger_length = static_cast<std::uint32_t>(one.trigger.size());
        }
    }
}

std::uint32_t LogicBuilder::add_expression(const Expression& expression) {
    const std::uint32_t first = place_in(tables_.nodes);
    std::vector<LogicNode>& nodes = tables_.nodes.rows();
    nodes.insert(nodes.end(), expression.begin(), expression.end());
    return first;
}

DescriptionRow LogicBuilder::describe(const TargetDescription& description) {
    DescriptionRow row;
    row.file_size = description.file_size;
    row.entry_point = description.entry_point;
    row.sections = description.sections;
    row.asks_container = description.container.has_value();
    row.container = description.container.value_or(ContentType::any);
    row.intermediates = place_in(tables_.types);
    row.intermediate_count = static_cast<std::uint32_t>(description.intermediates.size());
    std::vector<ContentType>& types = tables_.types.rows();
    types.insert(types.end(), description.intermediates.rbegin(), description.intermediates.rend());
    return row;
}

std::uint32_t LogicBuilder::pattern_of(const Subsignature& one, const SubsignatureRow* earlier) {
    std::string key = key_of(one, earlier);
    const auto known = known_.find(key);
    if (known != known_.end()) return known->second;
    const std::uint32_t pattern = new_pattern(one, earlier);
    known_.emplace(std::move(key), pattern);
    return pattern;
}

std::string LogicBuilder::key_of(const Subsignature& one, const SubsignatureRow* earlier) const {
    std::string key;
    add_offset(key, one.offset);
    if (one.is_body()) {
        key += 'B';
        for (const clamav::Body& body : one.bodies) add_body(key, body);
    } else if (one.is_regex()) {
        key += 'R';
        add_number(key, one.flags.bits);
        key += one.regex;
    } else {
        const ByteCompare& compare = one.compare;
        key += 'C';
        add_number(key, earlier[compare.beside].pattern);
        key += static_cast<char>(compare.base);
        key += static_cast<char>(compare.length);
        key += compare.little_endian ? 'l' : 'b';
        key += compare.exact ? 'e' : '-';
        add_number(key, static_cast<std::uint64_t>(compare.distance));
        for (const NumberTest& test : compare.tests) {
            add_number(key, static_cast<std::uint64_t>(test.comparison));
            add_number(key, test.value);
        }
    }
    return key;
}

// The literal without which the regex need not be tried, as a pattern among the others.
std::uint32_t LogicBuilder::needed_by(const Subsignature& regex) {
    const std::string literal = required_literal(regex.regex, regex.flags);
    if (literal.empty()) return no_pattern;
    clamav::BodyOptions options;
    options.caseless = regex.flags.has(RegexFlag::caseless);
    Subsignature needed;
    needed.bodies = clamav::spell(clamav::to_hex(literal), options).bodies;
    if (needed.bodies.empty()) return no_pattern;
    const std::uint32_t pattern = pattern_of(needed, nullptr);
    std::uint32_t& enough = tables_.patterns.rows()[pattern].enough;
    enough = std::max(enough, 1u);
    return pattern;
}

std::uint32_t LogicBuilder::new_pattern(const Subsignature& one, const SubsignatureRow* earlier) {
    PatternRow row;
    row.offset = one.offset;
    if (one.is_body()) {
        row.first = place_in(tables_.bodies);
        row.bodies = static_cast<std::uint32_t>(one.bodies.size());
        for (const clamav::Body& body : one.bodies) {
            tables_.bodies.push_back(programs_.add(body));
        }
    } else if (one.is_regex()) {
        row.kind = PatternKind::regex;
        const std::uint32_t needed = needed_by(one);
        row.first = place_in(tables_.regexes);
        if (tables_.texts.size() + one.regex.size() > 0xffffffffu) {
            throw std::length_error("more than 4 GiB of regular expressions");
        }
        tables_.regexes.push_back({static_cast<std::uint32_t>(tables_.texts.size()),
                                   static_cast<std::uint32_t>(one.regex.size()), one.flags, needed});
        std::vector<char>& texts = tables_.texts.rows();
        texts.insert(texts.end(), one.regex.begin(), one.regex.end());
    } else {
        row.kind = PatternKind::compare;
        row.first = place_in(tables_.compares);
        tables_.compares.push_back({one.compare, earlier[one.compare.beside].pattern, 0});
    }
    tables_.patterns.push_back(row);
    return place_in(tables_.patterns) - 1;
}

BodyRow LogicBuilder::body_of(std::uint32_t number, std::size_t subsignature,
                              std::size_t body) const {
    const std::size_t row = tables_.rows[number].first_subsignature + subsignature;
    return tables_.bodies[tables_.patterns[tables_.subsignatures[row].pattern].first + body];
}

void LogicBuilder::widen(const LogicalSignature& signature, std::uint32_t first_subsignature) {
    EnoughCounts enough{};
    widen_to_enough(signature.expression, enough);
    for (const Subsignature& one : signature.subsignatures) {
        if (!one.trigger.empty()) widen_to_enough(one.trigger, enough);
    }
    for (std::size_t i = 0; i < signature.subsignatures.size(); ++i) {
        const std::uint32_t pattern = tables_.subsignatures[first_subsignature + i].pattern;
        std::uint32_t& known = tables_.patterns.rows()[pattern].enough;
        known = std::max({known, enough[i], std::uint32_t{1}});
    }
}

}  // namespace postern::signatures
