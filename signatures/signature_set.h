// SPDX-License-Identifier: Apache-2.0
// SignatureSet: all rules, compiled, immutable, shared by every worker. Start with SetBuilder.
//
// Compile slowly into something that never changes; scan with one Matcher per worker. The literal
// prefilter (Hyperscan, one database a target) says where a signature could be; the verifier looks
// at the whole signature around that place.
//
// Invariants
//  (1) A set never changes after build(); any number of threads may read it.
//  (2) The same sources give the same generation, in whatever order they were added.
#pragma once

#include "signatures/diagnostic.h"
#include "signatures/digest.h"
#include "signatures/target.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace postern::signatures {

struct SetStatistics {
    std::size_t body_signatures = 0;
    std::size_t logical_signatures = 0;
    std::size_t digest_signatures = 0;
    std::size_t allowed_digests = 0;
    std::size_t yara_rules = 0;       // that are reported
    std::size_t section_digests = 0;  // of PE sections
    std::size_t import_digests = 0;   // of PE import tables
    std::size_t member_signatures = 0;  // about members of containers
    std::size_t ignored_names = 0;    // lines of ign2
    std::size_t ignored = 0;          // signatures that they took out
    std::size_t anchors = 0;          // distinct literals looked for
    std::size_t short_anchors = 0;    // of these, too short to be cheap
    std::size_t slow_signatures = 0;  // without any usable literal
    std::size_t slow_logical = 0;     // logical ones, tried on all content that they admit
    std::size_t unsupported = 0;      // lines left out because the engine cannot do what they ask
    std::size_t unwanted = 0;         // left out, as nobody asked for what is only unwanted
    std::size_t errors = 0;           // lines left out because they are wrong
    std::size_t database_bytes = 0;
};

class SignatureSet {
public:
    struct Tables;  // tables.h: for this folder alone
    explicit SignatureSet(std::unique_ptr<const Tables> tables);
    ~SignatureSet();

    // SHA-256 of the canonical content, in lower-case hex.
    std::string_view generation() const;
    const SetStatistics& statistics() const;

    // Which digests of a content of this size could be in the set; empty for most sizes.
    DigestKinds wanted_digests(std::uint64_t size) const;
    // True when the set has an allow-list, so that a content with findings must be looked up.
    bool has_allow_list() const;
    // True when the set has YARA rules: a content is then worth describing to them.
    bool has_rules() const;
    // True when the allow-list holds the content: nothing inside it is then reported.
    bool allows(std::span<const std::byte> content) const;

    const Tables& tables() const { return *tables_; }

private:
    std::unique_ptr<const Tables> tables_;
};

// What to do with a container (.cvd .cld .cud) that no key vouches for.
enum class Unverified : std::uint8_t { refuse, accept };
// Potentially unwanted programs: .ndu .ldu .hdu .hsu .mdu .msu.
enum class Unwanted : std::uint8_t { leave_out, load };
// Whether the set says what its signatures were written as: for sets that are written to a file.
enum class KeepLines : std::uint8_t { no, yes };

struct SourceOptions {
    Unverified unverified = Unverified::refuse;
    Unwanted unwanted = Unwanted::leave_out;
    KeepLines lines = KeepLines::no;
};

// Collects sources and compiles them.
class SetBuilder {
public:
    explicit SetBuilder(SourceOptions options = {});
    ~SetBuilder();

    // Keys for the containers that are added from now on; their text is described in
    // container_keys.h. Lines that are no keys are told by diagnostics().
    void add_keys(std::string_view name, std::string_view text);

    // The signatures that every set holds: EICAR.
    void add_built_in();
    // A file, or every signature file of a folder (recursively, in sorted order). What is wrong
    // with a source is told by diagnostics(). A file that cannot be read, or whose name no format
    // has, is an error.
    void add_path(const std::filesystem::path& path);
    // Text of a source, or the octets of a container; `name` as its file would be called ("x.ndb").
    void add_text(std::string_view name, std::string_view text);

    const Diagnostics& diagnostics() const;

    // REQUIRES: called once. Uses `threads` threads (0: all).
    std::shared_ptr<const SignatureSet> build(unsigned threads = 0);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::signatures
