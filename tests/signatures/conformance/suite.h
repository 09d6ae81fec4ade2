// SPDX-License-Identifier: Apache-2.0
// The conformance suite: generated signatures and the contents that they meet, by kind.
//
// A kind is one set: all its sources are loaded together, and every signature meets every content of
// the kind. A case is a pair that a generator made on purpose: a signature and a content that it
// matches, or nearly does (one nibble off, one octet too far, one count short, of another type).
// Generators do not say which of the two it is: clamscan does, and the golden file where there is
// none. The same seeds give the same cases on every machine.
#pragma once

#include "tests/signatures/support.h"
#include "tests/support/clamscan.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postern::signatures::tests {

struct Case {
    std::string signature;
    std::string content;
};

struct Kind {
    std::string name;
    postern::tests::Texts sources;   // file name, text
    postern::tests::Texts contents;  // file name, octets
    std::vector<Case> cases;
};

// Makes one kind. Names of signatures and contents are numbered, so that a failure can be looked up.
class KindMaker {
public:
    KindMaker(std::string name, std::uint32_t seed) : random_(seed) { kind_.name = std::move(name); }

    // The name of the signature that is added next.
    std::string next(std::string_view about) {
        last_ = std::string(about) + numbered("-", ++signatures_);
        return last_;
    }

    // A line of a source; contents that follow are its cases.
    void line(const std::string& file, const std::string& text) {
        for (auto& [name, source] : kind_.sources) {
            if (name == file) return void(source += text + '\n');
        }
        kind_.sources.emplace_back(file, text + '\n');
    }
    void ndb(std::string_view about, const std::string& rest) {
        const std::string name = next(about);
        line("t.ndb", name + ':' + rest);
    }
    void ldb(std::string_view about, const std::string& rest) {
        const std::string name = next(about);
        line("t.ldb", name + ';' + rest);
    }

    // A case of the signature added last. Equal contents are one file.
    void meet(const std::string& octets, std::string_view ending = "bin") {
        meet_named(content(octets, ending));
    }
    void meet_named(const std::string& content) { kind_.cases.push_back({last_, content}); }

    // A content that several signatures meet: its name.
    std::string content(const std::string& octets, std::string_view ending = "bin") {
        for (const auto& [name, other] : kind_.contents) {
            if (other == octets) return name;
        }
        kind_.contents.emplace_back(numbered("c", kind_.contents.size()) + '.' + std::string(ending), octets);
        return kind_.contents.back().first;
    }

    Random& random() { return random_; }
    std::string octets(std::size_t n);  // of no type and no pattern
    // `octets` within a content that is of no type, is no text, and holds nothing of the kind else.
    std::string within(const std::string& octets);
    Kind take() { return std::move(kind_); }

private:
    Kind kind_;
    Random random_;
    std::string last_;
    std::size_t signatures_ = 0;
};

// One nibble of the octet at `place` changed.
std::string nibble_off(std::string octets, std::size_t place, bool high);

// The generators, one file a group.
void add_body_kinds(std::vector<Kind>& out);
void add_place_kinds(std::vector<Kind>& out);
void add_target_kinds(std::vector<Kind>& out);
void add_digest_kinds(std::vector<Kind>& out);
void add_logic_kinds(std::vector<Kind>& out);
void add_number_kinds(std::vector<Kind>& out);
void add_description_kinds(std::vector<Kind>& out);
void add_text_kinds(std::vector<Kind>& out);

std::vector<Kind> all_kinds();

// What the generators made of a kind, in one line: answers stand for these cases and no others.
// Octets that a library wrote (archives, their digests) are not in it: another release may differ.
std::string made(const Kind& kind);

}  // namespace postern::signatures::tests
