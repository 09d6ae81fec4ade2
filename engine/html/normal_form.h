// SPDX-License-Identifier: Apache-2.0
// The forms in which signatures for HTML (target 3) look at a page, as ClamAV makes them:
//
//  no-comment  the page without comments: letters lower-case, white space folded to one blank and dropped
//              behind tags and in scripts, quotes of attributes and scripts double, references decoded;
//  no-tags     the text alone, and before the text of a link or picture its address.
//
// Both come from one walk by a machine of states that never looks back nor ahead, so its time is linear
// whatever the page does. The states are ClamAV's own, with their oddities: signatures were written by
// looking at what it makes. What is not followed is where ClamAV cuts a page into pieces of 8 KiB, since a
// blank that falls on such a border is lost there.
#pragma once

#include "mime/buffer.h"

#include <cstddef>
#include <span>
#include <vector>

namespace postern::engine::html {

struct NormalForms {
    mime::Buffer no_comment;
    mime::Buffer no_tags;
    std::vector<std::span<const std::byte>> scripts;  // pieces of the page, each with its end tag
};

// REQUIRES: the page outlives the result's scripts. Each form has at most twice the page's octets and a
// constant. Thread-safe.
NormalForms normal_forms(std::span<const std::byte> page);

}  // namespace postern::engine::html
