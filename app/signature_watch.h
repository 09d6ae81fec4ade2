// SPDX-License-Identifier: Apache-2.0
// SignatureWatch: looks over the shoulder of a scan with one signature and takes every question apart.
#pragma once

#include "app/signature_argument.h"
#include "engine/subject_watch.h"
#include "signatures/dissect/dissector.h"

#include <memory>
#include <string>
#include <vector>

namespace postern::app {

class SignatureWatch final : public engine::SubjectWatch {
public:
    enum class Tell : std::uint8_t { closest, all };

    // REQUIRES: `set` was built of this argument.
    SignatureWatch(std::shared_ptr<const signatures::SignatureSet> set, const SignatureArgument& argument,
                   std::string name);

    void subject(const engine::WatchedSubject& watched) override;
    void rules(const signatures::yara::RuleSubject& subject) override;
    void member(std::string_view path, const signatures::MemberFacts& facts) override;

    const std::string& name() const { return name_; }
    // True where one of the contents matched.
    bool matched() const;
    // Each content and what came of it: those that match, or the closest and the names of the others.
    std::string text(Tell tell) const;

private:
    struct Seen {
        std::string what;  // "1/a.pdf, as it stands (pdf, 12 octets)"
        signatures::Dissection dissection;
    };
    void add(std::string what, signatures::Dissection dissection);

    std::string name_;
    std::unique_ptr<signatures::Dissector> dissector_;
    std::string last_;  // the content that came last, as it stands
    std::vector<Seen> seen_;
};

}  // namespace postern::app
