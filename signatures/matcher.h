// SPDX-License-Identifier: Apache-2.0
// Matcher: one worker's scratch for a set, and the match of one content against it.
//
// A content is matched in three steps, so that a large one can be scanned by all cores:
//   Candidates found;                                  // one per chunk, or one for all chunks
//   matcher.scan(content, chunk, found);               // for each chunk of chunks_of(content)
//   found.merge(std::move(other));                     // when chunks had their own
//   std::vector<Match> matches = matcher.finish(content, found);
// Whatever the chunks, the matches are the same: at most one per signature and content, at the
// lowest offset where it matches, sorted by offset, then name.
//
// A Matcher is for one thread at a time, and nobody may wait for another task while using it.
// A SignatureSet is shared.
#pragma once

#include "signatures/alphabet.h"
#include "signatures/content_type.h"
#include "signatures/match.h"
#include "signatures/member.h"
#include "signatures/rule_tallies.h"
#include "signatures/signature_set.h"
#include "signatures/yara/rule_scanner.h"

#include <span>
#include <string_view>
#include <vector>

namespace postern::signatures {

// What is matched. REQUIRES: `bytes` and `containers` stay where they are from the first scan() to
// finish(); no octet is outside `alphabet`.
struct Subject {
    std::span<const std::byte> bytes;
    Target target = Target::other;  // signatures of this target and of Target::any apply
    Alphabet alphabet = Alphabet::octets;
    // What the content lies in, its immediate parent first; empty: in nothing.
    std::span<const ContentType> containers{};
};

struct Chunk {
    std::size_t begin = 0;
    std::size_t end = 0;
};

// What the prefilter left to look at again: grows with hits, not with content.
class Candidates {
public:
    Candidates();
    ~Candidates();
    Candidates(Candidates&&) noexcept;
    Candidates& operator=(Candidates&&) noexcept;
    void merge(Candidates&& other);

    struct Data;
    Data& data() { return *data_; }

private:
    std::unique_ptr<Data> data_;
};

// Chunks for scanning one content in parallel: one for a small content. Each is looked at with what
// it needs of its neighbours, so nothing is lost at a border.
std::vector<Chunk> chunks_of(std::size_t content_size);

class Matcher {
public:
    // Throws std::bad_alloc when scratch cannot be had.
    explicit Matcher(std::shared_ptr<const SignatureSet> set);
    ~Matcher();
    Matcher(Matcher&&) noexcept;

    void scan(const Subject& subject, Chunk chunk, Candidates& candidates);
    std::vector<Match> finish(const Subject& subject, Candidates& candidates);

    // Digest signatures of the whole content and, where it is a PE file, of its sections and its
    // import table; computes only what the set wants for their sizes.
    std::vector<Match> match_digests(std::span<const std::byte> content);

    // Container signatures that a member of a container matches by what the container says of it;
    // neither offset nor length mean anything. Sorted by name.
    std::vector<Match> match_member(const MemberFacts& facts);

    // YARA rules, over the whole content in the calling thread; nothing at once in a set without.
    yara::RuleMatches match_rules(const yara::RuleSubject& subject);

    // How many regular expressions were given up, so far, because they took too long.
    std::uint64_t regexes_given_up() const;

    // What each rule cost so far, and what came of it. Not while this matches.
    const RuleTallies& tallies() const;

    // The first three at once, for content that is small or already in parallel with other content.
    std::vector<Match> match(const Subject& subject);

    // The message as it travelled. Only signatures of Target::any and Target::mail apply. The
    // octets inside `encoded` (sorted ranges of base64 text) can only match what consists of such
    // text; they are searched for nothing else, so looking at raw mail costs next to nothing.
    std::vector<Match> match_raw_mail(std::span<const std::byte> message,
                                      std::span<const Chunk> encoded);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::signatures
