// SPDX-License-Identifier: Apache-2.0
// Expanding in tests: a string in, names and strings out.
#pragma once

#include "engine/expand/expander.h"
#include "engine/file_types.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace postern::tests {

inline std::span<const std::byte> octets(const std::string& text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

inline std::string text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Got {
    std::string name, bytes;
    bool complete = true;
    std::vector<std::string> other_names;
};

class Collected : public engine::expand::Sink {
public:
    void member(engine::expand::Member member) override {
        members.push_back({member.name, text(member.bytes.bytes()), member.complete, member.other_names});
    }
    void remark(engine::expand::Remark remark) override { remarks.push_back(std::move(remark)); }

    std::size_t count(engine::expand::Remark::Kind kind) const {
        return static_cast<std::size_t>(
            std::ranges::count(remarks, kind, &engine::expand::Remark::kind));
    }
    bool limited_by(engine::Limit limit) const {
        return std::ranges::any_of(remarks, [limit](const auto& remark) {
            return remark.kind == engine::expand::Remark::Kind::limited && remark.limit == limit;
        });
    }
    // True when some member has exactly these octets.
    bool has(const std::string& bytes) const {
        return std::ranges::any_of(members, [&](const Got& got) { return got.bytes == bytes; });
    }
    std::map<std::string, std::string> by_name() const {
        std::map<std::string, std::string> map;
        for (const Got& got : members) map[got.name] = got.bytes;
        return map;
    }

    std::vector<Got> members;
    std::vector<engine::expand::Remark> remarks;
};

inline Collected expanded(const std::string& container, engine::FileType type, const engine::Limits& limits = {},
                          unsigned depth = 0) {
    Collected collected;
    engine::Budget budget(limits, container.size());
    engine::Content content;
    content.bytes = octets(container);
    content.depth = depth;
    engine::expand::expand(content, type, budget, collected);
    return collected;
}

}  // namespace postern::tests
