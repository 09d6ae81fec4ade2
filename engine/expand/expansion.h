// SPDX-License-Identifier: Apache-2.0
// Expansion: one container being opened. What every kind of container needs to say and to ask.
#pragma once

#include "engine/expand/expander.h"
#include "engine/expand/production.h"

#include <utility>

namespace postern::engine::expand {

class Expansion {
public:
    // `carved`: the content is something else, which only holds archives here and there, as old Office
    // documents do. What is wrong with those is no defect of the content and is not told.
    enum class Origin : std::uint8_t { container, carved };

    // REQUIRES: budget and sink outlive the Expansion.
    Expansion(Budget& budget, Sink& sink, Origin origin)
        : budget_(budget), sink_(sink), origin_(origin) {}

    Budget& budget() { return budget_; }

    // One more member; false when the Budget says stop, which has then been told.
    bool another(const std::string& name);
    // True once a limit of the whole message refused: nothing more will come of this container.
    bool stopped() const { return stopped_; }

    // What the container says of a member; of what is carved, the members are no container's.
    void listed(const signatures::MemberFacts& facts) {
        if (origin_ == Origin::container) sink_.listed(facts);
    }
    // Of the next member that is listed, from 1.
    std::uint32_t next_position() { return ++position_; }

    // Hands over what came out, and tells the limit that cut it, if one did.
    void deliver(Member member, Production& out);

    void encrypted(std::string member, std::string method);
    void damaged(std::string member, std::string what);
    void unsupported(std::string member, std::string what);
    void limited(std::string member, Limit limit);

private:
    Budget& budget_;
    Sink& sink_;
    Origin origin_;
    bool stopped_ = false;
    std::uint32_t position_ = 0;
};

}  // namespace postern::engine::expand
