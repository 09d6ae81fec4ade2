// SPDX-License-Identifier: Apache-2.0
// SequenceReader: the elements of a part, with the alternatives nested in them.
//
// A cursor over the text of a body that remembers the first error and then reads nothing more.
#pragma once

#include "signatures/clamav/body_parser.h"

namespace postern::signatures::clamav {

// {n} below this is n octets of the part itself; from here on it divides the body.
inline constexpr std::uint32_t short_skip = 128;

class SequenceReader {
public:
    // REQUIRES: `text` outlives the reader.
    explicit SequenceReader(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

    bool at_end() const { return at_ == end_; }
    char peek(std::size_t ahead = 0) const {
        return ahead < static_cast<std::size_t>(end_ - at_) ? at_[ahead] : '\0';
    }
    const char* position() const { return at_; }
    void skip(std::size_t n) { at_ += n; }

    // One octet, class or set of alternatives. `depth`: alternatives around it.
    void read_element(Sequence& out, int depth);
    // From the opening bracket through `close`: n, n-m, -m or n-.
    bool read_gap(char close, Gap& gap);
    void add_skip(Sequence& out, std::uint32_t count);

    void fail(const char* at, std::string message);
    bool failed() const { return error_.has_value(); }
    std::optional<BodyError> take_error() { return std::move(error_); }

private:
    void read_octet(Sequence& out);
    void read_group(Sequence& out, int depth);
    bool at_class() const;
    void read_class(Sequence& out, bool negated);
    void read_choices(Element& element, int depth);
    void read_choice_item(Sequence& out, int depth);
    void check_negated(const Element& element, const char* at);

    const char* at_;
    const char* end_;
    std::optional<BodyError> error_;
};

}  // namespace postern::signatures::clamav
