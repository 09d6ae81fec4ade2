// SPDX-License-Identifier: Apache-2.0
// PDF: each of its streams (attached files, scripts, pictures, packed objects) with its filters undone.
#pragma once

#include "engine/expand/expansion.h"

namespace postern::engine::expand {

// Members are named "stream-N", counted from 1 as they stand in the file. What cannot be undone (a picture's
// own compression) is delivered as far as it was; damage is not told, since honest PDFs are full of it.
void expand_pdf(Octets bytes, Expansion& expansion);

}  // namespace postern::engine::expand
