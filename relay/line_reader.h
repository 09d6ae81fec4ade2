// SPDX-License-Identifier: Apache-2.0
// LineReader: octets in, command lines out. A line ends with CR LF and with nothing else.
//
// Where other readers would see an end (a bare LF, a bare CR), this one sees a fault in the line and goes on to the
// CR LF, so that both sides always agree on where the next command begins.
//
// Invariants
//  (1) How the octets were cut into pieces makes no difference.
//  (2) At most `longest` octets of an unfinished line are held; the rest of it is counted and dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace postern::relay {

enum class LineFault : std::uint8_t { none, too_long, bare_cr, bare_lf, nul };

struct Line {
    std::string text;  // without CR LF; what was kept of it when it has a fault
    LineFault fault = LineFault::none;
    std::size_t size = 0;  // octets on the wire, CR LF included
};

// Whether a bare LF or a bare CR ends a line too, as for old devices that know no better.
enum class LineEnds : std::uint8_t { strict, mended };

class LineReader {
public:
    explicit LineReader(std::size_t longest) : longest_(longest) {}

    void set_line_ends(LineEnds ends) { ends_ = ends; }

    // Takes octets off the front of `input`, up to and with the end of a line. False: all were taken and no line is
    // complete yet.
    bool next(std::string_view& input, Line& line);

    // Octets of an unfinished line are waiting.
    bool in_line() const { return size_ != 0; }
    void clear();

private:
    bool finish(Line& line);
    void mark(LineFault fault);
    void keep(char c);

    std::size_t longest_;
    LineEnds ends_ = LineEnds::strict;
    std::string text_;
    LineFault fault_ = LineFault::none;
    std::size_t size_ = 0;
    bool after_cr_ = false;
};

}  // namespace postern::relay
