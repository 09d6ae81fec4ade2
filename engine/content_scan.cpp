// SPDX-License-Identifier: Apache-2.0
// One content: identify it, note it for the policy, match it, and open it where it is a container.
#include "engine/expand/expander.h"
#include "engine/file_types.h"
#include "engine/rule_facts.h"
#include "engine/scan_run.h"
#include "engine/text_form.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace postern::engine {

namespace {

using Clock = std::chrono::steady_clock;

class Stopwatch {
public:
    explicit Stopwatch(double& seconds) : seconds_(seconds) {}
    ~Stopwatch() {
        seconds_ = std::chrono::duration<double>(Clock::now() - start_).count();
    }

private:
    double& seconds_;
    Clock::time_point start_ = Clock::now();
};

std::string first_name(const Content& content) {
    return content.names.empty() ? std::string() : content.names.front();
}

class ContentScan {
public:
    ContentScan(ScanRun& run, Subcontent item) : run_(run), item_(std::move(item)) {}

    void run() {
        if (const auto limit = run_.budget.out_of_time()) return run_.refuse(*limit, content().path);
        identify();
        note();
        item_.allowed = item_.allowed || run_.set.allows(content().bytes);
        if (!item_.allowed) {
            const Stopwatch watch(item_.step.match_seconds);
            report(matches());
            if (target_of(type_) == signatures::Target::text) report_text_form();
            if (run_.set.has_rules()) report_rules();
        }
        {
            const Stopwatch watch(item_.step.expand_seconds);
            open();
        }
        if (run_.collector->explains()) explain();
    }

private:
    const Content& content() const { return item_.content; }

    void identify() {
        const Stopwatch watch(item_.step.identify_seconds);
        type_ = run_.workers.mine().identifier.identify(content().bytes);
    }

    void note() {
        if (content().names.empty() && !is_executable(type_)) return;
        run_.collector->add(ContentFact{content().path, content().names, type_, content().wrapping,
                                        content().bytes.size(), item_.origin->base()});
    }

    // Text as it stands is for signatures of any target; those for text look at its normal form.
    signatures::Subject subject() const {
        const signatures::Target target = target_of(type_);
        const bool text = target == signatures::Target::text;
        return {content().bytes, text ? signatures::Target::any : target};
    }

    std::vector<signatures::Match> matches() {
        const std::vector<signatures::Chunk> chunks = signatures::chunks_of(content().bytes.size());
        if (chunks.size() < 2 || run_.tasks->serial()) {
            return run_.workers.mine().matcher.match(subject());
        }
        return matches_in_parallel(chunks);
    }

    std::vector<signatures::Match> matches_in_parallel(
        const std::vector<signatures::Chunk>& chunks) {
        std::vector<signatures::Candidates> found(chunks.size());
        std::vector<signatures::Match> digests;
        TaskGroup group(TaskGroup::Order::parallel);
        group.run([&] { digests = run_.workers.mine().matcher.match_digests(content().bytes); });
        for (std::size_t i = 0; i < chunks.size(); ++i) {
            group.run([&, i] { run_.workers.mine().matcher.scan(subject(), chunks[i], found[i]); });
        }
        group.wait();
        for (std::size_t i = 1; i < found.size(); ++i) found[0].merge(std::move(found[i]));
        auto all = run_.workers.mine().matcher.finish(subject(), found[0]);
        all.insert(all.end(), digests.begin(), digests.end());
        return all;
    }

    // Offsets there lie in the normal form, so in the message only the beginning is known.
    void report_text_form() {
        mime::Buffer form;
        append_text_form(content().bytes, form);
        const signatures::Subject text{form.bytes(), signatures::Target::text,
                                       signatures::Alphabet::folded};
        signatures::Candidates found;
        signatures::Matcher& matcher = run_.workers.mine().matcher;
        matcher.scan(text, {0, text.bytes.size()}, found);
        for (const signatures::Match& match : matcher.finish(text, found)) {
            Finding finding = about_this(FindingKind::signature, std::string(match.name));
            finding.offset = match.offset;
            finding.length = match.length;
            run_.collector->add(std::move(finding));
        }
    }

    // YARA rules see the whole content at once. What they did not finish was not looked at.
    void report_rules() {
        using signatures::yara::RuleOutcome;
        const std::chrono::nanoseconds time =
            std::min<std::chrono::nanoseconds>(run_.budget.limits().rule_time, run_.budget.time_left());
        const auto found = run_.workers.mine().matcher.match_rules(
            {content().bytes, rule_facts_of(content(), type_), time});
        report(found.matches);
        if (found.outcome == RuleOutcome::whole) return;
        const bool late = found.outcome == RuleOutcome::out_of_time;
        std::string why = late ? "the YARA rules were not finished in time"
                               : "the YARA rules could not be finished";
        if (!found.rule.empty()) why += ": " + std::string(found.rule);
        run_.collector->add(Gap{content().path, late ? "rule-time" : "rule-failed", std::move(why)});
    }

    void report(const std::vector<signatures::Match>& matches) {
        for (const signatures::Match& match : matches) {
            Finding finding = about_this(FindingKind::signature, std::string(match.name));
            finding.offset = match.offset;
            finding.length = match.length;
            finding.message_offset = item_.origin->of(match.offset);
            run_.collector->add(std::move(finding));
        }
    }

    Finding about_this(FindingKind kind, std::string name) const {
        Finding finding;
        finding.kind = kind;
        finding.name = std::move(name);
        finding.content = content().path;
        finding.message_offset = item_.origin->base();
        finding.type = name_of(type_);
        finding.file_name = first_name(content());
        return finding;
    }

    void open();
    bool is_message() const;
    void sweep_decoded_text();
    void open_reading(const mime::Reading& reading);
    Subcontent inner(mime::Buffer bytes) const;
    void open_message();
    void put_header_before(ParsedSource& source) const;
    void explain();

    ScanRun& run_;
    Subcontent item_;
    FileType type_{};

    friend class Unfolding;
};

// What comes out of a container: members become contents, remarks become findings and gaps.
class Unfolding final : public expand::Sink {
public:
    explicit Unfolding(ContentScan& scan) : scan_(scan) {}
    void member(expand::Member member) override;
    void remark(expand::Remark remark) override;

private:
    std::string path_of(const std::string& member) const {
        return join_path(scan_.content().path, printable_name(member));
    }
    Finding finding(FindingKind kind, std::string name, const std::string& member) const;

    ContentScan& scan_;
};

// A container met inside a zip is zip-wrapped, whatever it is; else its own kind counts.
Wrapping wrapping_in(Wrapping outer, FileType type) {
    return outer == Wrapping::zip ? outer : expand::wrapping_of(type);
}

// The name of what a bare compressed stream holds: its own name without the suffix.
std::string unpacked_name(const std::string& name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string::npos || dot == 0 ? std::string() : name.substr(0, dot);
}

void Unfolding::member(expand::Member member) {
    Subcontent item = scan_.inner(std::move(member.bytes));
    Content& content = item.content;
    if (member.name.empty()) member.name = unpacked_name(first_name(scan_.content()));
    content.path = path_of(member.name);
    content.wrapping = wrapping_in(scan_.content().wrapping, scan_.type_);
    if (!member.name.empty()) content.names.push_back(std::move(member.name));
    std::move(member.other_names.begin(), member.other_names.end(), std::back_inserter(content.names));
    scan_content_soon(scan_.run_, std::move(item));
}

Finding Unfolding::finding(FindingKind kind, std::string name, const std::string& member) const {
    Finding finding = scan_.about_this(kind, std::move(name));
    finding.content = path_of(member);
    if (!member.empty()) finding.file_name = member;
    return finding;
}

void Unfolding::remark(expand::Remark remark) {
    Collector& collector = *scan_.run_.collector;
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
            scan_.run_.refuse(remark.limit, path);
            break;
    }
}

bool ContentScan::is_message() const {
    return type_ == FileType::mail || content().declared_type.starts_with("message/") ||
           !item_.header.empty();
}

void ContentScan::open() {
    if (is_message()) return open_message();
    sweep_decoded_text();
    if (!expand::is_container(type_) && !may_hold_zip(content().bytes)) return;
    Unfolding unfolding(*this);
    expand::expand(content(), type_, run_.budget, unfolding);
}

void ContentScan::open_message() {
    if (const auto limit = run_.budget.enter(content().depth)) {
        return run_.refuse(*limit, content().path);
    }
    ParsedSource source;
    source.bytes = content().bytes;
    source.owner = content().owner;
    if (!item_.header.empty()) put_header_before(source);
    source.path = content().path;
    source.depth = content().depth + 1;
    source.wrapping = content().wrapping;
    source.origin = std::make_shared<const Origin>(item_.origin->base());
    source.allowed = item_.allowed;
    scan_parsed(run_, std::move(source));
}

// A file can stand encoded inside a text that was itself decoded: uuencode inside quoted-printable.
void ContentScan::sweep_decoded_text() {
    if (!content().owner || target_of(type_) != signatures::Target::text) return;
    const auto readings = mime::sweep({0, content().bytes.size()}, content().bytes);
    if (readings.empty()) return;
    if (const auto limit = run_.budget.enter(content().depth)) {
        return run_.refuse(*limit, content().path);
    }
    for (const mime::Reading& reading : readings) open_reading(reading);
}

void ContentScan::open_reading(const mime::Reading& reading) {
    const std::size_t bound = mime::decoded_bound(reading);
    if (const auto limit = run_.budget.produce(bound)) return run_.refuse(*limit, content().path);
    mime::Buffer bytes;
    mime::decode(reading, content().bytes, bytes);
    run_.budget.give_back(bound - std::min(bound, bytes.size()));
    Subcontent item = inner(std::move(bytes));
    item.content.wrapping = content().wrapping;
    item.content.path = join_path(content().path, printable_name(reading.filename));
    if (!reading.filename.empty()) item.content.names.push_back(reading.filename);
    scan_content_soon(run_, std::move(item));
}

// What lies one level inside this content, without its name.
Subcontent ContentScan::inner(mime::Buffer bytes) const {
    Subcontent item;
    item.origin = std::make_shared<const Origin>(item_.origin->base());
    item.allowed = item_.allowed;
    item.content.depth = content().depth + 1;
    auto buffer = std::make_shared<const mime::Buffer>(std::move(bytes));
    item.content.bytes = buffer->bytes();
    item.content.owner = std::move(buffer);
    return item;
}

void ContentScan::put_header_before(ParsedSource& source) const {
    auto whole = std::make_shared<mime::Buffer>(item_.header.size() + content().bytes.size());
    whole->append(std::as_bytes(std::span(item_.header)));
    whole->append(content().bytes);
    source.bytes = whole->bytes();
    source.owner = std::move(whole);
}

void ContentScan::explain() {
    ContentStep& step = item_.step;
    step.path = content().path;
    step.names = content().names;
    step.size = content().bytes.size();
    step.type = type_;
    step.wrapping = content().wrapping;
    run_.collector->explain(std::move(step));
}

}  // namespace

void scan_content(ScanRun& run, Subcontent item) { ContentScan(run, std::move(item)).run(); }

// A task costs a microsecond and a copy of the item; holding many decoded members at once costs memory.
void scan_content_soon(ScanRun& run, Subcontent item) {
    constexpr std::size_t worth_a_task = 32768;
    constexpr std::uint64_t held_at_most = 64 << 20;
    const std::size_t size = item.content.bytes.size();
    if (run.tasks->serial() || size < worth_a_task || run.waiting_bytes.load() + size > held_at_most) {
        return scan_content(run, std::move(item));
    }
    run.waiting_bytes += size;
    run.tasks->run([&run, size, item = std::move(item)]() mutable {
        run.waiting_bytes -= size;
        scan_content(run, std::move(item));
    });
}

}  // namespace postern::engine
