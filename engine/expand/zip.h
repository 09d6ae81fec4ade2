// SPDX-License-Identifier: Apache-2.0
// Zip: the members that the survey found, unpacked in every way that one of their headers claims.
#pragma once

#include "engine/expand/expansion.h"

namespace postern::engine::expand {

void expand_zip(Octets archive, Expansion& expansion);

}  // namespace postern::engine::expand
