// SPDX-License-Identifier: Apache-2.0
// OLE2 compound files ([MS-CFB]: old Office documents, Outlook messages, installers): each of their streams.
#pragma once

#include "engine/expand/expansion.h"

namespace postern::engine::expand {

// Every stream that the directory names, whether or not its tree leads there; a file embedded by an
// "Ole10Native" stream is a member too, by its own name. Damage is not told: what can be read is delivered.
void expand_compound(Octets bytes, Expansion& expansion);

}  // namespace postern::engine::expand
