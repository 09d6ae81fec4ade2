// SPDX-License-Identifier: Apache-2.0
// Whether it matches is asked of the matcher; the rest is said beside that.
#include "signatures/dissect/dissector.h"

#include "signatures/clamav/hex.h"
#include "signatures/dissect/body_probe.h"
#include "signatures/explain/logic_words.h"
#include "signatures/hasher.h"
#include "signatures/logic_matcher.h"
#include "signatures/yara/rule_strings.h"

#include <algorithm>

namespace postern::signatures {

namespace {

using explain::counted;
using explain::words_for;

constexpr double not_asked = -1;
constexpr std::size_t most_sections_told = 12;

// What a description asks; the first condition that refuses is said, all of them are.
class Admission {
public:
    Admission(const TargetDescription& wanted, const Subject& subject) : wanted_(wanted), subject_(subject) {}

    explain::Lines refusals() {
        range("the content has " + counted(subject_.bytes.size(), "octet"), wanted_.file_size, subject_.bytes.size());
        headers();
        container();
        around();
        return std::move(lines_);
    }

private:
    void range(const std::string& has, const NumberRange& wanted, std::uint64_t number) {
        if (!wanted.holds(number)) lines_.push_back("refused: " + has + ", asked for is " + words_for(wanted));
    }

    void headers() {
        if (wanted_.entry_point.is_all() && wanted_.sections.is_all()) return;
        const ExecutableLayout layout = read_layout(subject_.bytes);
        if (!layout.entry_point || *layout.entry_point < 0) {
            lines_.emplace_back("refused: the content is no program whose headers are sound");
            return;
        }
        const auto entry = static_cast<std::uint64_t>(*layout.entry_point);
        range("the entry point is at octet " + std::to_string(entry), wanted_.entry_point, entry);
        range("the program has " + counted(layout.sections.size(), "section"), wanted_.sections, layout.sections.size());
    }

    std::string lies_in() const {
        if (subject_.containers.empty()) return "the content lies in no container";
        std::string words = "the content lies in ";
        for (std::size_t i = 0; i < subject_.containers.size(); ++i) {
            words += (i == 0 ? "" : ", that in ") + words_for(subject_.containers[i]);
        }
        return words;
    }

    void container() {
        if (!wanted_.container) return;
        const auto parent = subject_.containers.empty() ? ContentType::any : subject_.containers[0];
        if (parent == *wanted_.container) return;
        const bool none = *wanted_.container == ContentType::any;
        lines_.push_back("asked for: " + (none ? "no container" : "directly in " + words_for(*wanted_.container)) + "; " + lies_in());
    }

    void around() {
        if (wanted_.intermediates.empty()) return;
        std::string words;
        for (const ContentType type : wanted_.intermediates) words += (words.empty() ? "" : " > ") + words_for(type);
        lines_.push_back("asked for around it, the innermost last: " + words + "; " + lies_in());
    }

    const TargetDescription& wanted_;
    const Subject& subject_;
    explain::Lines lines_;
};

bool applies(Target target, const Subject& subject) { return target == Target::any || target == subject.target; }

Dissection other_target(Target target) { return {false, not_asked, {"not looked at: it is for " + words_for(target)}}; }

std::string size_words(std::uint32_t size) { return size == any_size ? "any size" : counted(size, "octet"); }

}  // namespace

struct Dissector::State {
    std::shared_ptr<const SignatureSet> set;
    std::optional<Parsed> parsed;
    std::string rule;
    Matcher matcher;
    LogicMatcher logic;
    Hasher hasher;

    State(std::shared_ptr<const SignatureSet> shared, std::optional<Parsed> value, std::string name)
        : set(std::move(shared)), parsed(std::move(value)), rule(std::move(name)), matcher(set), logic(set->tables()) {}

    Dissection body(const BodySignature& signature, const Subject& subject) {
        if (!applies(signature.target, subject)) return other_target(signature.target);
        Probed probed = BodyProbe(signature.body).look(subject.bytes, signature.offset);
        return {probed.matches, probed.share, std::move(probed.lines)};
    }

    Dissection logical(const LogicalSignature& signature, const Subject& subject) {
        if (!applies(signature.description.target, subject)) return other_target(signature.description.target);
        Dissection out;
        logic.begin(subject);
        out.matches = logic.match(0).has_value();
        const explain::Lines refusals = Admission(signature.description, subject).refusals();
        if (!out.matches) out.lines = refusals;
        double found = 0;
        for (std::size_t i = 0; i < signature.subsignatures.size(); ++i) found += tell(signature, i, subject, out);
        found /= static_cast<double>(signature.subsignatures.size());
        out.lines.push_back(std::string(out.matches ? "holds: " : "does not hold: ") + words_for(signature.expression));
        if (!out.matches) blame(signature.expression, out);
        out.share = out.matches ? 1 : std::min(0.99, found);
        return out;
    }

    // What must all hold, and does not.
    void blame(const Expression& expression, Dissection& out) {
        if (holds_alone(expression)) {
            out.lines.back() = "the expression holds; the description refuses";
            return;
        }
        const LogicNode& root = expression.back();
        if (root.op != LogicOp::both || root.comparison != Comparison::none) return;
        for (const std::uint16_t side : {root.left, root.right}) {
            const Expression part(expression.begin(), expression.begin() + side + 1);
            if (!holds_alone(part)) out.lines.push_back("missing: " + words_for(part));
        }
    }

    bool holds_alone(const Expression& expression) {
        class Counts final : public SubsignatureCounts {
        public:
            explicit Counts(LogicMatcher& logic) : logic_(logic) {}
            std::uint32_t count(std::uint8_t one) override { return logic_.count(0, one); }

        private:
            LogicMatcher& logic_;
        } counts(logic);
        return holds(expression, counts);
    }

    // How much of the subsignature was found.
    double tell(const LogicalSignature& signature, std::size_t number, const Subject& subject, Dissection& out) {
        const Subsignature& one = signature.subsignatures[number];
        const auto id = static_cast<std::uint8_t>(number);
        const std::uint32_t count = logic.count(0, id);
        const std::string begin = std::to_string(number) + ": ";
        if (count != 0) {
            const auto where = logic.where(0, id);
            const std::string at = where ? ", first at octet " + std::to_string(where->begin) : "";
            out.lines.push_back(begin + "found " + (count == 1 ? "once" : std::to_string(count) + " times (at least)") + at);
            return 1;
        }
        out.lines.push_back(begin + "not found");
        if (one.is_body()) return probe_bodies(one, subject, out);
        if (one.is_regex() && !holds_alone(one.trigger)) {
            out.lines.push_back("   not looked for, as its trigger does not hold: " + words_for(one.trigger));
        } else if (!one.is_regex()) {
            out.lines.push_back("   the number beside " + std::to_string(one.compare.beside) + " is another, or none");
        }
        return 0;
    }

    double probe_bodies(const Subsignature& one, const Subject& subject, Dissection& out) {
        Probed best;
        for (const clamav::Body& body : one.bodies) {
            Probed probed = BodyProbe(body).look(subject.bytes, one.offset);
            if (best.lines.empty() || probed.share > best.share) best = std::move(probed);
        }
        explain::append(out.lines, best.lines, 3);
        return best.share;
    }

    std::string hash_of(std::span<const std::byte> octets, DigestKind kind) {
        DigestKinds kinds;
        kinds.add(kind);
        const Digests all = hasher.digest(octets, kinds);
        const auto hex = [](const auto& digest) {
            return clamav::to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
        };
        return kind == DigestKind::md5 ? hex(all.md5) : kind == DigestKind::sha1 ? hex(all.sha1) : hex(all.sha256);
    }

    Dissection digest(const DigestSignature& signature, const Subject& subject) {
        const SignatureSet::Tables& tables = set->tables();
        Dissection out;
        out.matches = !matcher.match_digests(subject.bytes).empty() || set->allows(subject.bytes);
        if (tables.sections.size() != 0) tell_sections(signature, subject, out);
        else if (tables.imports.size() != 0) out.lines.emplace_back(out.matches ? "the import table is the one" : "no import table with this digest");
        else tell_content(signature, subject, out);
        if (out.matches) out.share = 1;
        return out;
    }

    void tell_content(const DigestSignature& signature, const Subject& subject, Dissection& out) {
        const bool size = signature.size == any_size || signature.size == subject.bytes.size();
        out.share = size ? 0.5 : 0;
        if (!size) out.lines.push_back("the content has " + counted(subject.bytes.size(), "octet") + ", asked for is " + size_words(signature.size));
        const std::string hash = hash_of(subject.bytes, signature.algorithm);
        out.lines.push_back((hash == signature.hash ? "its digest is the one: " : "its digest is another: ") + hash);
    }

    void tell_sections(const DigestSignature& signature, const Subject& subject, Dissection& out) {
        const ExecutableLayout layout = read_layout(subject.bytes);
        if (layout.sections.empty()) out.lines.emplace_back("the content is no program with sections");
        for (std::size_t i = 0; i < layout.sections.size() && i < most_sections_told; ++i) {
            const SectionRange& section = layout.sections[i];
            const bool size = signature.size == any_size || signature.size == section.size;
            out.share = std::max(out.share, size ? 0.5 : 0.1);
            std::string line = "section " + std::to_string(i) + " has " + counted(section.size, "octet");
            const auto begin = static_cast<std::uint64_t>(section.begin);
            const bool inside = section.begin >= 0 && begin + section.size <= subject.bytes.size();
            if (size && inside) line += " and the digest " + hash_of(subject.bytes.subspan(begin, section.size), signature.algorithm);
            out.lines.push_back(line + (size ? "" : ", asked for is " + size_words(signature.size)));
        }
    }

    Dissection member(const MemberSignature& signature, const MemberFacts& facts) {
        Dissection out;
        out.matches = !matcher.match_member(facts).empty();
        const MemberNumbers& wanted = signature.numbers;
        const auto range = [&](const char* what, const NumberRange& asked, std::uint64_t number) {
            if (!asked.holds(number)) out.lines.push_back(std::string(what) + " is " + std::to_string(number) + ", asked for is " + words_for(asked));
        };
        if (wanted.container != ContentType::any && wanted.container != facts.container) {
            out.lines.push_back("the container is " + words_for(facts.container) + ", asked for is " + words_for(wanted.container));
        }
        range("the size of the container", wanted.container_size, facts.container_size);
        range("the packed size", wanted.packed_size, facts.packed_size);
        range("the unpacked size", wanted.size, facts.size);
        range("the position", wanted.position, facts.position);
        const bool encrypted = wanted.encrypted == Encryption::yes;
        if (wanted.encrypted != Encryption::any && encrypted != facts.encrypted) {
            out.lines.emplace_back(facts.encrypted ? "the member is encrypted, asked for is one that is not"
                                                   : "the member is not encrypted, asked for is one that is");
        }
        if (!out.matches && out.lines.empty()) out.lines.emplace_back("all but the name (or its CRC) fits");
        if (out.matches) out.lines.emplace_back("the name and all numbers fit");
        out.share = out.matches ? 1 : 1.0 / static_cast<double>(1 + out.lines.size());
        return out;
    }

    Dissection rules(const yara::RuleSubject& subject) {
        const auto& compiled = set->tables().compiled_rules;
        if (!compiled) return {false, not_asked, {}};
        Dissection out;
        for (const Match& match : matcher.match_rules(subject).matches) out.matches = out.matches || match.name == rule;
        std::size_t found = 0;
        auto strings = yara::strings_of_rules(*compiled, subject.bytes);
        std::erase_if(strings, [&](const yara::RuleString& one) { return one.rule != rule; });
        for (const yara::RuleString& one : strings) {
            found += one.count != 0;
            std::string line = one.string + ": " + (one.count == 0 ? "not found" : "found " + counted(one.count, "time") + ", at octet");
            for (std::size_t i = 0; i < one.places.size(); ++i) line += (i == 0 ? " " : ", ") + std::to_string(one.places[i]);
            out.lines.push_back(line + (one.count > one.places.size() ? " ..." : ""));
        }
        out.lines.emplace_back(out.matches ? "the condition holds" : "the condition does not hold");
        out.share = out.matches ? 1 : 0.99 * static_cast<double>(found) / static_cast<double>(std::max<std::size_t>(1, strings.size()));
        return out;
    }
};

Dissector::Dissector(std::shared_ptr<const SignatureSet> set, Parsed parsed)
    : state_(std::make_unique<State>(std::move(set), std::move(parsed), "")) {}
Dissector::Dissector(std::shared_ptr<const SignatureSet> set, std::string rule)
    : state_(std::make_unique<State>(std::move(set), std::nullopt, std::move(rule))) {}
Dissector::~Dissector() = default;

Dissection Dissector::of(const Subject& subject) {
    if (!state_->parsed) return {false, not_asked, {}};
    if (const auto* body = std::get_if<BodySignature>(&*state_->parsed)) return state_->body(*body, subject);
    if (const auto* one = std::get_if<LogicalSignature>(&*state_->parsed)) return state_->logical(*one, subject);
    if (const auto* one = std::get_if<DigestSignature>(&*state_->parsed)) return state_->digest(*one, subject);
    return {false, not_asked, {}};
}

Dissection Dissector::of(const MemberFacts& facts) {
    const auto* member = state_->parsed ? std::get_if<MemberSignature>(&*state_->parsed) : nullptr;
    return member ? state_->member(*member, facts) : Dissection{false, not_asked, {}};
}

Dissection Dissector::of(const yara::RuleSubject& subject) {
    return state_->parsed ? Dissection{false, not_asked, {}} : state_->rules(subject);
}

}  // namespace postern::signatures
