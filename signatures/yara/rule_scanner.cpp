// SPDX-License-Identifier: Apache-2.0
// libyara's signal handlers stay off: they are the whole process's, and octets here are memory, not
// a file that could shrink. Its time limit has whole seconds in the call that sets it and
// nanoseconds in the scanner, so the scanner is told.
#include "signatures/yara/rule_scanner.h"

#include "signatures/yara/compiled_state.h"
#include "signatures/yara/compiler.h"

#include <yara.h>

#include <algorithm>
#include <new>
#include <tuple>

namespace postern::signatures::yara {

namespace {

RuleOutcome outcome_of(int result) {
    switch (result) {
        case ERROR_SUCCESS:
            return RuleOutcome::whole;
        case ERROR_SCAN_TIMEOUT:
            return RuleOutcome::out_of_time;
        case ERROR_INSUFFICIENT_MEMORY:
        case ERROR_CALLBACK_ERROR:
            return RuleOutcome::out_of_memory;
        default:
            return RuleOutcome::too_complex;
    }
}

// libyara's strings end at the first NUL; a name may not hide its end behind one.
std::string printable(std::string_view text) {
    std::string out(text);
    std::replace(out.begin(), out.end(), '\0', '?');
    return out;
}

// With its dot, as the public rules expect it.
std::string extension_of(const std::string& name) {
    const std::size_t dot = name.rfind('.');
    return dot == name.npos ? std::string() : name.substr(dot);
}

bool before(const Match& a, const Match& b) {
    return std::tie(a.offset, a.name, a.length) < std::tie(b.offset, b.name, b.length);
}

}  // namespace

struct RuleScanner::State {
    std::shared_ptr<const CompiledRules> rules;
    YR_SCANNER* scanner = nullptr;
    RuleMatches found;
    std::uint64_t content_size = 0;

    explicit State(std::shared_ptr<const CompiledRules> shared) : rules(std::move(shared)) {
        if (yr_scanner_create(rules->state().rules, &scanner) != ERROR_SUCCESS) {
            throw std::bad_alloc();
        }
        yr_scanner_set_flags(scanner, SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH |
                                          SCAN_FLAGS_REPORT_RULES_MATCHING);
        yr_scanner_set_callback(scanner, note, this);
    }
    ~State() { yr_scanner_destroy(scanner); }

    // Called by libyara: nothing may be thrown through it.
    static int note(YR_SCAN_CONTEXT* context, int message, void* data, void* user) noexcept {
        if (message != CALLBACK_MSG_RULE_MATCHING) return CALLBACK_CONTINUE;
        try {
            static_cast<State*>(user)->add(*context, *static_cast<YR_RULE*>(data));
        } catch (const std::bad_alloc&) {
            return CALLBACK_ERROR;
        }
        return CALLBACK_CONTINUE;
    }

    void add(YR_SCAN_CONTEXT& context, const YR_RULE& rule) {
        const auto number = static_cast<std::size_t>(&rule - context.rules->rules_table);
        Match match{rules->name(number), 0, content_size};
        bool shown = false;
        const YR_STRING* string = nullptr;
        const YR_RULE* of = &rule;
        yr_rule_strings_foreach(of, string) {
            const YR_MATCH* lowest = context.matches[string->idx].head;
            while (lowest && lowest->is_private) lowest = lowest->next;
            if (!lowest) continue;
            const auto offset = static_cast<std::uint64_t>(lowest->base + lowest->offset);
            if (shown && offset >= match.offset) continue;
            shown = true;
            match.offset = offset;
            match.length = static_cast<std::uint64_t>(lowest->match_length);
        }
        found.matches.push_back(match);
        found.rules.push_back(number);
    }

    void define(const char* variable, std::string_view value) {
        yr_scanner_define_string_variable(scanner, variable, printable(value).c_str());
    }

    void describe(const RuleFacts& facts) {
        define(ExternalNames::filepath, facts.folder);
        define(ExternalNames::filetype, facts.file_type);
        define(ExternalNames::content_type, facts.media_type);
    }

    void scan(const RuleSubject& subject, const std::string& name) {
        define(ExternalNames::filename, name);
        define(ExternalNames::extension, extension_of(name));
        // A scanner keeps the entry point of the content before.
        scanner->entry_point = YR_UNDEFINED;
        scanner->timeout = static_cast<std::uint64_t>(subject.time.count());
        const auto* octets = reinterpret_cast<const std::uint8_t*>(subject.bytes.data());
        const std::uint8_t none = 0;
        const int result =
            yr_scanner_scan_mem(scanner, octets ? octets : &none, subject.bytes.size());
        if (result == ERROR_SUCCESS) return;
        found.outcome = outcome_of(result);
        if (const YR_RULE* rule = yr_scanner_last_error_rule(scanner)) {
            const auto number = static_cast<std::size_t>(rule - scanner->rules->rules_table);
            found.rule = rules->name(number);
        }
    }

    // At least one: a content without a name has the empty one.
    std::vector<std::string> names_to_try(const RuleFacts& facts) const {
        std::vector<std::string> names;
        const std::size_t most = rules->asks_for_names() ? most_names : 1;
        for (const std::string& name : facts.names) {
            if (names.size() == most) break;
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        }
        if (names.empty()) names.emplace_back();
        return names;
    }

    // Equal matches stand side by side: rules found under more than one name.
    void settle() {
        std::sort(found.matches.begin(), found.matches.end(), before);
        std::sort(found.rules.begin(), found.rules.end());
        found.rules.erase(std::unique(found.rules.begin(), found.rules.end()), found.rules.end());
        const auto same = [](const Match& a, const Match& b) { return !before(a, b) && !before(b, a); };
        found.matches.erase(std::unique(found.matches.begin(), found.matches.end(), same),
                            found.matches.end());
    }
};

RuleScanner::RuleScanner(std::shared_ptr<const CompiledRules> rules)
    : state_(std::make_unique<State>(std::move(rules))) {}
RuleScanner::~RuleScanner() = default;

RuleMatches RuleScanner::scan(const RuleSubject& subject) {
    State& state = *state_;
    state.found = {};
    state.content_size = subject.bytes.size();
    state.describe(subject.facts);
    for (const std::string& name : state.names_to_try(subject.facts)) {
        state.scan(subject, name);
        if (state.found.outcome != RuleOutcome::whole) break;
    }
    state.settle();
    return std::move(state.found);
}

}  // namespace postern::signatures::yara
