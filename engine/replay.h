// SPDX-License-Identifier: Apache-2.0
// Replay: what a new signature set does to mail whose worth is known, beside what the old one did.
//
// Each message is scanned by both sets elsewhere; here the verdicts are counted, by message and by
// rule, and judged: a set that hits known-good mail, or loses known-bad mail, must not go live.
//
// Invariants
//  (1) Only signatures count. What policy thinks of types, sizes and names is the same for both sets.
//  (2) A rule counts once a message, however often it stands there.
//  (3) Memory grows with rules and not with messages: of these only the first few are kept by name.
//
// For one thread at a time.
#pragma once

#include "engine/verdict.h"
#include "signatures/rule_tallies.h"

#include <map>
#include <string>
#include <vector>

namespace postern::engine {

// What is known of a message before any set has looked at it.
enum class Known : std::uint8_t { nothing, good, bad };

// One message as both sets saw it.
struct Replayed {
    std::string path;  // for people
    Known known = Known::nothing;
    Verdict now;
    Verdict before;  // without an old set: as it is made
    double seconds_now = 0;
    double seconds_before = 0;
};

struct RuleTally {
    std::size_t now = 0;  // messages hit by the new set
    std::size_t before = 0;
    std::size_t gained = 0;  // messages hit now and not before
    std::size_t lost = 0;    // the other way round
    std::size_t known_good = 0;  // of `now`
    std::size_t known_bad = 0;
    std::string example;  // the first known-good message hit
    double microseconds = 0;  // of verifying it, all messages; of a YARA rule not known
    std::uint64_t verifications = 0;
};

// What one set did.
struct SetTally {
    std::size_t messages_hit = 0;
    std::size_t partial = 0;  // messages not looked at whole
    double seconds = 0;       // of scanning, all threads
};

// How many messages may be wrong before the set is refused.
struct ReplayLimits {
    std::size_t false_positives = 0;  // known-good messages that the new set hits
    std::size_t lost = 0;             // known-bad ones that the old set hits and the new one does not
};

class Replay {
public:
    // Without an old set every known-bad message counts as one that it would have hit.
    enum class Against : std::uint8_t { nothing, old_set };
    static constexpr std::size_t examples = 5;

    explicit Replay(Against against) : against_(against) {}
    void count(const Replayed& message);
    // What the rules of the new set cost, once all messages are counted.
    void count(const std::vector<signatures::RuleUse>& uses);

    // Reasons to refuse, a sentence each; empty: the set holds within the limits.
    std::vector<std::string> refusals(const ReplayLimits& limits) const;

    // Rules in the order that people look for them: most known-good messages first, then most
    // changed, then by name; at most `most_rules` in the text, all in the JSON line. A rule that hit nothing
    // stands there for what it cost.
    std::string text(const ReplayLimits& limits) const;
    std::string json(const ReplayLimits& limits) const;

    // The rules of the new set that took the most time, for people; empty: none was looked at.
    std::string dearest() const;

    std::size_t messages() const { return messages_; }

private:
    using Row = std::pair<const std::string, RuleTally>;
    std::vector<const Row*> worst_first() const;
    std::size_t known(Known what) const { return known_[static_cast<std::size_t>(what)]; }
    std::string table() const;
    std::vector<const Row*> by_time() const;
    std::string blamed() const;
    bool compares() const { return against_ == Against::old_set; }

    Against against_;
    std::map<std::string, RuleTally> rules_;
    SetTally now_;
    SetTally before_;
    std::size_t messages_ = 0;
    std::uint64_t bytes_ = 0;
    std::size_t known_[3]{};
    std::size_t false_positives_ = 0;
    std::size_t lost_ = 0;
    std::size_t missed_ = 0;                    // known bad, hit by neither
    std::vector<std::string> lost_examples_;
};

}  // namespace postern::engine
