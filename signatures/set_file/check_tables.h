// SPDX-License-Identifier: Apache-2.0
// Do the numbers in the tables of a set point at something?
//
// The checksums say that a file is the one that was written; this says that what was written can be
// read by this program: the last guard against a file made by another one. For this folder alone.
#pragma once

#include "signatures/tables.h"

namespace postern::signatures::set_file {

// False: some row refers to another that is not there. Takes a pass over all rows but digests.
bool are_consistent(const SignatureSet::Tables& tables);

}  // namespace postern::signatures::set_file
