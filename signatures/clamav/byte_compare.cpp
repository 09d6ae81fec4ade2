// SPDX-License-Identifier: Apache-2.0
// A cursor over the text, one method a field; the first that fails names the form of all.
#include "signatures/clamav/byte_compare.h"

#include "signatures/clamav/hex.h"

#include <algorithm>
#include <bit>
#include <charconv>

namespace postern::signatures::clamav {

namespace {

constexpr std::string_view form =
    "no byte comparison; write NUMBER(>>OFFSET#FORMAT#COMPARISON), as 0(>>4#ib2#=100)";
constexpr std::uint64_t most_distance = 0x7fffffff;
constexpr std::uint64_t most_octets = 20;

class CompareReader {
public:
    explicit CompareReader(std::string_view text) : text_(text) {}

    ParsedByteCompare read() {
        ParsedByteCompare result;
        const bool good = read_beside() && read_distance() && read_format() && read_tests();
        if (!good) result.error = error_.empty() ? form : error_;
        result.compare = compare_;
        return result;
    }

private:
    bool take(std::string_view what) {
        if (!text_.starts_with(what)) return false;
        text_.remove_prefix(what.size());
        return true;
    }

    std::string_view take_until(std::string_view ends) {
        const std::string_view field = text_.substr(0, text_.find_first_of(ends));
        text_.remove_prefix(field.size());
        return field;
    }

    // Decimal, or hexadecimal behind 0x.
    bool number(std::string_view field, std::uint64_t& value) {
        const bool hex = field.starts_with("0x") || field.starts_with("0X");
        if (hex) field.remove_prefix(2);
        const char* end = field.data() + field.size();
        const auto [stop, error] = std::from_chars(field.data(), end, value, hex ? 16 : 10);
        return !field.empty() && error == std::errc() && stop == end;
    }

    bool read_beside() {
        std::uint64_t value = 0;
        if (!number(take_until("("), value) || value >= most_subsignatures) return false;
        compare_.beside = static_cast<std::uint8_t>(value);
        return take("(");
    }

    bool read_distance() {
        const bool before = take("<<");
        std::uint64_t value = 0;
        if (!before && !take(">>")) return false;
        if (!number(take_until("#"), value) || value > most_distance) return false;
        const auto distance = static_cast<std::int64_t>(value);
        compare_.distance = before ? -distance : distance;
        return take("#");
    }

    bool read_format() {
        if (text_.empty()) return false;
        const std::size_t base = std::string_view("hdai").find(text_[0]);
        if (base == std::string_view::npos) return false;
        compare_.base = static_cast<NumberBase>(base);
        text_.remove_prefix(1);
        compare_.little_endian = take("l");
        const bool ordered = compare_.little_endian || take("b");
        compare_.exact = take("e");
        std::uint64_t length = 0;
        if (!number(take_until("#"), length) || length == 0 || length > most_octets) return false;
        compare_.length = static_cast<std::uint8_t>(length);
        return is_possible(ordered) && take("#");
    }

    bool is_possible(bool ordered) {
        const NumberBase base = compare_.base;
        if (base == NumberBase::binary && std::popcount(compare_.length) != 1) {
            error_ = "a number of octets has 1, 2, 4 or 8 of them";
        } else if (base == NumberBase::binary && compare_.length > 8) {
            error_ = "a number of octets has 1, 2, 4 or 8 of them";
        } else if (!ordered && (base == NumberBase::binary || base == NumberBase::hexadecimal)) {
            error_ = "the order of octets is missing; write b or l before the length";
        } else if (compare_.little_endian && base == NumberBase::decimal) {
            error_ = "decimal digits have no order of octets; leave the l out";
        }
        return error_.empty();
    }

    bool read_test(NumberTest& test) {
        if (text_.empty()) return false;
        const std::size_t sign = std::string_view("=<>").find(text_[0]);
        if (sign == std::string_view::npos) return false;
        test.comparison = static_cast<Comparison>(sign + 1);
        text_.remove_prefix(1);
        return number(take_until(",)"), test.value);
    }

    bool read_tests() {
        if (!read_test(compare_.tests[0])) return false;
        if (take(",") && !read_test(compare_.tests[1])) return false;
        return take(")") && text_.empty();
    }

    std::string_view text_;
    ByteCompare compare_;
    std::string error_;
};

}  // namespace

bool is_byte_compare(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view behind = text.substr(digits, 3);
    return digits != 0 && (behind == "(>>" || behind == "(<<");
}

ParsedByteCompare parse_byte_compare(std::string_view text) {
    return CompareReader(text).read();
}

}  // namespace postern::signatures::clamav
