// SPDX-License-Identifier: Apache-2.0
// Identification: what a content is, by its octets, and what its names say, by every variant a client shows.
//
// Cheap: first octets that decide at once are looked at in place; the rest goes through a magic database
// of our own (source in engine/magic/, compiled at build, embedded), loaded by libmagic, one cookie a thread.
#pragma once

#include "engine/file_type.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postern::engine {

// One worker's identifier. For one thread at a time; never wait for another task while using it.
class Identifier {
public:
    // Throws std::runtime_error when the embedded database cannot be loaded.
    Identifier();
    ~Identifier();
    Identifier(Identifier&&) noexcept;

    FileType identify(std::span<const std::byte> content);

private:
    struct State;
    std::unique_ptr<State> state_;
};

// True when the end of the content points at a zip's directory, whatever the content begins with: a
// self-extracting program, a picture with a zip behind it. Such a content is opened as a zip as well.
bool may_hold_zip(std::span<const std::byte> content);

// Every extension that some client could take the name to have, lower case, without the dot: the last one,
// the one behind trailing dots and blanks, behind right-to-left marks, before a CLSID. "setup.exe. " → exe.
std::vector<std::string> extensions_of(std::string_view name);

// A name with control and direction characters made harmless, for reports and paths.
std::string printable_name(std::string_view name);

}  // namespace postern::engine
