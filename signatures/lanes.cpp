// SPDX-License-Identifier: Apache-2.0
// First every body becomes a program and gets its anchor; then equal anchors of a target become one
// bucket; the databases are made of the buckets.
#include "signatures/lanes.h"

#include "signatures/anchor.h"
#include "signatures/base64_text.h"
#include "signatures/cover.h"
#include "signatures/databases.h"
#include "signatures/logic_builder.h"
#include "signatures/start_range.h"

#include <algorithm>
#include <cstring>

namespace postern::signatures {

namespace {

enum class Group : std::uint8_t { after, before, plain };

// A border of encoded text is searched for everything so far inward. A part whose reach is longer
// is looked for in the encoded text itself.
constexpr std::size_t longest_border = 64;

// A watch before it has a bucket.
struct Waiting {
    Target target = Target::any;
    std::string literal;
    bool caseless = false;
    Group group = Group::plain;
    Watch watch;
    SampledText around;  // to be looked for in the midst of base64 text; empty: not there

    auto key() const { return std::tie(target, literal, caseless, group, watch.check); }
};

class LaneBuilder {
public:
    explicit LaneBuilder(SignatureSet::Tables& tables)
        : tables_(tables), logic_(tables.logic, tables.programs) {}

    // Also the place where a signature's lane is decided; see README.md, "The lanes".
    void add(BodySignature&& signature) {
        const clamav::Body body = joined(std::move(signature.body));
        const auto number = static_cast<std::uint32_t>(tables_.signatures.size());
        const SignatureRow row{tables_.names.add(signature.name()), tables_.programs.add(body),
                               no_logic, signature.offset};
        tables_.signatures.push_back(row);
        auto anchor = chooser_.choose(body, wish_for(signature.target));
        TargetTables& target = tables_.targets[static_cast<std::size_t>(signature.target)];
        const bool poor = !anchor || anchor->literals[0].size() < anchor_length;
        if (poor && is_one_place(row.offset)) {
            target.placed.push_back(number);
        } else if (!anchor) {
            target.slow.push_back(number);
        } else {
            wait_for(signature.target, *anchor, body);
        }
    }

    // A logical signature is found by its legs, each a signature row of its own.
    void add(LogicalSignature&& signature) {
        for (Subsignature& one : signature.subsignatures) {
            for (clamav::Body& body : one.bodies) body = joined(std::move(body));
        }
        const Target target = signature.description.target;
        const std::vector<Leg> cover = choose_cover(signature, chooser_, wish_for(target));
        const std::uint32_t name = tables_.names.add(signature.name());
        const std::uint32_t number = logic_.add(signature, name);
        TargetTables& tables = tables_.targets[static_cast<std::size_t>(target)];
        if (cover.empty()) tables.slow_logic.push_back(number);
        for (const Leg& leg : cover) {
            const Subsignature& one = signature.subsignatures[leg.subsignature];
            const BodyRow body = logic_.body_of(number, leg.subsignature, leg.body);
            tables_.signatures.push_back({name, body, number, one.offset});
            if (leg.anchor) wait_for(target, *leg.anchor, one.bodies[leg.body]);
            else tables.placed.push_back(static_cast<std::uint32_t>(tables_.signatures.size() - 1));
        }
    }

    // Sorting brings equal anchors of a target together, and within them equal groups and checks.
    void fill_buckets() {
        std::stable_sort(waiting_.begin(), waiting_.end(),
                         [](const Waiting& a, const Waiting& b) { return a.key() < b.key(); });
        for (std::size_t i = 0; i < waiting_.size(); ++i) {
            const bool same = i > 0 && waiting_[i].target == waiting_[i - 1].target &&
                              waiting_[i].literal == waiting_[i - 1].literal &&
                              waiting_[i].caseless == waiting_[i - 1].caseless;
            if (!same) begin_bucket(i);
            count(waiting_[i].group);
            if (!waiting_[i].around.text.empty()) add_encoded(waiting_[i]);
            tables_.watches.push_back(waiting_[i].watch);
        }
    }

    // The literal of each bucket.
    std::vector<BucketLiteral> literals() const {
        std::vector<BucketLiteral> literals;
        for (const Waiting* first : firsts_) {
            literals.push_back({first->literal, first->target, first->caseless});
        }
        return literals;
    }
    // What is looked for in the midst of base64 text as well.
    EncodedTexts& encoded() { return encoded_; }

private:
    void wait_for(Target target, const Anchor& anchor, const clamav::Body& body) {
        for (const std::string& literal : anchor.literals) wait(target, literal, anchor, body);
    }

    void wait(Target target, const std::string& literal, const Anchor& anchor,
              const clamav::Body& body) {
        const SignatureRow& row = tables_.signatures.back();
        Waiting waiting{target, literal, anchor.caseless, Group::plain, {}, {}};
        waiting.watch.signature = static_cast<std::uint32_t>(tables_.signatures.size() - 1);
        waiting.watch.part = row.body.first_part + static_cast<std::uint32_t>(anchor.part);
        if (anchor.delta) {
            waiting.watch.delta = *anchor.delta;
            choose_check(body.parts[anchor.part].elements, waiting);
        }
        if (target == Target::any || target == Target::mail) {
            const clamav::Sequence& elements = body.parts[anchor.part].elements;
            if (is_in_encoded(elements, waiting)) take_around(elements, waiting);
        }
        waiting_.push_back(std::move(waiting));
    }

    // The octets beside the anchor tell most false hits from true ones, and signatures of one
    // anchor apart.
    static void choose_check(const clamav::Sequence& elements, Waiting& waiting) {
        const std::size_t delta = waiting.watch.delta;
        const auto take = [&](std::size_t offset, Group group) {
            const std::string octets = clamav::fixed_octets(elements, offset, check_length);
            if (octets.empty()) return false;
            std::memcpy(&waiting.watch.check, octets.data(), check_length);
            waiting.group = group;
            return true;
        };
        if (take(delta + waiting.literal.size(), Group::after)) return;
        if (delta >= check_length) take(delta - check_length, Group::before);
    }

    // Also widens the border by what this part needs, where it is not in the database.
    bool is_in_encoded(const clamav::Sequence& elements, const Waiting& waiting) {
        if (!is_base64_text(waiting.literal)) return false;
        const std::uint32_t delta = waiting.watch.delta;
        const Window anchor = delta == no_delta ? Window{0, clamav::width_of(elements).max}
                                                : Window{delta, waiting.literal.size()};
        const std::size_t reach = reach_out_of_base64(elements, anchor);
        if (reach > longest_border) return true;
        tables_.encoded_border = std::max(tables_.encoded_border, reach);
        return false;
    }

    // Octets beside the anchor make a longer text, which can be found at less cost. What crosses
    // the border is found by its anchor.
    void take_around(const clamav::Sequence& elements, Waiting& waiting) {
        const std::size_t delta = waiting.watch.delta;
        const std::size_t anchor_end = delta + waiting.literal.size();
        std::size_t begin = delta;
        std::size_t end = anchor_end;
        waiting.around.text = waiting.literal;
        const auto take = [&](std::size_t from, std::size_t to) {
            std::string octets = clamav::fixed_octets(elements, from, to - from);
            if (waiting.watch.delta == no_delta || to - from > longest_sampled || octets.empty()) {
                return false;
            }
            waiting.around.text = std::move(octets);
            begin = from;
            end = to;
            return true;
        };
        while (take(begin, end + 1)) continue;
        while (begin > 0 && take(begin - 1, end)) continue;
        waiting.around.tail = static_cast<std::uint32_t>(end - anchor_end);
        tables_.encoded_border = std::max(tables_.encoded_border, waiting.around.text.size());
    }

    // The first watch stands for the bucket when its literal is compiled.
    void begin_bucket(std::size_t first) {
        Bucket bucket;
        bucket.first = static_cast<std::uint32_t>(first);
        bucket.length = static_cast<std::uint32_t>(waiting_[first].literal.size());
        tables_.buckets.push_back(bucket);
        firsts_.push_back(&waiting_[first]);
    }

    void add_encoded(Waiting& waiting) {
        waiting.around.literal = static_cast<std::uint32_t>(tables_.buckets.size() - 1);
        encoded_[static_cast<std::size_t>(waiting.target)].push_back(std::move(waiting.around));
    }

    void count(Group group) {
        Bucket& bucket = tables_.buckets.rows().back();
        (group == Group::after    ? bucket.after
         : group == Group::before ? bucket.before
                                  : bucket.plain)++;
    }

    SignatureSet::Tables& tables_;
    LogicBuilder logic_;
    AnchorChooser chooser_;
    std::vector<Waiting> waiting_;
    std::vector<const Waiting*> firsts_;
    EncodedTexts encoded_;
};

}  // namespace

void build_lanes(Signatures signatures, unsigned threads, SignatureSet::Tables& tables) {
    LaneBuilder builder(tables);
    for (BodySignature& body : signatures.bodies) builder.add(std::move(body));
    for (LogicalSignature& logical : signatures.logical) builder.add(std::move(logical));
    builder.fill_buckets();
    build_databases(builder.literals(), builder.encoded(), threads, tables);
    tables.statistics.anchors = tables.buckets.size();
    for (const TargetTables& target : tables.targets) {
        tables.statistics.slow_signatures += target.slow.size();
        tables.statistics.slow_logical += target.slow_logic.size();
    }
}

}  // namespace postern::signatures
