// SPDX-License-Identifier: Apache-2.0
// libyara believes whatever it loads, so the octets are compared with their digest first.
#include "signatures/yara/compiled_rules.h"

#include "signatures/hasher.h"
#include "signatures/yara/compiled_state.h"

#include <yara.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace postern::signatures::yara {

namespace {

// As fread: the number of whole items that were there.
size_t read_octets(void* out, size_t size, size_t count, void* user) {
    auto& rest = *static_cast<std::span<const std::byte>*>(user);
    if (size == 0) return 0;
    const size_t items = std::min(count, rest.size() / size);
    if (items > 0) std::memcpy(out, rest.data(), items * size);
    rest = rest.subspan(items * size);
    return items;
}

bool is_whole(const RuleTables& tables) {
    DigestKinds kinds;
    kinds.add(DigestKind::sha256);
    return Hasher().digest(tables.octets, kinds).sha256 == tables.check;
}

}  // namespace

CompiledRules::State::~State() {
    if (rules) yr_rules_destroy(rules);
}

CompiledRules::CompiledRules(std::unique_ptr<State> state) : state_(std::move(state)) {}
CompiledRules::~CompiledRules() = default;

std::shared_ptr<const CompiledRules> CompiledRules::load(const RuleTables& tables) {
    if (!is_whole(tables)) return nullptr;
    auto state = std::make_unique<State>();
    std::span<const std::byte> rest(tables.octets);
    YR_STREAM stream{};
    stream.user_data = &rest;
    stream.read = read_octets;
    if (yr_rules_load_stream(&stream, &state->rules) != ERROR_SUCCESS) return nullptr;
    state->asks_for_names = tables.by_name != 0;
    YR_RULE* rule = nullptr;
    yr_rules_foreach(state->rules, rule) {
        state->names.push_back(std::string("YARA.") + rule->identifier);
    }
    return std::shared_ptr<const CompiledRules>(new CompiledRules(std::move(state)));
}

std::string_view CompiledRules::name(std::size_t rule) const {
    return state_->names[rule];
}
std::size_t CompiledRules::size() const {
    return state_->names.size();
}
bool CompiledRules::asks_for_names() const {
    return state_->asks_for_names;
}

}  // namespace postern::signatures::yara
