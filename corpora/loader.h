// SPDX-License-Identifier: Apache-2.0
// Loader: paths in, messages out, in an order that is always the same.
//
// A path is a message, an mbox, a maildir or any folder tree, a tar (also compressed) of messages,
// or "-" for one message on standard input. Messages in an mbox are slices of its mapping; members
// of a tar are read one at a time. Nothing is skipped: what cannot be read comes out as an item
// with an error.
//
// How a file is taken, by As::detect (the first line that fits; README.md says more):
//   named *.eml, or found in a maildir        one message, whole, whatever it holds
//   a tar by its content, also compressed     an item for each regular member, taken by these same
//   lines an mbox (named so, or with two messages)  an item for each message begins like a message
//   one message anything else                             a bare file
// As::message takes every file as a message and opens only what is *named* mbox or tar; As::file
// opens nothing.
//
// For one thread at a time.
#pragma once

#include "mime/message.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace postern::corpora {

enum class As { detect, message, file };

struct Item {
    std::string path;  // as given, or below the folder given; for tars "mail.tar/in/1.eml"
    std::optional<std::size_t> index;  // within an mbox or tar, from 0
    mime::Message message;
    bool is_message = true;  // false: a bare file, to be scanned as an attachment would be
    std::string error;       // not empty: why it could not be read; the message is then empty
};

class Loader {
public:
    Loader(std::vector<std::string> paths, As as);
    ~Loader();

    // The next item; nothing when all are out.
    std::optional<Item> next();

    // Octets of all files found, and of those that next() is done with: for progress.
    std::uint64_t bytes_total() const;
    std::uint64_t bytes_done() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

// True when the octets begin like a message (RFC 5322 fields, an mbox "From " line, a byte order
// mark or an empty line before them).
bool looks_like_message(std::span<const std::byte> bytes);

}  // namespace postern::corpora
