// SPDX-License-Identifier: Apache-2.0
// libyara tells lines, not columns: the column is that of the word which it quotes.
#include "signatures/yara/rule_check.h"

#include <algorithm>

namespace postern::signatures::yara {

namespace {

const std::string one_namespace = "rules";

// The `number`th line of a statement as the source has it, whole.
std::string_view line_of(std::string_view source, std::string_view statement, std::size_t number) {
    auto begin = static_cast<std::size_t>(statement.data() - source.data());
    const std::size_t end_of_statement = begin + statement.size();
    for (std::size_t i = 1; i < number; ++i) {
        const std::size_t next = source.find('\n', begin);
        if (next >= end_of_statement) break;
        begin = next + 1;
    }
    const std::size_t before = begin == 0 ? source.npos : source.rfind('\n', begin - 1);
    begin = before == source.npos ? 0 : before + 1;
    return source.substr(begin, source.find('\n', begin) - begin);
}

std::string_view quoted_in(std::string_view message) {
    const std::size_t open = message.find('"');
    const std::size_t close = open == message.npos ? open : message.find('"', open + 1);
    return close == message.npos ? std::string_view() : message.substr(open + 1, close - open - 1);
}

// Where a complaint points: at what it quotes, else at the first octet of its line.
struct Spot {
    std::string_view line;
    std::size_t number;  // in the statement
    std::size_t column;
};

// libyara sees a mistake when it reads on, which may be some lines further down.
constexpr std::size_t lines_back = 8;

Spot spot_of(std::string_view source, std::string_view statement, const Complaint& complaint) {
    const std::string_view word = quoted_in(complaint.message);
    for (std::size_t back = 0; !word.empty() && back < lines_back; ++back) {
        if (back >= complaint.line) break;
        const std::string_view line = line_of(source, statement, complaint.line - back);
        const std::size_t at = line.find(word);
        if (at != line.npos) return {line, complaint.line - back, at};
    }
    const std::string_view line = line_of(source, statement, complaint.line);
    const std::size_t first = line.find_first_not_of(" \t\r");
    return {line, complaint.line, first == line.npos ? 0 : first};
}

bool has(const std::vector<std::string_view>& sorted, std::string_view word) {
    return std::binary_search(sorted.begin(), sorted.end(), word);
}

}  // namespace

void RuleCheck::take(const Statement& statement, std::string_view source, SourceReport& report) {
    source_ = source;
    report_ = &report;
    complaints_.clear();
    switch (statement.kind) {
        case StatementKind::import:
            return take_import(statement);
        case StatementKind::rule:
            return take_rule(statement);
        case StatementKind::include:
            break;  // resolved by the reader
        case StatementKind::stray:
            return tell(statement, Severity::error,
                        "this is no rule: write rule NAME { condition: ... }, import \"MODULE\" or "
                        "include \"FILE\"");
    }
}

// A compiler that knows what was imported so far.
Compiler& RuleCheck::compiler() {
    if (compiler_) return *compiler_;
    compiler_.emplace();
    present_.clear();
    std::vector<Complaint> none;
    for (const std::string& module : unit_.modules) {
        compiler_->add("import \"" + module + "\"", one_namespace, none);
    }
    return *compiler_;
}

void RuleCheck::take_import(const Statement& statement) {
    const std::string name(statement.name);
    const auto place = std::lower_bound(unit_.modules.begin(), unit_.modules.end(), name);
    if (place != unit_.modules.end() && *place == name) return;
    if (!within_bounds(statement)) return;
    if (!compiler().add(statement.text, one_namespace, complaints_)) {
        compiler_.reset();
        missing_.insert(name);
        return tell(statement);
    }
    unit_.modules.insert(place, name);
}

void RuleCheck::take_rule(const Statement& statement) {
    if (bad_ == RuleBounds::bad_rules) {
        ++bad_;
        return tell(statement, Severity::error,
                    "this rule and those below were not tried, as so many above do not compile: "
                    "mend these first");
    }
    if (bad_ > RuleBounds::bad_rules) return;
    if (!within_bounds(statement) || !compiles(statement)) {
        ++bad_;
        return;
    }
    tell(statement);
    xor_keys_ += statement.xor_keys;
    unit_.rules.push_back(rule_of(statement));
    good_.emplace(statement.name);
    present_.emplace(statement.name);
}

bool RuleCheck::within_bounds(const Statement& statement) {
    const char* wrong = nullptr;
    if (statement.text.find('\0') != statement.text.npos) wrong = "a NUL stands here: remove it";
    if (statement.text.size() > RuleBounds::text) wrong = "this is longer than 1 MiB: divide it";
    if (statement.nesting > RuleBounds::nesting) {
        wrong = "more than 200 brackets stand inside each other: divide the condition";
    }
    if (statement.strings > RuleBounds::strings) {
        wrong = "this has more than 10,000 strings: divide the rule";
    }
    if (xor_keys_ + statement.xor_keys > most_xor_keys) {
        wrong = "the file asks for more than 38,400 xor keys in all: narrow them, as in xor(1-15)";
    }
    if (wrong) tell(statement, Severity::error, wrong);
    if (wrong || !statement.counts_in_range) return !wrong;
    // Compiles, and then fails the scan of every content, for all rules.
    tell(statement, Severity::unsupported,
         "libyara 4.2 cannot count a string in a range: write for any i in (1..#a) : ( @a[i] >= "
         "FROM and @a[i] <= TO )");
    return false;
}

// The rules above whose names stand in it, or begin as a pattern in it does.
std::vector<std::string> RuleCheck::referred(const Statement& statement) const {
    std::set<std::string> names;
    for (const std::string_view word : statement.identifiers) {
        if (good_.contains(word)) names.emplace(word);
    }
    for (const std::string_view prefix : statement.prefixes) {
        for (auto at = good_.lower_bound(prefix); at != good_.end(); ++at) {
            if (!at->starts_with(prefix)) break;
            names.insert(*at);
        }
    }
    return {names.begin(), names.end()};
}

bool RuleCheck::compiles(const Statement& statement) {
    if (good_.contains(statement.name)) {
        tell(statement, Severity::error,
             "duplicated identifier \"" + std::string(statement.name) +
                 "\": give each rule of a file a name of its own");
        return false;
    }
    Compiler& current = compiler();
    for (const std::string& name : referred(statement)) {
        if (!present_.insert(name).second) continue;
        if (current.add("rule " + name + " { condition: true }", one_namespace, complaints_)) continue;
        compiler_.reset();
        tell(statement);
        return false;
    }
    if (current.add(statement.text, one_namespace, complaints_)) return true;
    compiler_.reset();
    if (!refers_to_missing_module(statement)) tell(statement);
    return false;
}

bool RuleCheck::refers_to_missing_module(const Statement& statement) {
    for (const std::string& module : missing_) {
        if (!has(statement.identifiers, module)) continue;
        tell(statement, Severity::unsupported,
             "this rule needs the module \"" + module + "\", which libyara was built without");
        return true;
    }
    return false;
}

Rule RuleCheck::rule_of(const Statement& statement) const {
    Rule rule{std::string(statement.text), std::string(statement.name), statement.is_private,
              statement.is_global, referred(statement)};
    rule.xor_keys = statement.xor_keys;
    for (const char* name :
         {ExternalNames::filename, ExternalNames::filepath, ExternalNames::extension}) {
        rule.by_name = rule.by_name || has(statement.identifiers, name);
    }
    return rule;
}

void RuleCheck::tell(const Statement& statement) {
    for (const Complaint& complaint : complaints_) {
        switch (complaint.kind) {
            case Complaint::Kind::warning:
                tell_at(statement, complaint, Severity::warning);
                break;
            case Complaint::Kind::unknown_module:
            case Complaint::Kind::unknown_field:
                tell_at(statement, complaint, Severity::unsupported);
                break;
            case Complaint::Kind::error:
                tell_at(statement, complaint, Severity::error);
        }
    }
}

void RuleCheck::tell(const Statement& statement, Severity severity, std::string message) {
    tell_at(statement, {Complaint::Kind::error, 1, std::move(message)}, severity);
}

void RuleCheck::tell_at(const Statement& statement, const Complaint& complaint, Severity severity) {
    const Spot spot = spot_of(source_, statement.text, complaint);
    report_->begin_line(spot.line, statement.line + spot.number - 1);
    const std::string rule =
        statement.kind == StatementKind::rule ? "rule " + std::string(statement.name) + ": " : "";
    report_->add(severity, spot.line.data() + spot.column, rule + complaint.message);
}

}  // namespace postern::signatures::yara
