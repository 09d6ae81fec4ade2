// SPDX-License-Identifier: Apache-2.0
// Scanning runs the databases of Target::any and of the subject's target over the octets; finishing
// settles what is left: candidates, signatures that are looked at in one place, and the slow ones.
#include "signatures/matcher.h"

#include "signatures/hit_checker.h"
#include "signatures/logic_matcher.h"
#include "signatures/lookup.h"
#include "signatures/program_digests.h"

#include <algorithm>
#include <array>
#include <optional>

namespace postern::signatures {

namespace {

constexpr std::size_t chunk_length = std::size_t{1} << 20;
constexpr std::size_t overlap = anchor_length - 1;

// Encoded text shorter than this is searched like the rest: two databases cost more than they
// spare.
constexpr std::size_t least_encoded = 256;

}  // namespace

std::vector<Chunk> chunks_of(std::size_t content_size) {
    // The last chunk takes what would be less than a whole one.
    const std::size_t count = std::max<std::size_t>(1, content_size / chunk_length);
    std::vector<Chunk> chunks;
    for (std::size_t i = 0; i < count; ++i) {
        chunks.push_back({i * chunk_length, (i + 1) * chunk_length});
    }
    chunks.back().end = content_size;
    return chunks;
}

struct Matcher::State {
    std::shared_ptr<const SignatureSet> set;
    const SignatureSet::Tables& tables;
    Scratch scratch;
    Settled settled;
    RuleTallies tallies;
    Sweep sweep;
    LogicMatcher logic;
    Hasher hasher;
    std::vector<Stretch> stretches;  // keeps its memory
    Candidates kept;  // for what is matched in one call; keeps its memory
    std::optional<yara::RuleScanner> rules;  // made when first asked for

    explicit State(std::shared_ptr<const SignatureSet> shared)
        : set(std::move(shared)),
          tables(set->tables()),
          scratch(Scratch::like(*tables.scratch)),
          settled(tables.signatures.size()),
          tallies(*set),
          sweep(tables.programs),
          logic(tables) {}

    // The tables that apply; the second is null where there is only the first.
    std::array<const TargetTables*, 2> lanes(Target target) const {
        const auto number = static_cast<std::size_t>(target);
        const bool own = number > 0 && number < target_count;
        return {&tables.targets[0], own ? &tables.targets[number] : nullptr};
    }

    void scan_plain(const Subject& subject, Chunk range, HitChecker& checker) {
        if (subject.alphabet != Alphabet::octets || !tells_alphabets(subject.target)) {
            return scan_stretch(subject, range, subject.alphabet, checker);
        }
        find_stretches(subject.bytes, range.begin, range.end, stretches);
        for (const Stretch& stretch : stretches) {
            // What crosses the border between two stretches is not all text.
            const bool all = stretch.alphabet == Alphabet::octets;
            const Chunk wider{stretch.begin - std::min(stretch.begin - range.begin, overlap),
                              std::min(range.end, stretch.end + overlap)};
            scan_stretch(subject, all ? wider : Chunk{stretch.begin, stretch.end},
                         stretch.alphabet, checker);
        }
    }

    bool tells_alphabets(Target target) const {
        const auto own = [](const TargetTables* lane) {
            return lane && lane->has_own[static_cast<std::size_t>(Alphabet::text)];
        };
        const auto both = lanes(target);
        return own(both[0]) || own(both[1]);
    }

    void scan_stretch(const Subject& subject, Chunk range, Alphabet alphabet,
                      HitChecker& checker) {
        checker.begin_at(range.begin);
        const Octets octets = subject.bytes.subspan(range.begin, range.end - range.begin);
        for (const TargetTables* lane : lanes(subject.target)) {
            if (lane) lane->prefilter(alphabet).scan(octets, scratch, checker);
        }
    }

    // Only what consists of base64 text can stand in base64 text: few bodies, found by samples, and
    // hardly any that need a database.
    void scan_encoded(Octets content, Chunk range, HitChecker& checker) {
        checker.begin_at(range.begin);
        const Octets octets = content.subspan(range.begin, range.end - range.begin);
        for (const TargetTables* lane : lanes(Target::mail)) {
            lane->sampled.scan(octets, checker);
            lane->encoded.scan(octets, scratch, checker);
        }
    }

    Candidates& none_yet() {
        kept.data().found.clear();
        kept.data().candidates.clear();
        return kept;
    }

    std::vector<Match> finish(const Subject& subject, Candidates::Data& data);
    std::vector<std::uint32_t> take_legs(std::vector<std::uint32_t>& candidates) const;
    void match_logic(const Subject& subject, std::vector<std::uint32_t> numbers,
                     std::vector<Match>& matches);
    void settle(std::uint32_t signature, Octets content, StartRanges& ranges,
                std::vector<FoundRow>& found);
    std::vector<Match> matches_of(std::vector<FoundRow>& found);
};

namespace {

// Chunks tell of the same signature each; it is looked at once.
void make_set(std::vector<std::uint32_t>& numbers) {
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

// Names break ties, so the order does not depend on how signatures are numbered.
void sort_matches(std::vector<Match>& matches) {
    std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
        return std::tie(a.offset, a.name, a.length) < std::tie(b.offset, b.name, b.length);
    });
}

}  // namespace

std::vector<Match> Matcher::State::finish(const Subject& subject, Candidates::Data& data) {
    std::vector<std::uint32_t> logical = take_legs(data.candidates);
    std::vector<std::uint32_t> placed;
    for (const TargetTables* lane : lanes(subject.target)) {
        if (!lane) continue;
        placed.insert(placed.end(), lane->placed.begin(), lane->placed.end());
        data.candidates.insert(data.candidates.end(), lane->slow.begin(), lane->slow.end());
        logical.insert(logical.end(), lane->slow_logic.begin(), lane->slow_logic.end());
    }
    // A leg in its one place is left to the signature, which asks for it first.
    const std::vector<std::uint32_t> legs = take_legs(placed);
    logical.insert(logical.end(), legs.begin(), legs.end());
    data.candidates.insert(data.candidates.end(), placed.begin(), placed.end());
    make_set(data.candidates);
    StartRanges ranges(subject.bytes);
    for (const std::uint32_t signature : data.candidates) {
        settle(signature, subject.bytes, ranges, data.found);
    }
    std::vector<Match> matches = matches_of(data.found);
    if (!logical.empty()) match_logic(subject, std::move(logical), matches);
    return matches;
}

// Takes the legs out of them: the logical signatures that they are of.
std::vector<std::uint32_t> Matcher::State::take_legs(std::vector<std::uint32_t>& candidates) const {
    std::vector<std::uint32_t> logical;
    std::erase_if(candidates, [&](std::uint32_t signature) {
        const SignatureRow& row = tables.signatures[signature];
        if (row.is_leg()) logical.push_back(row.logic);
        return row.is_leg();
    });
    return logical;
}

void Matcher::State::match_logic(const Subject& subject, std::vector<std::uint32_t> numbers,
                                 std::vector<Match>& matches) {
    make_set(numbers);
    logic.begin(subject);
    for (const std::uint32_t number : numbers) {
        RuleTally& tally = tallies.logical(number);
        const auto where = [&] {
            const Timed timed(tally);
            return logic.match(number);
        }();
        if (!where) continue;
        ++tally.hits;
        const std::string_view name = tables.names.at(tables.logic.rows[number].name);
        matches.push_back({name, where->begin, where->end - where->begin});
    }
    sort_matches(matches);
}

// One signature over the whole content, whatever brought it here.
void Matcher::State::settle(std::uint32_t signature, Octets content, StartRanges& ranges,
                            std::vector<FoundRow>& found) {
    const SignatureRow& row = tables.signatures[signature];
    const auto range = ranges.of(row.offset);
    if (!range) return;
    const Timed timed(tallies.body(signature));
    const auto where = sweep.lowest(tables.programs.parts_of(row.body), content, *range);
    if (where) found.push_back({signature, *where});
}

std::vector<Match> Matcher::State::matches_of(std::vector<FoundRow>& found) {
    std::sort(found.begin(), found.end(), [](const FoundRow& a, const FoundRow& b) {
        return std::tie(a.signature, a.where.begin, a.where.end) <
               std::tie(b.signature, b.where.begin, b.where.end);
    });
    std::vector<Match> matches;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (i > 0 && found[i].signature == found[i - 1].signature) continue;
        const SignatureRow& row = tables.signatures[found[i].signature];
        const Found& where = found[i].where;
        ++tallies.body(found[i].signature).hits;
        matches.push_back({tables.names.at(row.name), where.begin, where.end - where.begin});
    }
    sort_matches(matches);
    return matches;
}

Matcher::Matcher(std::shared_ptr<const SignatureSet> set)
    : state_(std::make_unique<State>(std::move(set))) {}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;

void Matcher::scan(const Subject& subject, Chunk chunk, Candidates& candidates) {
    const std::size_t size = subject.bytes.size();
    const std::size_t begin = std::min(chunk.begin, size);
    // A literal that begins in the chunk may end in the next one.
    const std::size_t end = std::min(size, std::max(begin, chunk.end) + overlap);
    state_->settled.begin();
    HitChecker checker(state_->tables, subject, {state_->settled, state_->tallies, candidates.data()});
    state_->scan_plain(subject, {begin, end}, checker);
}

std::vector<Match> Matcher::finish(const Subject& subject, Candidates& candidates) {
    return state_->finish(subject, candidates.data());
}

std::vector<Match> Matcher::match_digests(std::span<const std::byte> content) {
    std::vector<Match> matches = match_program_digests(state_->tables, content, state_->hasher);
    const DigestKinds kinds = state_->set->wanted_digests(content.size());
    if (kinds.empty()) return matches;
    const Digests digests = state_->hasher.digest(content, kinds);
    for (const std::uint32_t name : names_of(state_->tables.digests, digests, content.size())) {
        matches.push_back({state_->tables.names.at(name), 0, content.size()});
    }
    sort_matches(matches);
    return matches;
}

yara::RuleMatches Matcher::match_rules(const yara::RuleSubject& subject) {
    if (!state_->tables.compiled_rules) return {};
    if (!state_->rules) state_->rules.emplace(state_->tables.compiled_rules);
    yara::RuleMatches found = state_->rules->scan(subject);
    for (const std::size_t number : found.rules) ++state_->tallies.rule(number).hits;
    return found;
}

const RuleTallies& Matcher::tallies() const {
    return state_->tallies;
}

std::vector<Match> Matcher::match_member(const MemberFacts& facts) {
    const MemberTable& members = state_->tables.members;
    std::vector<Match> matches;
    for (const std::uint32_t row : matching_rows(members, facts, state_->scratch)) {
        ++state_->tallies.member(row).hits;
        matches.push_back({state_->tables.names.at(members.rows[row].name), 0, 0});
    }
    sort_matches(matches);
    return matches;
}

std::uint64_t Matcher::regexes_given_up() const {
    return state_->logic.regexes_given_up();
}

std::vector<Match> Matcher::match(const Subject& subject) {
    Candidates& candidates = state_->none_yet();
    scan(subject, {0, subject.bytes.size()}, candidates);
    std::vector<Match> matches = finish(subject, candidates);
    const std::vector<Match> known = match_digests(subject.bytes);
    if (known.empty()) return matches;
    matches.insert(matches.end(), known.begin(), known.end());
    sort_matches(matches);
    return matches;
}

std::vector<Match> Matcher::match_raw_mail(std::span<const std::byte> message,
                                           std::span<const Chunk> encoded) {
    Candidates& candidates = state_->none_yet();
    state_->settled.begin();
    const Subject subject{message, Target::mail};
    HitChecker checker(state_->tables, subject, {state_->settled, state_->tallies, candidates.data()});
    const std::size_t border = state_->tables.encoded_border;
    std::size_t plain = 0;  // where the octets begin that no range has covered
    const auto scan_until = [&](std::size_t end) {
        // What crosses the border of encoded text may have its anchor inside.
        const Chunk range{plain - std::min(plain, border), std::min(message.size(), end + border)};
        state_->scan_plain(subject, range, checker);
    };
    for (const Chunk& chunk : encoded) {
        const std::size_t begin = std::clamp(chunk.begin, plain, message.size());
        const std::size_t end = std::clamp(chunk.end, begin, message.size());
        if (end - begin < least_encoded) continue;
        scan_until(begin);
        state_->scan_encoded(message, {begin, end}, checker);
        plain = end;
    }
    scan_until(message.size());
    return state_->finish(subject, candidates.data());
}

}  // namespace postern::signatures
