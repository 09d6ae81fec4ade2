// SPDX-License-Identifier: Apache-2.0
// Command: one line of clamd's language, understood or not.
#pragma once

#include "engine/service/request.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::engine::service {

enum class Verb : std::uint8_t {
    ping,
    version,
    version_commands,
    stats,
    reload,
    scan,
    contscan,
    multiscan,
    allmatchscan,
    instream,
    fildes,
    idsession,
    end,
    shutdown,
    verdict,
    ready,
};

// "CONTSCAN"
std::string_view name_of(Verb verb);
// All names in one line, as VERSIONCOMMANDS lists them.
std::string all_commands();

// How a command was sent, which says how it is answered.
enum class Form : std::uint8_t { bare, ended_by_lf, ended_by_nul };

// What VERDICT is told beside the octets.
struct VerdictOptions {
    enum class Source : std::uint8_t { stream, descriptor };
    Source source = Source::stream;
    As as = As::detect;
    std::string name;
    std::string id;
};

struct Command {
    Verb verb{};
    std::string path;  // of the commands that have one
    VerdictOptions verdict;
};

struct Understood {
    std::optional<Command> command;
    std::string error;  // what is wrong with VERDICT's options, a sentence; empty: clamd has no
                        // words for it
};

// `text` without what ended it. Names are upper case; a command of one word takes no argument, a
// path is all that stands behind the blank.
Understood understand(std::string_view text, Form form);

// Whether it may stand in a session.
bool fits_session(Verb verb);

// "a%20b" → "a b". Nothing: a '%' without two hex digits.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace postern::engine::service
