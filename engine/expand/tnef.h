// SPDX-License-Identifier: Apache-2.0
// TNEF (winmail.dat): the attachments that Outlook packs into one, each a member.
#pragma once

#include "engine/expand/expansion.h"

namespace postern::engine::expand {

void expand_tnef(Octets bytes, Expansion& expansion);

}  // namespace postern::engine::expand
