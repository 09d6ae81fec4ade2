// SPDX-License-Identifier: Apache-2.0
// The literal databases of a set: which literals stand in which, and compiling them.
//
// For this folder alone. A target has a prefilter for each alphabet and one for what encoded text
// can hold; all of a set are compiled at once, on as many threads as there are.
#pragma once

#include "signatures/tables.h"

#include <array>
#include <string_view>
#include <vector>

namespace postern::signatures {

struct BucketLiteral {
    std::string_view octets;
    Target target = Target::any;
    bool caseless = false;  // in lower case, found in any
};

// By target: what is to be found in the midst of base64 text as well.
using EncodedTexts = std::array<std::vector<SampledText>, target_count>;

// Bucket i looks for literals[i]. Fills the databases and what statistics say of them.
// Throws std::runtime_error when Hyperscan refuses, std::bad_alloc.
void build_databases(const std::vector<BucketLiteral>& literals, EncodedTexts& encoded,
                     unsigned threads, SignatureSet::Tables& tables);

}  // namespace postern::signatures
