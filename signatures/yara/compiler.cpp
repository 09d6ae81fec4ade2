// SPDX-License-Identifier: Apache-2.0
// What libyara says is passed on with a word on what to do about it, by the number of the error.
#include "signatures/yara/compiler.h"

#include <yara.h>

#include <algorithm>
#include <array>
#include <new>

namespace postern::signatures::yara {

namespace {

// Complaints about one statement: more help nobody.
constexpr std::size_t told_of_one = 16;

struct Advice {
    int error;
    const char* text;
};

constexpr std::array<Advice, 12> advices{{
    {ERROR_UNDEFINED_IDENTIFIER,
     "define the rule above, import the module, or use one of filename, filepath, extension, "
     "filetype, owner, content_type"},
    {ERROR_UNREFERENCED_STRING, "use it in the condition or leave it out"},
    {ERROR_UNDEFINED_STRING, "define it under strings or leave it out of the condition"},
    {ERROR_DUPLICATED_IDENTIFIER, "give each rule of a file a name of its own"},
    {ERROR_DUPLICATED_STRING_IDENTIFIER, "give each string of a rule a name of its own"},
    {ERROR_DUPLICATED_TAG_IDENTIFIER, "name each tag once"},
    {ERROR_EMPTY_STRING, "a string has at least one octet"},
    {ERROR_LOOP_NESTING_LIMIT_EXCEEDED, "put no more than four loops inside each other"},
    {ERROR_TOO_MANY_STRINGS, "divide the rule into several"},
    {ERROR_REGULAR_EXPRESSION_TOO_LARGE, "shorten it or lower its repetitions"},
    {ERROR_REGULAR_EXPRESSION_TOO_COMPLEX, "shorten it or lower its repetitions"},
    {ERROR_INVALID_FIELD_NAME, "libyara " YR_VERSION " has no such field"},
}};

std::string advised(int error, std::string message) {
    for (const Advice& advice : advices) {
        if (advice.error == error) return message + ": " + advice.text;
    }
    return message;
}

Complaint::Kind kind_of(int level, int error) {
    if (level == YARA_ERROR_LEVEL_WARNING) return Complaint::Kind::warning;
    if (error == ERROR_UNKNOWN_MODULE) return Complaint::Kind::unknown_module;
    if (error == ERROR_INVALID_FIELD_NAME) return Complaint::Kind::unknown_field;
    return Complaint::Kind::error;
}

size_t write_octets(const void* data, size_t size, size_t count, void* user) {
    auto& out = *static_cast<std::vector<std::byte>*>(user);
    const auto* octets = static_cast<const std::byte*>(data);
    out.insert(out.end(), octets, octets + size * count);
    return count;
}

}  // namespace

struct Compiler::State {
    Library library;
    YR_COMPILER* compiler = nullptr;
    std::vector<Complaint>* out = nullptr;

    State() {
        if (yr_compiler_create(&compiler) != ERROR_SUCCESS) throw std::bad_alloc();
        yr_compiler_set_callback(compiler, note, this);
        yr_compiler_set_include_callback(compiler, nullptr, nullptr, nullptr);
        for (const char* name :
             {ExternalNames::filename, ExternalNames::filepath, ExternalNames::extension,
              ExternalNames::filetype, ExternalNames::owner, ExternalNames::content_type}) {
            yr_compiler_define_string_variable(compiler, name, "");
        }
    }
    ~State() { yr_compiler_destroy(compiler); }

    // Called by libyara: nothing may be thrown through it.
    static void note(int level, const char*, int line, const YR_RULE*, const char* message,
                     void* user) noexcept {
        const auto& state = *static_cast<State*>(user);
        if (state.out->size() >= told_of_one) return;
        const int error = state.compiler->last_error;
        const bool warning = level == YARA_ERROR_LEVEL_WARNING;
        state.out->push_back({kind_of(level, error), static_cast<std::size_t>(std::max(line, 1)),
                              warning ? std::string(message) : advised(error, message)});
    }
};

Compiler::Compiler() : state_(std::make_unique<State>()) {}
Compiler::~Compiler() = default;

bool Compiler::add(std::string_view text, const std::string& name_space,
                   std::vector<Complaint>& out) {
    state_->out = &out;
    const std::string whole(text);
    return yr_compiler_add_string(state_->compiler, whole.c_str(), name_space.c_str()) == 0;
}

std::vector<std::byte> Compiler::finish() {
    YR_RULES* rules = nullptr;
    if (yr_compiler_get_rules(state_->compiler, &rules) != ERROR_SUCCESS) throw std::bad_alloc();
    std::vector<std::byte> octets;
    YR_STREAM stream{};
    stream.user_data = &octets;
    stream.write = write_octets;
    const int result = yr_rules_save_stream(rules, &stream);
    yr_rules_destroy(rules);
    if (result != ERROR_SUCCESS) throw std::bad_alloc();
    return octets;
}

}  // namespace postern::signatures::yara
