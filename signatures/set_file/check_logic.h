// SPDX-License-Identifier: Apache-2.0
// Do the numbers in the tables of logical signatures point at something? See check_tables.h. For this
// folder alone.
#pragma once

#include "signatures/tables.h"

namespace postern::signatures::set_file {

// Also that asking comes to an end: operands stand before what is made of them, triggers name
// earlier subsignatures, expressions are no deeper than a reader makes them.
bool is_logic_consistent(const SignatureSet::Tables& tables);

}  // namespace postern::signatures::set_file
