// SPDX-License-Identifier: Apache-2.0
// A part is laid out as columns: the octets that each place can hold. Windows of columns are the
// candidates; the score of one is its rarity in bits, less what makes it dear.
#include "signatures/anchor.h"

#include "signatures/alphabet.h"
#include "signatures/base64_text.h"
#include "signatures/byte_pairs.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace postern::signatures {

namespace {

using clamav::Element;
using clamav::ElementKind;
using clamav::Sequence;

// What each costs a window, in bits.
constexpr double flood_cost = 16;     // one octet over and over: padding, found in long runs
constexpr double base64_cost = 4;     // can stand in encoded text
constexpr double text_cost = 2;       // can stand in other text
constexpr double loose_cost = 3;      // says only that the body may be somewhere
constexpr double literal_cost = 0.5;  // for each further literal

// Rarer than this is hardly better: once in so many octets is never, and the model is only a model.
constexpr double rare_as_never = 36;
constexpr double worth_beyond = 0.125;

double worth(double bits) {
    return bits <= rare_as_never ? bits : rare_as_never + (bits - rare_as_never) * worth_beyond;
}

// With less than this, eight octets are no better than fewer ones might be.
constexpr double rare_enough = 14;

// The octets that may stand at one place; none: too many to write out.
struct Column {
    std::uint8_t count = 0;
    std::array<char, most_literals> octets{};
    bool folded = false;  // a letter in either case; `octets` has the lower one

    void add(char octet) {
        const auto end = octets.begin() + count;
        if (std::find(octets.begin(), end, octet) == end) octets[count++] = octet;
    }
};

// Columns in a row, with their distance from the start of the part, where it is known.
struct Run {
    std::vector<Column> columns;
    std::size_t delta = 0;
    bool fixed = true;
};

// A letter whose case is of no matter is masked by this.
constexpr unsigned char case_mask = 0xdf;

bool is_letter(unsigned char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

Column masked_column(unsigned char value, unsigned char mask) {
    Column column;
    if (mask == case_mask && is_letter(value)) {
        column.add(static_cast<char>(value | 0x20));
        column.folded = true;
        return column;
    }
    for (unsigned octet = 0; octet < 256; ++octet) {
        if ((octet & mask) == value) column.add(static_cast<char>(octet));
    }
    return column;
}

// Alternatives of one length, column by column. Pairs that do not occur together come along: more
// literals than needed, never fewer.
std::vector<Column> columns_of_choices(const Element& element) {
    const std::size_t width = clamav::width_of(element).max;
    std::vector<Column> columns(width);
    const bool plain =
        !element.negated &&
        std::all_of(element.choices.begin(), element.choices.end(), [](const Sequence& choice) {
            return choice.size() == 1 && choice[0].kind == ElementKind::literal;
        });
    if (!plain || element.choices.size() > most_literals) return columns;
    for (const Sequence& choice : element.choices) {
        for (std::size_t i = 0; i < width; ++i) columns[i].add(choice[0].octets[i]);
    }
    return columns;
}

class Layout {
public:
    explicit Layout(const Sequence& elements) {
        runs_.emplace_back();
        for (const Element& element : elements) add(element);
    }
    const std::vector<Run>& runs() const { return runs_; }

private:
    void add(const Element& element) {
        const clamav::Width width = clamav::width_of(element);
        position_ += width.max;
        auto& columns = runs_.back().columns;
        if (element.kind == ElementKind::literal) {
            for (const char octet : element.octets) columns.push_back({1, {octet}, false});
        } else if (element.kind == ElementKind::masked) {
            for (std::size_t i = 0; i < element.octets.size(); ++i) {
                columns.push_back(masked_column(static_cast<unsigned char>(element.octets[i]),
                                                static_cast<unsigned char>(element.mask[i])));
            }
        } else if (element.kind == ElementKind::alternatives && width.fixed()) {
            for (const Column& column : columns_of_choices(element)) columns.push_back(column);
        } else if (width.max != 0) {
            begin_run(width.fixed());
        }
    }

    void begin_run(bool fixed) {
        Run run;
        run.delta = position_;
        run.fixed = runs_.back().fixed && fixed;
        runs_.push_back(std::move(run));
    }

    std::vector<Run> runs_;
    std::size_t position_ = 0;
};

// Every text that the window stands for; the caller has seen to it that they are few.
std::vector<std::string> written_out(const Column* window, std::size_t length) {
    std::vector<std::string> literals{{}};
    for (std::size_t i = 0; i < length; ++i) {
        std::vector<std::string> longer;
        for (const std::string& literal : literals) {
            for (std::size_t n = 0; n < window[i].count; ++n) {
                longer.push_back(literal + window[i].octets[n]);
            }
        }
        literals = std::move(longer);
    }
    return literals;
}

double bits_of(const Column* window, std::size_t length) {
    double bits = first_octet_bits(static_cast<std::uint8_t>(window[0].octets[0]));
    for (std::size_t i = 1; i < length; ++i) {
        bits += next_octet_bits(static_cast<std::uint8_t>(window[i - 1].octets[0]),
                                static_cast<std::uint8_t>(window[i].octets[0]));
    }
    return worth(bits);
}

// What is looked for in any case stands here in one; equal ones become one.
void to_lower_case(std::vector<std::string>& literals) {
    for (std::string& literal : literals) {
        for (char& c : literal) {
            if (is_letter(static_cast<unsigned char>(c))) c = static_cast<char>(c | 0x20);
        }
    }
    std::sort(literals.begin(), literals.end());
    literals.erase(std::unique(literals.begin(), literals.end()), literals.end());
}

// The same for a literal that is already written out.
double bits_of(const std::string& literal) {
    double bits = first_octet_bits(static_cast<std::uint8_t>(literal[0]));
    for (std::size_t i = 1; i < literal.size(); ++i) {
        bits += next_octet_bits(static_cast<std::uint8_t>(literal[i - 1]),
                                static_cast<std::uint8_t>(literal[i]));
    }
    return worth(bits);
}

// Padding looks rare to a model of pairs only where it was trained without any.
bool is_flood(const std::string& literal) {
    return literal.find_first_not_of(literal[0]) == literal.npos;
}

double cost_in_text(const std::string& literal) {
    if (is_base64_text(literal)) return base64_cost;
    return consists_of(literal, Alphabet::text) ? text_cost : 0;
}

using Used = std::unordered_map<std::string, std::uint32_t>;

// Looks at every window of every part and keeps the best.
class Search {
public:
    Search(const Used& used, AnchorWish wish) : used_(used), wish_(wish) {}

    void look(const Layout& layout, std::size_t part, std::size_t length) {
        for (const Run& run : layout.runs()) {
            for (std::size_t i = 0; i + length <= run.columns.size(); ++i) {
                look_at(run, part, i, length);
            }
        }
    }

    double score() const { return score_; }
    std::optional<Anchor> take() { return std::move(best_); }

private:
    void look_at(const Run& run, std::size_t part, std::size_t at, std::size_t length) {
        const Column* window = &run.columns[at];
        std::size_t count = 1;
        for (std::size_t i = 0; i < length && count != 0 && count <= most_literals; ++i) {
            count *= window[i].count;
        }
        if (count == 0 || count > most_literals) return;
        // Nearly every window is one literal and no better than what there is: told without writing
        // it out.
        if (count == 1 && bits_of(window, length) <= score_) return;
        std::vector<std::string> literals = written_out(window, length);
        const bool caseless = std::any_of(window, window + length,
                                          [](const Column& column) { return column.folded; });
        if (caseless) to_lower_case(literals);
        const double score = score_of(literals) - (run.fixed ? 0 : loose_cost);
        if (score <= score_) return;
        score_ = score;
        best_ = Anchor{std::move(literals), caseless, score, part, std::nullopt};
        if (run.fixed) best_->delta = static_cast<std::uint32_t>(run.delta + at);
    }

    // The literals are looked for together: their chances add up, not their bits.
    double score_of(const std::vector<std::string>& literals) const {
        double places = 0;
        double cost = literal_cost * static_cast<double>(literals.size() - 1);
        for (const std::string& literal : literals) {
            double bits = bits_of(literal);
            if (is_flood(literal)) bits -= flood_cost;
            if (wish_ == AnchorWish::outside_text) bits -= cost_in_text(literal);
            const auto used = used_.find(literal);
            if (used != used_.end()) bits -= std::log2(1.0 + used->second);
            places += std::exp2(-bits);
        }
        return -std::log2(places) - cost;
    }

    const Used& used_;
    AnchorWish wish_;
    double score_ = -1e9;
    std::optional<Anchor> best_;
};

}  // namespace

std::optional<Anchor> AnchorChooser::choose(const clamav::Body& body, AnchorWish wish) {
    std::optional<Anchor> anchor = best(body, wish);
    if (anchor) use(*anchor);
    return anchor;
}

void AnchorChooser::use(const Anchor& anchor) {
    for (const std::string& literal : anchor.literals) ++used_[literal];
}

std::optional<Anchor> AnchorChooser::best(const clamav::Body& body, AnchorWish wish) const {
    std::vector<Layout> layouts;
    for (const clamav::Part& part : body.parts) layouts.emplace_back(part.elements);
    Search search(used_, wish);
    const auto look = [&](std::size_t length) {
        for (std::size_t i = 0; i < layouts.size(); ++i) search.look(layouts[i], i, length);
    };
    look(anchor_length);
    for (std::size_t n = anchor_length - 1; n >= short_anchor && search.score() < rare_enough;
         --n) {
        look(n);
    }
    // Shorter ones only when there is none at all: each costs more than all the long ones.
    for (std::size_t n = short_anchor - 1; n >= least_anchor && search.score() < -1e8; --n) look(n);
    return search.take();
}

}  // namespace postern::signatures
