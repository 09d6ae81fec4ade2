// SPDX-License-Identifier: Apache-2.0
// Expansion: a container in, its members out, one at a time, under the Budget.
//
// A kind of container is a file of this folder. None of them trusts what the container says of itself:
// sizes are charged as they are produced, names are data, an error ends a member but never the scan.
// What came out before an error is delivered all the same.
#pragma once

#include "engine/budget.h"
#include "engine/content.h"
#include "engine/file_type.h"
#include "signatures/member.h"

#include <string>
#include <vector>

namespace postern::engine::expand {

struct Member {
    std::string name;      // as stored; "" for the content of a bare compressed stream
    mime::Buffer bytes;
    bool complete = true;  // false: the container was damaged or a limit cut it; `bytes` is what came out
    std::vector<std::string> other_names;  // where the container names it more than once, and differently
};

// What was noticed about the container or one of its members; `member` may be empty.
struct Remark {
    enum class Kind : std::uint8_t {
        encrypted,    // cannot be read without a password; `text` names the method ("ZipCrypto")
        damaged,      // `text` says what: a defect in the container, what could be read was read
        unsupported,  // a method or feature that nothing here can read: not covered
        limited,      // the Budget refused; `limit` says what
    };
    Kind kind;
    std::string member;
    std::string text;
    Limit limit = Limit::time;
};

class Sink {
public:
    virtual ~Sink() = default;
    // What the container says of a member, before it is unpacked and whether or not it can be. Its own
    // type and size are left to the sink, which knows them. Told once for each header that differs.
    virtual void listed(const signatures::MemberFacts&) {}
    virtual void member(Member member) = 0;
    virtual void remark(Remark remark) = 0;
};

// True when the type is a container that expand() opens.
bool is_container(FileType type);
// What wrapping in it means for the policy. Office files are zips to look into, but no zip wrapping.
Wrapping wrapping_of(FileType type);

// Opens the container and hands every member to the sink. Thread-safe; keeps no state, takes no lock.
// Asks the budget itself whether a container at content.depth may be opened.
//
// A content whose type is no container but which may_hold_zip() (identify.h) is given here with its own
// type: the zips in it are carved out, and what is odd about them is not remarked on, since many honest
// documents hold cut and scattered zips.
void expand(const Content& content, FileType type, Budget& budget, Sink& sink);

// True when the type is a document that holds streams, packed or scattered, which may be any file: PDF, OLE2.
// It is no container, and nothing in it is wrapped by it.
bool holds_streams(FileType type);
// Hands every stream of the document to the sink, as expand() does with members.
void expand_streams(const Content& content, FileType type, Budget& budget, Sink& sink);

}  // namespace postern::engine::expand
