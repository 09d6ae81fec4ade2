// SPDX-License-Identifier: Apache-2.0
// Planting: the entity that carries EICAR or an executable's look-alike, in each of the places
// where mail can carry one, and what the default policy says to it.
#pragma once

#include "corpora/generate/compose.h"

#include <string>

namespace postern::corpora {

// What a message is to carry. The n-th of its sort chooses place and kind, so that all of them
// occur.
struct Plant {
    enum class Sort : std::uint8_t { nothing, eicar, executable, zipped_executable };
    Sort sort = Sort::nothing;
    std::size_t n = 0;

    // False for nothing, and for what a zip takes out of the ban.
    bool rejected() const { return sort == Sort::eicar || sort == Sort::executable; }
};

struct Planted {
    Entity entity;
    std::string kind;   // "eicar", "pe", "name"
    std::string name;   // of the file; empty when it stands in text
    std::string where;  // "base64-attachment", "nested-zip"
};

// REQUIRES: plant.sort is not nothing.
Planted planted_entity(Random& random, const Plant& plant);

// How many plants of the sort it takes until every kind and place has occurred.
std::size_t kinds_of(Plant::Sort sort);

}  // namespace postern::corpora
