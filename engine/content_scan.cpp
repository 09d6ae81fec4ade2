// SPDX-License-Identifier: Apache-2.0
// One content, judged: identify it, note it for the policy, match it. Then open_content.h opens it, and
// what comes out returns here as contents of their own.
#include "engine/file_types.h"
#include "engine/html/normal_form.h"
#include "engine/html/page_text.h"
#include "engine/html/script_form.h"
#include "engine/open_content.h"
#include "engine/rule_facts.h"
#include "engine/scan_run.h"
#include "engine/subject_watch.h"
#include "engine/text_form.h"
#include "engine/text_kind.h"

#include <algorithm>
#include <chrono>

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

class ContentScan {
public:
    ContentScan(ScanRun& run, Subcontent item) : run_(run), item_(std::move(item)) {}

    void run() {
        if (const auto limit = run_.budget.out_of_time()) return run_.refuse(*limit, content().path);
        identify();
        note();
        {
            const Stopwatch watch(item_.step.match_seconds);
            ask_sides(run_, [this](const Side& side) { ask(side); });
        }
        {
            const Stopwatch watch(item_.step.expand_seconds);
            open_content(run_, item_, type_);
        }
        if (run_.collector->explains()) explain();
    }

private:
    const Content& content() const { return item_.content; }

    void identify() {
        const Stopwatch watch(item_.step.identify_seconds);
        type_ = run_.workers.mine().identifier.identify(content().bytes);
        target_ = target_of(type_);
        if (target_ == signatures::Target::other && reads_as_utf16(content().bytes)) {
            target_ = signatures::Target::text;
        }
    }

    void ask(const Side& side) {
        side_ = &side;
        if (side.set().allows(content().bytes)) item_.allowed.add(side);
        if (item_.allowed.by(side)) return;
        report(matches());
        report_forms();
        if (side.set().has_rules()) report_rules();
    }

    void note() {
        if (content().names.empty() && !is_executable(type_)) return;
        run_.collector->add(ContentFact{content().path, content().names, type_, content().wrapping,
                                        content().bytes.size(), item_.origin->base()});
    }

    // Text and pages as they stand are for signatures of any target; those for them look at normal forms.
    signatures::Subject subject() const {
        const bool normalised = target_ == signatures::Target::text || target_ == signatures::Target::html;
        return {content().bytes, normalised ? signatures::Target::any : target_,
                signatures::Alphabet::octets, content().containers};
    }

    void tell(std::string_view form, const signatures::Subject& subject) const {
        if (SubjectWatch* watch = run_.collector->watch()) watch->subject({content().path, form, type_, subject});
    }

    std::vector<signatures::Match> matches() {
        tell("as it stands", subject());
        const std::vector<signatures::Chunk> chunks = signatures::chunks_of(content().bytes.size());
        if (chunks.size() < 2 || run_.tasks->serial()) {
            return whole([&](signatures::Matcher& mine) { return mine.match(subject()); });
        }
        return matches_in_parallel(chunks);
    }

    std::vector<signatures::Match> matches_in_parallel(
        const std::vector<signatures::Chunk>& chunks) {
        std::vector<signatures::Candidates> found(chunks.size());
        std::vector<signatures::Match> digests;
        TaskGroup group(TaskGroup::Order::parallel);
        group.run([&] { digests = side_->matcher().match_digests(content().bytes); });
        for (std::size_t i = 0; i < chunks.size(); ++i) {
            group.run([&, i] { side_->matcher().scan(subject(), chunks[i], found[i]); });
        }
        group.wait();
        for (std::size_t i = 1; i < found.size(); ++i) found[0].merge(std::move(found[i]));
        auto all = whole(
            [&](signatures::Matcher& mine) { return mine.finish(subject(), found[0]); });
        all.insert(all.end(), digests.begin(), digests.end());
        return all;
    }

    // What `work` finds with this thread's matcher. A regular expression that it gave up is a gap.
    template <typename Work>
    std::vector<signatures::Match> whole(Work work) {
        signatures::Matcher& mine = side_->matcher();
        const std::uint64_t before = mine.regexes_given_up();
        std::vector<signatures::Match> matches = work(mine);
        if (mine.regexes_given_up() != before) {
            side_->add(Gap{content().path, "regex-time",
                           "a regular expression of a signature took too long"});
        }
        return matches;
    }

    // What is a page to a browser and what is one to signatures' authors differ at the edges: a few words
    // with a <br> in them, a long text with a picture at its end. Such a content is matched as both.
    void report_forms() {
        const bool text = target_ == signatures::Target::text;
        const bool page = target_ == signatures::Target::html;
        if (!text && !page) return;
        const bool tagged = has_page_tag(content().bytes);
        if (text || !tagged) report_text_form();
        if (page || tagged) report_html_forms();
    }

    // Offsets there lie in the normal form, so in the message only the beginning is known.
    void report_text_form() {
        mime::Buffer form;
        append_text_form(content().bytes, form);
        report_form("normal form of text", {form.bytes(), signatures::Target::text, signatures::Alphabet::folded});
    }

    void report_html_forms() {
        const auto utf8 = html::page_as_utf8(content().bytes);
        const html::NormalForms forms = html::normal_forms(utf8 ? utf8->bytes() : content().bytes);
        report_form("page without comments", {forms.no_comment.bytes(), signatures::Target::html});
        report_form("page without tags", {forms.no_tags.bytes(), signatures::Target::html});
        if (forms.scripts.empty()) return;
        html::ScriptForm scripts;
        for (const auto script : forms.scripts) html::append_script_form(script, scripts);
        report_form("scripts of the page", {scripts.form.bytes(), signatures::Target::html});
        report_form("scripts of the page", {scripts.form.bytes(), signatures::Target::text});
    }

    // A form lies in what its content lies in.
    void report_form(std::string_view what, signatures::Subject form) {
        form.containers = content().containers;
        tell(what, form);
        signatures::Candidates found;
        const auto matches = whole([&](signatures::Matcher& mine) {
            mine.scan(form, {0, form.bytes.size()}, found);
            return mine.finish(form, found);
        });
        for (const signatures::Match& match : matches) {
            side_->add(about_this(match));
        }
    }

    // YARA rules see the whole content at once. What they did not finish was not looked at.
    void report_rules() {
        using signatures::yara::RuleOutcome;
        const std::chrono::nanoseconds time =
            std::min<std::chrono::nanoseconds>(run_.budget.limits().rule_time, run_.budget.time_left());
        const signatures::yara::RuleSubject subject{content().bytes, rule_facts_of(content(), type_), time};
        if (SubjectWatch* watch = run_.collector->watch()) watch->rules(subject);
        const auto found = side_->matcher().match_rules(subject);
        report(found.matches);
        if (found.outcome == RuleOutcome::whole) return;
        const bool late = found.outcome == RuleOutcome::out_of_time;
        std::string why = late ? "the YARA rules were not finished in time"
                               : "the YARA rules could not be finished";
        if (!found.rule.empty()) why += ": " + std::string(found.rule);
        side_->add(Gap{content().path, late ? "rule-time" : "rule-failed", std::move(why)});
    }

    void report(const std::vector<signatures::Match>& matches) {
        for (const signatures::Match& match : matches) {
            Finding finding = about_this(match);
            finding.message_offset = item_.origin->of(match.offset);
            side_->add(std::move(finding));
        }
    }

    Finding about_this(const signatures::Match& match) const {
        Finding finding =
            finding_about(item_, type_, FindingKind::signature, std::string(match.name));
        finding.offset = match.offset;
        finding.length = match.length;
        return finding;
    }

    void explain() {
        ContentStep& step = item_.step;
        step.path = content().path;
        step.names = content().names;
        step.size = content().bytes.size();
        step.type = type_;
        step.wrapping = content().wrapping;
        run_.collector->explain(std::move(step));
    }

    ScanRun& run_;
    const Side* side_ = nullptr;  // that is asked
    Subcontent item_;
    FileType type_{};
    signatures::Target target_{};
};

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
