// SPDX-License-Identifier: Apache-2.0
// All remarks pass here, so that what is carved from another content can be kept quiet in one place.
#include "engine/expand/expansion.h"

namespace postern::engine::expand {
namespace {

// A member that is too large, or wants too large a window, says nothing about the next one.
bool ends_everything(Limit limit) { return limit != Limit::member_bytes && limit != Limit::dictionary; }

}  // namespace

bool Expansion::another(const std::string& name) {
    if (stopped_) return false;
    std::optional<Limit> limit = budget_.out_of_time();
    if (!limit) limit = budget_.entry();
    if (limit) limited(name, *limit);
    return !limit;
}

void Expansion::deliver(Member member, Production& out) {
    if (out.refused()) {
        member.complete = false;
        limited(member.name, *out.refused());
    }
    member.bytes = out.take();
    sink_.member(std::move(member));
}

void Expansion::encrypted(std::string member, std::string method) {
    sink_.remark({Remark::Kind::encrypted, std::move(member), std::move(method)});
}

void Expansion::damaged(std::string member, std::string what) {
    if (origin_ == Origin::carved) return;
    sink_.remark({Remark::Kind::damaged, std::move(member), std::move(what)});
}

void Expansion::unsupported(std::string member, std::string what) {
    if (origin_ == Origin::carved) return;
    sink_.remark({Remark::Kind::unsupported, std::move(member), std::move(what)});
}

void Expansion::limited(std::string member, Limit limit) {
    stopped_ = stopped_ || ends_everything(limit);
    sink_.remark({Remark::Kind::limited, std::move(member), sentence_of(limit, budget_.limits()), limit});
}

}  // namespace postern::engine::expand
