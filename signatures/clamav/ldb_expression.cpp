// SPDX-License-Identifier: Apache-2.0
// One descent: a text is divided at its operator, or unwrapped, or it is one subsignature.
#include "signatures/clamav/ldb_expression.h"

#include "signatures/clamav/hex.h"

#include <algorithm>
#include <optional>

namespace postern::signatures::clamav {

namespace {

constexpr std::size_t none = std::string_view::npos;

bool is_operator(char c) {
    return c == '&' || c == '|';
}
bool is_comparison(char c) {
    return c == '<' || c == '>' || c == '=';
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

// Where a text divides.
struct Layout {
    std::size_t outside = none;  // the first operator outside of parentheses
    std::size_t inside = none;   // the last one directly inside the first pair
    std::size_t close = none;    // the end of that pair
    bool balanced = true;
};

Layout layout_of(std::string_view text) {
    Layout layout;
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && depth == 0) {
            layout.balanced = false;
            return layout;
        }
        if (text[i] == ')' && --depth == 0 && layout.close == none) layout.close = i;
        if (!is_operator(text[i])) continue;
        if (depth == 0) {
            layout.outside = i;
            return layout;
        }
        if (depth == 1 && layout.close == none) layout.inside = i;
    }
    layout.balanced = depth == 0;
    return layout;
}

class ExpressionReader {
public:
    ParsedExpression read(std::string_view text) {
        if (text.size() > longest_expression) {
            fail(text, "the expression is longer than 8192 characters; divide the signature");
        } else {
            read_one(text, 0);
        }
        return std::move(result_);
    }

private:
    // The number of the node that was made; after an error, any.
    std::uint16_t read_one(std::string_view text, std::size_t depth) {
        if (failed()) return 0;
        if (depth == deepest_expression) {
            return fail(text, "the expression is nested deeper than 512; divide the signature");
        }
        const Layout layout = layout_of(text);
        if (layout.outside != none) {
            return read_operands(text, layout.outside, LogicNode{}, depth);
        }
        if (!layout.balanced) return fail(text, "the parentheses do not pair; mend the expression");
        text = trimmed(text);
        return text.starts_with('(') ? read_block(text, depth) : read_subsignature(text);
    }

    std::uint16_t read_operands(std::string_view text, std::size_t at, LogicNode node,
                                std::size_t depth) {
        node.op = text[at] == '&' ? LogicOp::both : LogicOp::either;
        node.left = read_one(text.substr(0, at), depth + 1);
        node.right = read_one(text.substr(at + 1), depth + 1);
        return add(node);
    }

    // "(a|b)", with or without a count behind it. Only a block of several can be counted.
    std::uint16_t read_block(std::string_view text, std::size_t depth) {
        const Layout layout = layout_of(text);
        std::string_view behind = text.substr(layout.close + 1);
        if (layout.inside == none) {
            if (!behind.empty()) {
                return fail(behind, "a count stands behind a number or a block of several; write "
                                    "it inside the parentheses");
            }
            return read_one(text.substr(1, layout.close - 1), depth + 1);
        }
        LogicNode node;
        if (!behind.empty() && !read_block_count(behind, node)) return 0;
        return read_operands(text.substr(1, layout.close - 1), layout.inside - 1, node, depth);
    }

    // "=n", ">n,m" and so on.
    bool read_block_count(std::string_view text, LogicNode& node) {
        if (!is_comparison(text[0])) {
            fail(text, "behind a block stands nothing, or =n, >n, <n, each with ,m; or an operator");
            return false;
        }
        node.comparison = comparison_of(text[0]);
        const std::size_t comma = text.find(',');
        const auto count = number_of(text.substr(1, comma == none ? comma : comma - 1));
        const bool plain = comma == none || comma + 1 == text.size();
        const auto different = plain ? std::optional<std::uint32_t>(0)
                                     : number_of(text.substr(comma + 1));
        if (!count || !different) {
            fail(text, "no count of a block; write =n, >n or <n, and ,m for so many different ones");
            return false;
        }
        node.count = *count;
        node.different = static_cast<std::uint8_t>(std::min<std::uint32_t>(*different, 255));
        return true;
    }

    std::uint16_t read_subsignature(std::string_view text) {
        const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
        const auto id = number_of(text.substr(0, digits));
        if (!id) return fail(text, "no number of a subsignature; the first one is 0");
        if (*id >= most_subsignatures) {
            return fail(text, "a signature has 64 subsignatures at most, 0 to 63; divide it");
        }
        LogicNode node;
        node.subsignature = static_cast<std::uint8_t>(*id);
        std::string_view count = text.substr(digits);
        if (!count.empty() && !read_count(count, node)) return 0;
        return add(node);
    }

    // Of one subsignature ClamAV reads the last sign and the number behind it, and passes over
    // everything else: "0:4C" is 0 (an offset that slipped into the expression), "0>=2" is 0=2.
    bool read_count(std::string_view text, LogicNode& node) {
        const std::size_t sign = text.find_last_of("<>=");
        if (sign != 0) result_.doubtful = text.data();
        if (sign == none) return true;
        const std::string_view behind = trimmed(text.substr(sign + 1));
        const std::size_t digits = std::min(behind.find_first_not_of("0123456789"), behind.size());
        if (digits != behind.size()) result_.doubtful = text.data();
        const auto count = number_of(behind.substr(0, digits));
        if (!count) {
            fail(text, "behind the number of a subsignature stands nothing, or =n, >n or <n");
            return false;
        }
        node.comparison = comparison_of(text[sign]);
        node.count = *count;
        return true;
    }

    static Comparison comparison_of(char sign) {
        return sign == '='   ? Comparison::equal
               : sign == '<' ? Comparison::less
                             : Comparison::more;
    }

    static std::optional<std::uint32_t> number_of(std::string_view text) {
        const auto number = parse_number(text);
        if (!number || *number > 0xffffffffu) return std::nullopt;
        return static_cast<std::uint32_t>(*number);
    }

    std::uint16_t add(const LogicNode& node) {
        result_.expression.push_back(node);
        return static_cast<std::uint16_t>(result_.expression.size() - 1);
    }

    bool failed() const { return !result_.error.empty(); }
    std::uint16_t fail(std::string_view at, std::string message) {
        if (failed()) return 0;
        result_.at = at.data();
        result_.error = std::move(message);
        return 0;
    }

    ParsedExpression result_;
};

}  // namespace

ParsedExpression parse_expression(std::string_view text) {
    return ExpressionReader().read(text);
}

}  // namespace postern::signatures::clamav
