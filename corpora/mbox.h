// SPDX-License-Identifier: Apache-2.0
// mbox: many messages in one file, each behind a line that begins with "From " (RFC 4155 and its
// kin).
//
// The format is older than its descriptions and no reader can be right about every file: a body may
// hold an unquoted line that looks the same. A line separates here when all of this is true:
//   (1) it begins the file, or an empty line stands before it;
//   (2) it is "From ", and somewhere behind that the name of a month and a time of day;
//   (3) the next line looks like a header field.
// Whatever is decided, no octet is lost but the separators: the "From " line, and the one empty
// line before it (or at the end of the file). ">From " quoting is left as it is: three dialects
// differ in how to undo it.
//
// Time is linear in the text.
#pragma once

#include "mime/range.h"

#include <optional>
#include <string_view>

namespace postern::corpora {

// "From alice@example.org Mon Jan  5 10:00:00 2026", without its line end.
bool is_from_line(std::string_view line);

// True when the text begins with a separator.
bool begins_like_mbox(std::string_view text);

// True when a second separator follows the first: a name is not needed to call it an mbox.
bool has_two_messages(std::string_view text);

// REQUIRES: the text outlives the splitter, and begins_like_mbox(text).
class MboxSplitter {
public:
    explicit MboxSplitter(std::string_view text);

    // The next message, without its separators; nothing when all are out.
    std::optional<mime::ByteRange> next();

    // Where the next message begins, for progress.
    std::size_t position() const { return begin_; }

private:
    std::string_view text_;
    std::size_t begin_ = 0;
    bool done_ = false;
};

}  // namespace postern::corpora
