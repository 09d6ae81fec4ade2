// SPDX-License-Identifier: Apache-2.0
// Three ways to open: as a message, as a text with files encoded in it, as a container. Only the first
// excludes the others: a text can be a container too (a zip behind a page of HTML).
#include "engine/open_content.h"

#include "engine/subject_watch.h"

#include "engine/container_type.h"
#include "engine/expand/expander.h"
#include "engine/file_types.h"
#include "engine/open_carried.h"

#include <algorithm>
#include <iterator>

namespace postern::engine {

namespace {

std::string first_name(const Content& content) {
    return content.names.empty() ? std::string() : content.names.front();
}

using Containers = std::vector<signatures::ContentType>;

Containers with_parent(signatures::ContentType parent, const Containers& around) {
    Containers containers(1 + around.size(), parent);
    std::copy(around.begin(), around.end(), containers.begin() + 1);
    return containers;
}

// A container met inside a zip is zip-wrapped, whatever it is; else its own kind counts.
Wrapping wrapping_in(Wrapping outer, FileType type) {
    return outer == Wrapping::zip ? outer : expand::wrapping_of(type);
}

// The name of what a bare compressed stream holds: its own name without the suffix.
std::string unpacked_name(const std::string& name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string::npos || dot == 0 ? std::string() : name.substr(0, dot);
}

// What comes out of a container: members become contents, remarks become findings and gaps.
class Unfolding final : public expand::Sink {
public:
    // `container`: what its members lie in. When that is not `outer` itself, it stands inside of it.
    Unfolding(ScanRun& run, const Subcontent& outer, FileType type, signatures::ContentType container)
        : run_(run),
          outer_(outer),
          type_(type),
          holder_(container_type_of(type, outer.content.bytes)),
          container_(container) {}
    void listed(const signatures::MemberFacts& facts) override;
    void member(expand::Member member) override;
    void remark(expand::Remark remark) override;

private:
    std::string path_of(const std::string& member) const {
        return join_path(outer_.content.path, printable_name(member));
    }
    Finding finding(FindingKind kind, std::string name, const std::string& member) const;

    ScanRun& run_;
    const Subcontent& outer_;
    FileType type_;
    signatures::ContentType holder_;
    signatures::ContentType container_;
};

void Unfolding::listed(const signatures::MemberFacts& facts) {
    signatures::MemberFacts whole = facts;
    // To these signatures, whatever is a zip inside is one.
    whole.container = type_ == FileType::ooxml ? signatures::ContentType::zip : container_;
    whole.container_size = outer_.content.bytes.size();
    for (const Side& side : run_.sides) {
        if (side.set().statistics().member_signatures == 0 || outer_.allowed.by(side)) continue;
        if (SubjectWatch* watch = run_.collector->watch()) watch->member(path_of(std::string(facts.name)), whole);
        for (const signatures::Match& match : side.matcher().match_member(whole)) {
            side.add(finding(FindingKind::signature, std::string(match.name), std::string(facts.name)));
        }
    }
}

void Unfolding::member(expand::Member member) {
    auto bytes = std::make_shared<const mime::Buffer>(std::move(member.bytes));
    Subcontent item = inside(outer_, container_, std::move(bytes));
    Content& content = item.content;
    // A zip that stands inside something else lies in that.
    if (container_ != holder_) content.containers.insert(content.containers.begin() + 1, holder_);
    if (member.name.empty()) member.name = unpacked_name(first_name(outer_.content));
    content.path = path_of(member.name);
    content.wrapping = wrapping_in(outer_.content.wrapping, type_);
    if (!member.name.empty()) content.names.push_back(std::move(member.name));
    std::move(member.other_names.begin(), member.other_names.end(), std::back_inserter(content.names));
    scan_content_soon(run_, std::move(item));
}

Finding Unfolding::finding(FindingKind kind, std::string name, const std::string& member) const {
    Finding finding = finding_about(outer_, type_, kind, std::move(name));
    finding.content = path_of(member);
    if (!member.empty()) finding.file_name = member;
    return finding;
}

void Unfolding::remark(expand::Remark remark) {
    Collector& collector = *run_.collector;
    const std::string path = path_of(remark.member);
    switch (remark.kind) {
        case expand::Remark::Kind::encrypted:
            collector.add(finding(FindingKind::encrypted, remark.text, remark.member));
            collector.add(Gap{path, "encrypted", "encrypted with " + remark.text});
            break;
        case expand::Remark::Kind::damaged:
            collector.add(finding(FindingKind::defect, "damaged-container", remark.member));
            break;
        case expand::Remark::Kind::unsupported:
            collector.add(Gap{path, "unsupported", remark.text});
            break;
        case expand::Remark::Kind::limited:
            run_.refuse(remark.limit, path);
            break;
    }
}

// Declared, or recognised. A header kept back is one that belongs before these octets: an encoded multipart.
bool is_message(const Subcontent& item, FileType type) {
    return type == FileType::mail || item.content.declared_type.starts_with("message/") ||
           !item.header.empty();
}

std::shared_ptr<const mime::Buffer> with_header(const Subcontent& item) {
    auto whole = std::make_shared<mime::Buffer>(item.header.size() + item.content.bytes.size());
    whole->append(std::as_bytes(std::span(item.header)));
    whole->append(item.content.bytes);
    return whole;
}

ParsedSource source_in(const Subcontent& item) {
    const Content& content = item.content;
    ParsedSource source;
    source.bytes = content.bytes;
    source.owner = content.owner;
    source.path = content.path;
    source.depth = content.depth + 1;
    source.wrapping = content.wrapping;
    source.origin = std::make_shared<const Origin>(item.origin->base());
    source.allowed = item.allowed;
    source.containers = with_parent(signatures::ContentType::mail, content.containers);
    return source;
}

void open_message(ScanRun& run, const Subcontent& item) {
    if (!may_enter(run, item.content.depth, item.content.path)) return;
    ParsedSource source = source_in(item);
    if (!item.header.empty()) {
        source.owner = with_header(item);
        source.bytes = source.owner->bytes();
    }
    scan_parsed(run, std::move(source));
}

void open_reading(ScanRun& run, const Subcontent& outer, const mime::Reading& reading) {
    const Content& content = outer.content;
    if (!reading.boundary.empty()) {
        ParsedSource source = source_in(outer);
        source.parts = reading;
        return scan_parsed(run, std::move(source));
    }
    auto decoded = decode_within_budget(run, reading, content.bytes, content.path);
    if (!decoded) return;
    Subcontent item = inside(outer, signatures::ContentType::text_ascii, std::move(decoded->bytes));
    item.content.wrapping = content.wrapping;
    item.content.path = join_path(content.path, printable_name(reading.filename));
    if (!reading.filename.empty()) item.content.names.push_back(reading.filename);
    scan_content_soon(run, std::move(item));
}

// A file can stand encoded inside a text that was itself decoded: uuencode inside quoted-printable. Text
// that is the message's own has been looked through as a leaf (mime/reading.h).
void sweep_decoded_text(ScanRun& run, const Subcontent& item, FileType type) {
    const Content& content = item.content;
    if (!content.owner || target_of(type) != signatures::Target::text) return;
    const auto readings = mime::sweep({0, content.bytes.size()}, content.bytes);
    if (readings.empty() || !may_enter(run, content.depth, content.path)) return;
    for (const mime::Reading& reading : readings) open_reading(run, item, reading);
}

}  // namespace

Subcontent inside(const Subcontent& outer, signatures::ContentType container,
                  std::shared_ptr<const mime::Buffer> bytes) {
    Subcontent item;
    item.content.containers = with_parent(container, outer.content.containers);
    item.origin = std::make_shared<const Origin>(outer.origin->base());
    item.allowed = outer.allowed;
    item.content.depth = outer.content.depth + 1;
    item.content.bytes = bytes->bytes();
    item.content.owner = std::move(bytes);
    return item;
}

void open_content(ScanRun& run, const Subcontent& item, FileType type) {
    if (is_message(item, type)) return open_message(run, item);
    sweep_decoded_text(run, item, type);
    open_carried(run, item, type);
    const auto own = container_type_of(type, item.content.bytes);
    if (expand::holds_streams(type)) {
        Unfolding unfolding(run, item, type, own);
        expand::expand_streams(item.content, type, run.budget, unfolding);
    }
    const bool container = expand::is_container(type);
    if (!container && !may_hold_zip(item.content.bytes)) return;
    Unfolding unfolding(run, item, type, container ? own : signatures::ContentType::zip);
    expand::expand(item.content, type, run.budget, unfolding);
}

Finding finding_about(const Subcontent& item, FileType type, FindingKind kind, std::string name) {
    Finding finding;
    finding.kind = kind;
    finding.name = std::move(name);
    finding.content = item.content.path;
    finding.message_offset = item.origin->base();
    finding.type = name_of(type);
    finding.file_name = first_name(item.content);
    return finding;
}

}  // namespace postern::engine
