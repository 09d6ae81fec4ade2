// SPDX-License-Identifier: Apache-2.0
// Leads: the first two octets of every rule of the magic database.
//
// Asking libmagic costs some microseconds, and most contents of mail (text, decoded pictures, tables) begin
// like none of its rules. One look into a bit field tells.
#pragma once

#include "engine/octets.h"

namespace postern::engine::magic {

// False: no rule of the database can match. True: ask it.
bool could_know(Octets content);

}  // namespace postern::engine::magic
