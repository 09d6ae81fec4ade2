// SPDX-License-Identifier: Apache-2.0
#include "signatures/yara/rule_strings.h"

#include "signatures/yara/compiled_state.h"

#include <yara.h>

#include <new>

namespace postern::signatures::yara {

namespace {

constexpr std::size_t most_places = 5;
constexpr int most_seconds = 10;

struct Notes {
    const CompiledRules& rules;
    std::vector<RuleString> strings{};
};

void note_rule(YR_SCAN_CONTEXT& context, const YR_RULE& rule, Notes& notes) {
    const auto number = static_cast<std::size_t>(&rule - context.rules->rules_table);
    const YR_RULE* of = &rule;
    const YR_STRING* string = nullptr;
    yr_rule_strings_foreach(of, string) {
        RuleString out{std::string(notes.rules.name(number)), string->identifier, 0, {}};
        for (const YR_MATCH* match = context.matches[string->idx].head; match; match = match->next) {
            if (++out.count <= most_places) out.places.push_back(static_cast<std::uint64_t>(match->base + match->offset));
        }
        notes.strings.push_back(std::move(out));
    }
}

// Called by libyara: nothing may be thrown through it.
int note(YR_SCAN_CONTEXT* context, int message, void* data, void* user) noexcept {
    if (message != CALLBACK_MSG_RULE_MATCHING && message != CALLBACK_MSG_RULE_NOT_MATCHING) return CALLBACK_CONTINUE;
    try {
        note_rule(*context, *static_cast<YR_RULE*>(data), *static_cast<Notes*>(user));
    } catch (const std::bad_alloc&) {
        return CALLBACK_ERROR;
    }
    return CALLBACK_CONTINUE;
}

}  // namespace

std::vector<RuleString> strings_of_rules(const CompiledRules& rules, std::span<const std::byte> content) {
    Notes notes{rules};
    YR_SCANNER* scanner = nullptr;
    if (yr_scanner_create(rules.state().rules, &scanner) != ERROR_SUCCESS) throw std::bad_alloc();
    yr_scanner_set_flags(scanner, SCAN_FLAGS_NO_TRYCATCH);
    yr_scanner_set_callback(scanner, note, &notes);
    yr_scanner_set_timeout(scanner, most_seconds);
    const std::uint8_t none = 0;
    const auto* octets = reinterpret_cast<const std::uint8_t*>(content.data());
    yr_scanner_scan_mem(scanner, octets ? octets : &none, content.size());
    yr_scanner_destroy(scanner);
    return std::move(notes.strings);
}

}  // namespace postern::signatures::yara
