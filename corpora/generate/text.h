// SPDX-License-Identifier: Apache-2.0
// Text: sentences as office mail has them, built from phrases, in four languages.
//
// What matters for tests and benchmarks is that the octets are those of text: letters in the
// frequencies of the language, words that recur, UTF-8 where the language needs it.
#pragma once

#include "corpora/generate/random.h"

#include <string>
#include <string_view>

namespace postern::corpora {

enum class Language : std::uint8_t { english, german, french, japanese };

struct Person {
    std::string_view name;     // UTF-8
    std::string_view address;  // of a domain kept for examples (RFC 2606)
};

Language pick_language(Random& random);
const Person& pick_person(Random& random);
// "quarterly report"; UTF-8 and fit for a file's name.
std::string_view pick_title(Random& random, Language language);

// Sentences without line ends, at least `size` octets of them.
std::string sentences(Random& random, Language language, std::size_t size);
// Paragraphs with lines of up to 72 characters or so and CRLF; about `size` octets.
std::string paragraphs(Random& random, Language language, std::size_t size);

}  // namespace postern::corpora
