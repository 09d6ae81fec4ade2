// SPDX-License-Identifier: Apache-2.0
// Manifest: what `corpus generate` wrote down about the messages of a folder, or somebody else in its way.
//
// manifest.jsonl lies in the folder and has a line for each message:
//   {"path": "000/00001.eml", "decision": "accept" | "reject", "planted": [{"kind": "eicar"}, ...]}
// A message is good when it is to be accepted, and bad when it is to be rejected: unless what was
// planted is not EICAR but a look-alike of a program. That is refused for its type, which says
// nothing about signatures.
#pragma once

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>

namespace postern::corpora {

// A sentence with file and line.
class ManifestError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

enum class Worth { good, bad };

inline constexpr const char* manifest_name = "manifest.jsonl";

// By path as Loader tells it when it is given `folder`. Empty where no manifest lies there. Throws
// ManifestError when a line of it is wrong.
std::map<std::string, Worth> read_manifest(const std::filesystem::path& folder);

}  // namespace postern::corpora
