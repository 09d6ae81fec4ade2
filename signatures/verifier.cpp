// SPDX-License-Identifier: Apache-2.0
// Two walks over the same operations: at one position, until the first `choices`, and then over a
// set of positions. Both end at the first operation that nothing fits.
#include "signatures/verifier.h"

#include "signatures/character_class.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace postern::signatures {

namespace {

struct Reader {
    const std::uint8_t* at;
    Op op() { return static_cast<Op>(*at++); }
    std::uint8_t octet() { return *at++; }
    std::uint32_t number() {
        const std::uint32_t value = at[0] | at[1] << 8 | at[2] << 16 | std::uint32_t{at[3]} << 24;
        at += 4;
        return value;
    }
    const std::uint8_t* take(std::size_t n) {
        const std::uint8_t* start = at;
        at += n;
        return start;
    }
};

const std::uint8_t* data_at(Octets content, std::size_t position) {
    return reinterpret_cast<const std::uint8_t*>(content.data()) + position;
}

// Also false for a position beyond the end, which sums of distances can lead to.
bool has_room(Octets content, std::size_t position, std::size_t n) {
    return position <= content.size() && content.size() - position >= n;
}

// One operation, decoded once and asked at any number of positions. Not for `choices`.
struct Step {
    Op op = Op::end;
    std::uint32_t length = 0;
    std::uint32_t count = 0;
    std::uint32_t high = 0;  // of a distance that begins with `count`
    bool negated = false;
    char letter = 0;
    const std::uint8_t* data = nullptr;

    explicit Step(Reader& reader) : op(reader.op()) {
        switch (op) {
            case Op::literal:
            case Op::masked:
                length = reader.number();
                data = reader.take(op == Op::masked ? std::size_t{2} * length : length);
                return;
            case Op::skip:
                length = reader.number();
                return;
            case Op::set:
                length = 1;
                data = reader.take(32);
                return;
            case Op::same_length:
                negated = reader.octet() != 0;
                count = reader.number();
                length = reader.number();
                data = reader.take(std::size_t{count} * length);
                return;
            case Op::look_behind:
            case Op::look_ahead:
            case Op::consume:
                letter = static_cast<char>(reader.octet());
                negated = reader.octet() != 0;
                return;
            case Op::near_before:
            case Op::near_after:
                count = reader.number();
                high = reader.number();
                data = reader.take(2);
                return;
            case Op::end:
            case Op::choices:
                return;
        }
    }

    Class character_class() const { return {letter, negated}; }

    bool is_one_of(const std::uint8_t* at) const {
        for (std::uint32_t i = 0; i < count; ++i) {
            if (std::memcmp(at, data + std::size_t{i} * length, length) == 0) return true;
        }
        return false;
    }

    // Is the octet there, `count` to `high` octets away from here?
    bool is_near(Octets content, std::size_t position) const {
        for (std::size_t n = count; n <= high; ++n) {
            const bool before = op == Op::near_before;
            if (before ? n >= position : n >= content.size() - position) return false;
            const std::size_t place = before ? position - 1 - n : position + n;
            if ((*data_at(content, place) & data[1]) == data[0]) return true;
        }
        return false;
    }

    bool fits_mask(const std::uint8_t* at) const {
        for (std::uint32_t i = 0; i < length; ++i) {
            if ((at[i] & data[length + i]) != data[i]) return false;
        }
        return true;
    }

    // The position behind the operation; nothing: it does not fit.
    std::optional<std::size_t> after(Octets content, std::size_t position) const {
        if (op == Op::look_behind) {
            return boundary_before(character_class(), content, position) ? std::optional(position)
                                                                         : std::nullopt;
        }
        if (op == Op::look_ahead) {
            return boundary_after(character_class(), content, position) ? std::optional(position)
                                                                        : std::nullopt;
        }
        if (op == Op::near_before || op == Op::near_after) {
            return is_near(content, position) ? std::optional(position) : std::nullopt;
        }
        if (op == Op::consume) {
            const std::size_t n = taken_by(character_class(), content, position);
            return n != 0 ? std::optional(position + n) : std::nullopt;
        }
        if (!has_room(content, position, length)) return std::nullopt;
        const std::uint8_t* at = data_at(content, position);
        const bool fits = op == Op::literal       ? std::memcmp(at, data, length) == 0
                          : op == Op::masked      ? fits_mask(at)
                          : op == Op::set         ? (data[*at / 8] >> *at % 8 & 1) != 0
                          : op == Op::same_length ? is_one_of(at) != negated
                                                  : true;
        return fits ? std::optional(position + length) : std::nullopt;
    }
};

void make_set(Ends& ends) {
    std::sort(ends.begin(), ends.end());
    ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
}

void walk(Reader reader, Octets content, Ends& ends);

// Every choice starts from the same positions; together they lead to the union of the ends.
void walk_choices(Reader& reader, Octets content, Ends& ends) {
    Ends all;
    const std::uint32_t count = reader.number();
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t length = reader.number();
        Ends some = ends;
        walk(Reader{reader.take(length)}, content, some);
        all.insert(all.end(), some.begin(), some.end());
    }
    make_set(all);
    ends = std::move(all);
}

// The set of positions, moved through the whole sequence.
void walk(Reader reader, Octets content, Ends& ends) {
    while (!ends.empty()) {
        const Op op = static_cast<Op>(*reader.at);
        if (op == Op::end) return;
        if (op == Op::choices) {
            reader.op();
            walk_choices(reader, content, ends);
            continue;
        }
        const Step step(reader);
        std::size_t kept = 0;
        for (const std::size_t position : ends) {
            if (const auto next = step.after(content, position)) ends[kept++] = *next;
        }
        ends.resize(kept);
        // A line marker moves positions by different distances, so two may meet.
        if (op == Op::consume) make_set(ends);
    }
}

}  // namespace

void Verifier::ends_of(const PartRow& part, Octets content, std::size_t start, Ends& ends) const {
    ends.assign(1, start);
    walk(Reader{programs_.code.data() + part.code}, content, ends);
}

std::optional<std::size_t> Verifier::first_end(const PartRow& part, Octets content,
                                               std::size_t start) const {
    if (!has_room(content, start, part.min_length)) return std::nullopt;
    Reader reader{programs_.code.data() + part.code};
    std::size_t position = start;
    for (;;) {
        const Op op = static_cast<Op>(*reader.at);
        if (op == Op::end) return position;
        if (op == Op::choices) break;
        const auto next = Step(reader).after(content, position);
        if (!next) return std::nullopt;
        position = *next;
    }
    // Only alternatives of different lengths make more than one position: from here on, a set.
    Ends ends{position};
    walk(reader, content, ends);
    return ends.empty() ? std::nullopt : std::optional(ends.front());
}

std::optional<std::size_t> Verifier::find(const PartRow& part, Octets content, std::size_t from,
                                          std::size_t last) const {
    if (content.size() < part.min_length) return std::nullopt;
    last = std::min<std::size_t>(last, content.size() - part.min_length);
    const bool probed = part.probes[0].mask != 0;
    for (std::size_t start = from; start <= last; ++start) {
        if (probed) start += next_probed(part.probes, content.subspan(start), last + 1 - start);
        if (start > last) break;
        if (first_end(part, content, start)) return start;
    }
    return std::nullopt;
}

}  // namespace postern::signatures
