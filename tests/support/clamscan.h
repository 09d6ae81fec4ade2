// SPDX-License-Identifier: Apache-2.0
// The arbiter: what ClamAV's own scanner finds with the same signatures, where it is installed.
#pragma once

#include "tests/support/command.h"

#include <map>
#include <set>

namespace postern::tests {

// False: the tests that ask it skip, and golden files stand for its answers.
bool have_clamscan();

using Texts = std::vector<std::pair<std::string, std::string>>;  // name of a file, its octets

// The names found in each content, without clamscan's ".UNOFFICIAL". `words`: more options.
// A load that clamscan refuses is an answer too: under "" stand its complaints.
std::map<std::string, std::set<std::string>> clamscan(const Texts& sources, const Texts& contents,
                                                      const std::vector<std::string>& words = {});

}  // namespace postern::tests
