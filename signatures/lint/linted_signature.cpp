// SPDX-License-Identifier: Apache-2.0
#include "signatures/lint/linted_signature.h"

#include "signatures/clamav/ldb.h"
#include "signatures/clamav/lines.h"
#include "signatures/clamav/ndb.h"
#include "signatures/cover.h"
#include "signatures/program.h"
#include "signatures/start_range.h"
#include "signatures/take_out.h"

namespace postern::signatures {

namespace {

std::size_t elements_of(const clamav::Body& body) {
    std::size_t count = 0;
    for (const clamav::Part& part : body.parts) count += part.elements.size();
    return count;
}

// Hex digits mean the same in either case; W and w, which are classes, do not.
std::string in_lower_hex(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c | 0x20);
    }
    return out;
}

// Functionality levels stand behind the hex and say nothing of what is found.
std::string meaning_of(Format format, const BodySignature& signature) {
    const std::string_view line = signature.line;
    if (format == Format::db) return "0:*:" + in_lower_hex(line.substr(line.find('=') + 1));
    const clamav::Fields fields = clamav::split(line, ':');
    return std::string(fields[1]) + ':' + std::string(fields[2]) + ':' + in_lower_hex(fields[3]);
}

// The lane as LaneBuilder::add() chooses it, with nothing else in the set.
void find_lane(LintedSignature& out) {
    std::optional<Anchor> anchor = AnchorChooser().best(joined(out.body), wish_for(out.target));
    const bool poor = !anchor || anchor->literals[0].size() < anchor_length;
    if (poor && is_one_place(out.offset)) out.lane = Lane::placed;
    else if (!anchor) out.lane = Lane::slow;
    else out.anchors.push_back(std::move(*anchor));
}

void find_lane(LogicalSignature& signature, LintedSignature& out) {
    for (Subsignature& one : signature.subsignatures) {
        for (clamav::Body& body : one.bodies) body = joined(std::move(body));
    }
    AnchorChooser anchors;
    std::vector<Leg> cover = choose_cover(signature, anchors, wish_for(out.target));
    const TargetDescription& description = signature.description;
    const bool for_few = description.container || !description.intermediates.empty();
    if (cover.empty()) out.lane = for_few ? Lane::tried : Lane::slow;
    for (Leg& leg : cover) {
        if (leg.anchor) out.anchors.push_back(std::move(*leg.anchor));
    }
    if (!cover.empty() && out.anchors.empty()) out.lane = Lane::placed;
}

template <typename Signature>
bool is_ignored(const clamav::IgnoredNames& ignored, const Signature& signature) {
    if (!ignored.contains(signature.name())) return false;
    std::vector<Signature> alone{signature};
    return take_out(ignored, alone) != 0;
}

LintedSignature of(Format format, BodySignature&& signature) {
    LintedSignature out;
    out.name = signature.name();
    out.meaning = meaning_of(format, signature);
    out.target = signature.target;
    out.offset = signature.offset;
    out.body = std::move(signature.body);
    out.elements = elements_of(out.body);
    find_lane(out);
    return out;
}

LintedSignature of(LogicalSignature&& signature) {
    LintedSignature out;
    out.name = signature.name();
    out.meaning = signature.line.substr(signature.name_length);
    out.target = signature.description.target;
    for (const Subsignature& one : signature.subsignatures) {
        for (const clamav::Body& body : one.bodies) out.elements += elements_of(body);
        if (!one.is_body()) ++out.elements;
    }
    find_lane(signature, out);
    return out;
}

}  // namespace

std::optional<LintedSignature> linted(Format format, std::string_view line,
                                      const clamav::IgnoredNames& ignored) {
    Diagnostics told_elsewhere;
    SourceReport report("", told_elsewhere);
    std::vector<BodySignature> bodies;
    std::vector<LogicalSignature> logical;
    if (format == Format::db) clamav::read_db(line, report, bodies);
    if (format == Format::ndb) clamav::read_ndb(line, report, bodies);
    if (format == Format::ldb) clamav::read_ldb(line, report, logical);
    std::optional<LintedSignature> out;
    if (!bodies.empty()) {
        const bool is_out = is_ignored(ignored, bodies[0]);
        out = of(format, std::move(bodies[0]));
        out->ignored = is_out;
    } else if (!logical.empty()) {
        const bool is_out = is_ignored(ignored, logical[0]);
        out = of(std::move(logical[0]));
        out->ignored = is_out;
    }
    return out;
}

}  // namespace postern::signatures
