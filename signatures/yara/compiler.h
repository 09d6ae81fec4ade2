// SPDX-License-Identifier: Apache-2.0
// Compiler: libyara's compiler for one set of rules, statement by statement.
//
// libyara takes nothing more after its first error, so whoever wants the rest begins anew with
// another Compiler (rule_check.h). Includes are refused: rule_reader.h resolves them before.
//
// For one thread at a time; several may compile at once.
#pragma once

#include "signatures/yara/library.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace postern::signatures::yara {

// What the compiler said about a statement.
struct Complaint {
    enum class Kind : std::uint8_t { warning, error, unknown_module, unknown_field };
    Kind kind = Kind::error;
    std::size_t line = 1;  // of the statement's text, from 1
    std::string message;   // one sentence, with what to write instead
};

// Names of the variables that every rule may use beside libyara's own, all of them strings.
struct ExternalNames {
    static constexpr const char* filename = "filename";
    static constexpr const char* filepath = "filepath";
    static constexpr const char* extension = "extension";
    static constexpr const char* filetype = "filetype";
    static constexpr const char* owner = "owner";
    static constexpr const char* content_type = "content_type";
};

class Compiler {
public:
    // Throws std::bad_alloc.
    Compiler();
    ~Compiler();

    // False when the text did not compile; `out` says why. REQUIRES: no add() failed before, and
    // the text holds no NUL.
    bool add(std::string_view text, const std::string& name_space, std::vector<Complaint>& out);

    // All of it, serialised. REQUIRES: called once, no add() failed. Throws std::bad_alloc.
    std::vector<std::byte> finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::signatures::yara
