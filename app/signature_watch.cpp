// SPDX-License-Identifier: Apache-2.0
#include "app/signature_watch.h"

#include "app/errors.h"
#include "engine/identify.h"

#include <algorithm>

namespace postern::app {

namespace {

std::string place(std::string_view path) { return path.empty() ? "the message" : engine::printable_name(path); }

std::unique_ptr<signatures::Dissector> dissector_for(std::shared_ptr<const signatures::SignatureSet> set,
                                                     const SignatureArgument& argument, const std::string& name) {
    if (argument.format == signatures::Format::yara) {
        return std::make_unique<signatures::Dissector>(std::move(set), name);
    }
    signatures::Diagnostics told;
    auto parsed = parse_line(argument.format, argument.text, "", told);
    if (!parsed) throw UsageError("the signature does not load");
    return std::make_unique<signatures::Dissector>(std::move(set), std::move(*parsed));
}

}  // namespace

SignatureWatch::SignatureWatch(std::shared_ptr<const signatures::SignatureSet> set, const SignatureArgument& argument,
                               std::string name)
    : name_(std::move(name)), dissector_(dissector_for(std::move(set), argument, name_)) {}

void SignatureWatch::add(std::string what, signatures::Dissection dissection) {
    if (dissection.lines.empty()) return;
    seen_.push_back({std::move(what), std::move(dissection)});
}

void SignatureWatch::subject(const engine::WatchedSubject& watched) {
    const std::string what = place(watched.path) + ", " + std::string(watched.form) + " (" +
                             std::string(engine::name_of(watched.type)) + ", " +
                             std::to_string(watched.subject.bytes.size()) + " octets)";
    // Rules see no normal form.
    if (watched.form == "as it stands") last_ = what;
    add(what, dissector_->of(watched.subject));
}

void SignatureWatch::rules(const signatures::yara::RuleSubject& subject) { add(last_, dissector_->of(subject)); }

void SignatureWatch::member(std::string_view path, const signatures::MemberFacts& facts) {
    add(place(path) + ", as its container lists it", dissector_->of(facts));
}

bool SignatureWatch::matched() const {
    return std::any_of(seen_.begin(), seen_.end(), [](const Seen& one) { return one.dissection.matches; });
}

std::string SignatureWatch::text(Tell tell) const {
    double most = -1;
    for (const Seen& one : seen_) most = std::max(most, one.dissection.share);
    std::string out;
    std::string others;
    bool told = false;
    for (const Seen& one : seen_) {
        const bool closest = one.dissection.share == most && (!told || one.dissection.matches);
        if (tell == Tell::closest && !one.dissection.matches && !(closest && !matched())) {
            others += "  also looked at: " + one.what + '\n';
            continue;
        }
        told = true;
        out += "  " + one.what + ": " + (one.dissection.matches ? "matches" : "no") + '\n';
        for (const std::string& line : one.dissection.lines) out += "      " + line + '\n';
    }
    return out + others;
}

}  // namespace postern::app
