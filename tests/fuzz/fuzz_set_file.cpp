// SPDX-License-Identifier: Apache-2.0
// The door that a set file comes through: any octets are refused with a sentence or make a set.
//
// Octets alone would never pass the checksums, so what comes is written over a valid set, in place: the
// first four octets say where.
#include "signatures/matcher.h"
#include "signatures/set_file/set_file.h"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <unistd.h>

namespace {

using namespace postern::signatures;

// A file of this process alone, gone when it ends.
struct Place {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("postern-fuzz-" + std::to_string(::getpid()) + ".set");
    ~Place() { std::filesystem::remove(path); }
};

std::string valid_set(const std::filesystem::path& path) {
    SetBuilder builder;
    builder.add_built_in();
    builder.add_text("a.ndb", "One:0:*:6162636465666768\nTwo:7:*:68656c6c6f*776f726c64\n");
    builder.add_text("a.ldb", "Three;Engine:51-255,Target:0;0&1;6f6e65206f6e65;74776f2074776f::i\n");
    write_set(*builder.build(1), path, nullptr);
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Place place;
    static const std::string valid = valid_set(place.path);
    if (size < 4) return 0;
    std::uint32_t at = 0;
    std::memcpy(&at, data, 4);
    std::string octets = valid;
    at %= static_cast<std::uint32_t>(octets.size());
    std::memcpy(octets.data() + at, data + 4, std::min(size - 4, octets.size() - at));
    std::ofstream(place.path, std::ios::binary).write(octets.data(), static_cast<std::streamsize>(octets.size()));
    try {
        Matcher matcher(load_set(place.path));
        const std::string content = "abcdefgh hello world";
        const auto matches = matcher.match({std::as_bytes(std::span(content)), Target::text});
        if (octets == valid && matches.size() != 2) std::abort();
    } catch (const SetFileError&) {
    }
    return 0;
}
