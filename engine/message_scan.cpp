// SPDX-License-Identifier: Apache-2.0
// One message: parse it, and hand every reading of every leaf on as a content.
#include "engine/subject_watch.h"
#include "engine/file_types.h"
#include "engine/scan_run.h"
#include "mime/defect_codes.h"
#include "mime/parser.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <strings.h>

namespace postern::engine {

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// The walk over one parsed message. Entities are visited in document order.
class MessageScan {
public:
    MessageScan(ScanRun& run, ParsedSource source)
        : run_(run),
          source_(std::make_shared<const ParsedSource>(std::move(source))),
          around_(source_->containers) {}

    void run() {
        const auto start = Clock::now();
        mime::ParsedMessage parsed = parse();
        const double seconds = since(start);
        if (const auto limit = run_.budget.entities(parsed.entities)) {
            return run_.refuse(*limit, source_->path);
        }
        if (!parsed.complete) run_.refuse(Limit::entities, source_->path);
        visit(parsed.root);
        if (run_.collector->explains()) {
            run_.collector->explain(MessageStep{source_->path, std::move(parsed.root), seconds});
        }
    }

private:
    mime::ParsedMessage parse() const {
        return source_->parts ? mime::parse_parts(source_->bytes, *source_->parts, limits())
                              : mime::parse(source_->bytes, limits());
    }

    // The parser stops where the budget would: what it gives can be charged at once.
    mime::ParseLimits limits() const {
        constexpr std::uint64_t most = std::numeric_limits<unsigned>::max() - 1;
        mime::ParseLimits limits;
        limits.entities = static_cast<unsigned>(
            std::clamp<std::uint64_t>(run_.budget.remaining_entities(), 1, most));
        return limits;
    }

    void visit(const mime::Entity& entity) {
        report_defects(entity);
        for (const mime::ByteRange& range : entity.uncovered) sweep(entity, range);
        if (entity.is_leaf()) return leaf(entity);
        const bool forwards = !entity.is_multipart();
        if (forwards) begin_forwarded(entity);
        for (const mime::Entity& child : entity.children) visit(child);
        if (forwards) around_.erase(around_.begin());
    }

    void begin_forwarded(const mime::Entity& entity);
    void match_forwarded(const Side& side, const mime::Entity& entity);

    void leaf(const mime::Entity& entity) {
        for (mime::Reading& reading : mime::readings_before(entity, source_->bytes)) {
            read(entity, std::move(reading));
        }
    }

    void sweep(const mime::Entity& entity, mime::ByteRange range) {
        for (mime::Reading& reading : mime::sweep(range, source_->bytes)) {
            read(entity, std::move(reading));
        }
    }

    void read(const mime::Entity& entity, mime::Reading reading);
    void open_parts(const mime::Entity& entity, mime::Reading reading);
    void decode(Subcontent item, const mime::Reading& reading);
    void set_reading(Subcontent& item, const mime::Reading& reading) const;
    void match_part(const Subcontent& item);
    void match_part(const Side& side, const Subcontent& item);
    void note_encoded(const mime::Reading& reading, const mime::DecodeResult& result);
    void report_decoding(const Content& content, const mime::Reading& reading,
                         const mime::DecodeResult& result);

    std::vector<std::string> names_of(const mime::Entity& entity,
                                      const mime::Reading& reading) const {
        if (!reading.filename.empty()) return {reading.filename};
        std::vector<std::string> names;
        for (const mime::Filename& filename : entity.filenames) names.push_back(filename.name);
        return names;
    }

    // What is left of the header of a multipart whose transfer encoding was undone: its types.
    std::string type_fields(const mime::Entity& entity) const {
        std::string fields;
        for (const mime::HeaderField& field : entity.header) {
            if (field.name.size() != 12 || strncasecmp(field.name.data(), "Content-Type", 12) != 0) continue;
            const auto bytes = mime::slice(source_->bytes, field.range);
            fields.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            if (!fields.ends_with('\n')) fields += "\r\n";
        }
        return fields.empty() ? fields : fields + "\r\n";
    }

    std::string path_of(const mime::Entity& entity) const {
        return join_path(source_->path, entity.section);
    }

    void report_defects(const mime::Entity& entity) {
        for (const mime::Defect& defect : entity.defects) report(defect, path_of(entity));
    }

    void report(const mime::Defect& defect, std::string path) {
        Finding finding;
        finding.kind = FindingKind::defect;
        finding.name = mime::code_of(defect.code);
        finding.content = std::move(path);
        finding.offset = defect.where.begin;
        finding.length = defect.where.size();
        finding.message_offset = source_->origin ? source_->origin->base() : defect.where.begin;
        run_.collector->add(std::move(finding));
    }

    ScanRun& run_;
    std::shared_ptr<const ParsedSource> source_;
    std::vector<signatures::ContentType> around_;  // what the entity that is visited lies in
};

// To signatures a forwarded message is a message in a message: as it stands, and all that is in it.
void MessageScan::begin_forwarded(const mime::Entity& entity) {
    for (const Side& side : run_.sides) {
        if (!source_->allowed.by(side)) match_forwarded(side, entity);
    }
    around_.insert(around_.begin(), signatures::ContentType::mail);
}

void MessageScan::match_forwarded(const Side& side, const mime::Entity& entity) {
    signatures::Matcher& matcher = side.matcher();
    const std::uint64_t given_up = matcher.regexes_given_up();
    const signatures::Subject subject{mime::slice(source_->bytes, entity.body_range),
                                      signatures::Target::mail, signatures::Alphabet::octets, around_};
    for (const signatures::Match& match : matcher.match(subject)) {
        Finding finding;
        finding.name = match.name;
        finding.content = path_of(entity);
        finding.offset = match.offset;
        finding.length = match.length;
        finding.message_offset = source_->origin ? source_->origin->base()
                                                 : entity.body_range.begin + match.offset;
        finding.type = name_of(FileType::mail);
        side.add(std::move(finding));
    }
    if (matcher.regexes_given_up() != given_up) {
        side.add(Gap{path_of(entity), "regex-time",
                     "a regular expression of a signature took too long"});
    }
}

// The ranges stay those of the message, so that evidence names its place there.
void MessageScan::open_parts(const mime::Entity& entity, mime::Reading reading) {
    report({mime::DefectCode::undeclared_parts, reading.range}, path_of(entity));
    if (!may_enter(run_, source_->depth, path_of(entity))) return;
    ParsedSource inner = *source_;
    inner.path = path_of(entity);
    inner.containers = around_;
    ++inner.depth;
    inner.parts = std::move(reading);
    scan_parsed(run_, std::move(inner));
}

void MessageScan::read(const mime::Entity& entity, mime::Reading reading) {
    if (!reading.boundary.empty()) return open_parts(entity, std::move(reading));
    Subcontent item;
    Content& content = item.content;
    content.names = names_of(entity, reading);
    content.path = path_of(entity);
    if (!content.names.empty()) {
        content.path = join_path(content.path, printable_name(content.names.front()));
    }
    content.declared_type = entity.media_type;
    content.depth = source_->depth;
    content.wrapping = source_->wrapping;
    content.containers = around_;
    item.allowed = source_->allowed;
    set_reading(item, reading);
    if (reading.encoding == mime::TransferEncoding::identity ||
        reading.encoding == mime::TransferEncoding::unknown) {
        content.bytes = mime::slice(source_->bytes, reading.range);
        content.owner = source_->owner;
        match_part(item);
        return scan_content_soon(run_, std::move(item));
    }
    if (entity.is_multipart()) item.header = type_fields(entity);
    constexpr std::size_t worth_a_task = 32768;
    if (reading.range.size() < worth_a_task) return decode(std::move(item), reading);
    run_.tasks->run([self = *this, item = std::move(item), reading = std::move(reading)]() mutable {
        self.decode(std::move(item), reading);
    });
}

void MessageScan::set_reading(Subcontent& item, const mime::Reading& reading) const {
    item.origin = source_->origin ? source_->origin
                                  : std::make_shared<const Origin>(reading, source_->bytes);
    if (!run_.collector->explains()) return;
    item.step.reading = std::string(mime::name_of(reading.encoding)) + ", " + std::string(reading.why);
    item.step.range = reading.range;
}

void MessageScan::decode(Subcontent item, const mime::Reading& reading) {
    auto decoded = decode_within_budget(run_, reading, source_->bytes, item.content.path);
    if (!decoded) return;
    for (const mime::Reading& other : mime::readings_after(reading, decoded->result)) {
        Subcontent same = item;
        set_reading(same, other);
        decode(std::move(same), other);
    }
    note_encoded(reading, decoded->result);
    report_decoding(item.content, reading, decoded->result);
    item.content.bytes = decoded->bytes->bytes();
    item.content.owner = std::move(decoded->bytes);
    match_part(item);
    scan_content(run_, std::move(item));
}

// Signatures about members of containers take a message for one; both sizes are the decoded one.
void MessageScan::match_part(const Subcontent& item) {
    for (const Side& side : run_.sides) {
        if (side.set().statistics().member_signatures != 0 && !item.allowed.by(side)) match_part(side, item);
    }
}

void MessageScan::match_part(const Side& side, const Subcontent& item) {
    signatures::MemberFacts facts;
    facts.container = signatures::ContentType::mail;
    facts.container_size = source_->bytes.size();
    facts.packed_size = facts.size = item.content.bytes.size();
    std::vector<std::string> names = item.content.names;
    if (names.empty()) names.emplace_back();
    for (const std::string& name : names) {
        facts.name = name;
        if (SubjectWatch* watch = run_.collector->watch()) watch->member(item.content.path, facts);
        for (const signatures::Match& match : side.matcher().match_member(facts)) {
            Finding finding;
            finding.kind = FindingKind::signature;
            finding.name = match.name;
            finding.content = item.content.path;
            finding.message_offset = item.origin->base();
            finding.file_name = name;
            side.add(std::move(finding));
        }
    }
}

// What the declared decoder noticed; what a guess noticed says nothing of the message.
void MessageScan::report_decoding(const Content& content, const mime::Reading& reading,
                                  const mime::DecodeResult& result) {
    using enum mime::DefectCode;
    if (reading.encoding != mime::TransferEncoding::base64 || reading.why != "declared") return;
    if (result.junk != 0) report({base64_junk, reading.range}, content.path);
    if (result.truncated) report({base64_truncated, reading.range}, content.path);
    if (result.padding_in_the_middle) {
        report({base64_padding_in_the_middle, reading.range}, content.path);
    }
}

// Clean base64 of the message itself: raw signatures can only match it as base64 text.
void MessageScan::note_encoded(const mime::Reading& reading, const mime::DecodeResult& result) {
    if (source_->owner || !source_->path.empty()) return;
    if (reading.encoding != mime::TransferEncoding::base64 || result.junk != 0) return;
    const std::lock_guard lock(run_.encoded_mutex);
    run_.encoded.push_back({reading.range.begin, reading.range.end});
}

}  // namespace

void scan_parsed(ScanRun& run, ParsedSource source) { MessageScan(run, std::move(source)).run(); }

}  // namespace postern::engine
