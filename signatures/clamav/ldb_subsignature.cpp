// SPDX-License-Identifier: Apache-2.0
// What a subsignature is, is told by its first signs: a slash makes a regex, "(>>" or "(<<" behind a
// number a comparison, all else is a body.
#include "signatures/clamav/ldb_subsignature.h"

#include "signatures/clamav/body_options.h"
#include "signatures/clamav/byte_compare.h"
#include "signatures/clamav/ldb_expression.h"
#include "signatures/clamav/lines.h"
#include "signatures/clamav/offset_field.h"

#include <algorithm>
#include <array>

namespace postern::signatures::clamav {

namespace {

constexpr std::size_t none = std::string_view::npos;

struct FlagLetter {
    char letter;
    RegexFlag flag;
};
constexpr std::array<FlagLetter, 10> flag_letters{{{'g', RegexFlag::global},
                                                   {'r', RegexFlag::rolling},
                                                   {'e', RegexFlag::encompass},
                                                   {'i', RegexFlag::caseless},
                                                   {'s', RegexFlag::dot_all},
                                                   {'m', RegexFlag::multiline},
                                                   {'x', RegexFlag::extended},
                                                   {'A', RegexFlag::anchored},
                                                   {'E', RegexFlag::dollar_end},
                                                   {'U', RegexFlag::ungreedy}}};

class SubsignatureReader {
public:
    SubsignatureReader(SubsignatureContext context, SourceReport& report, Subsignature& out)
        : context_(context), report_(report), out_(out) {}

    bool read(std::string_view text) {
        if (text.starts_with("fuzzy_img#")) {
            return leave(text, "fuzzy image hashes (fuzzy_img) are not computed");
        }
        if (text.starts_with("${")) return leave(text, "macros (${a-b}g$) are not supported");
        if (text.find('/') != none) return read_regex(text);
        if (is_byte_compare(text)) return read_compare(text);
        return read_bodies(text);
    }

private:
    bool read_compare(std::string_view text) {
        const ParsedByteCompare parsed = parse_byte_compare(text);
        if (!parsed.error.empty()) return fail(text, parsed.error);
        if (parsed.compare.beside == context_.number) {
            return fail(text, "a comparison cannot stand beside itself; write another number");
        }
        out_.compare = parsed.compare;
        return true;
    }

    // What stands before the first colon, when it is no option's.
    bool read_offset(std::string_view& text) {
        const std::size_t colon = text.find(':');
        if (colon == none) return true;
        if (!read_offset_field(text.substr(0, colon), text)) return false;
        text.remove_prefix(colon + 1);
        return true;
    }

    // `at`: where it is told of. A field of no length that stands nowhere is no offset.
    bool read_offset_field(std::string_view field, std::string_view at) {
        if (field.data() == nullptr) return true;
        ParsedOffset parsed = parse_offset(field, context_.target);
        if (!parsed.error.empty()) return fail(at, std::move(parsed.error));
        if (!parsed.unsupported.empty()) return leave(at, std::move(parsed.unsupported));
        out_.offset = parsed.offset;
        return true;
    }

    bool read_options(std::string_view text, BodyOptions& options) {
        for (const char& letter : text) {
            switch (letter) {
                case 'i':
                    options.caseless = true;
                    break;
                case 'w':
                    options.wide = true;
                    break;
                case 'a':
                    options.ascii = true;
                    break;
                case 'f':
                    options.whole = true;
                    break;
                default:
                    return fail(std::string_view(&letter, 1), "no option; write i, w, f or a");
            }
        }
        return true;
    }

    bool read_bodies(std::string_view text) {
        const SubsignatureText divided = divide_subsignature(text);
        BodyOptions options;
        if (divided.passed_over) {
            report_.add(Severity::warning, divided.passed_over,
                        "behind a second :: nothing counts, and no option does; only what stands "
                        "before the first one is looked for");
        }
        if (!read_options(divided.options, options) || !read_offset_field(divided.offset, text)) return false;
        SpelledBodies spelled = spell(divided.body, options);
        if (spelled.error) {
            return fail(std::string_view(spelled.error->at, 0), std::move(spelled.error->message));
        }
        out_.bodies = std::move(spelled.bodies);
        return true;
    }

    bool read_regex(std::string_view text) {
        const std::size_t first = text.find('/');
        const std::size_t last = text.rfind('/');
        if (first == last) return fail(text, "the regex does not end; close it with /");
        out_.regex = text.substr(first + 1, last - first - 1);
        if (out_.regex.empty()) return fail(text.substr(first), "the regex is empty; write one");
        std::string_view flags = text.substr(last + 1);
        const std::size_t options = flags.find("::");
        BodyOptions more;
        if (options != none && !read_options(flags.substr(options + 2), more)) return false;
        if (more.caseless) out_.flags.add(RegexFlag::caseless);
        if (!read_flags(flags.substr(0, options))) return false;
        std::string_view trigger = text.substr(0, first);
        return read_offset(trigger) && read_trigger(trigger) && compiles(text.substr(first + 1));
    }

    bool read_flags(std::string_view text) {
        for (const char& letter : text) {
            const auto row =
                std::find_if(flag_letters.begin(), flag_letters.end(),
                             [&](const FlagLetter& known) { return known.letter == letter; });
            if (row == flag_letters.end()) {
                return fail(std::string_view(&letter, 1), "no flag; write some of gresimxAEU");
            }
            out_.flags.add(row->flag);
        }
        return true;
    }

    bool read_trigger(std::string_view text) {
        ParsedExpression parsed = parse_expression(text);
        if (!parsed.error.empty()) {
            return fail(std::string_view(parsed.at, 0), "the trigger: " + parsed.error);
        }
        if (highest_named(parsed.expression) >= context_.number) {
            return fail(text, "the trigger names this subsignature or a later one; only earlier "
                              "ones can be named");
        }
        out_.trigger = std::move(parsed.expression);
        return true;
    }

    bool compiles(std::string_view at) {
        const auto error = check_regex(out_.regex, out_.flags);
        if (!error) return true;
        return fail(at.substr(std::min(error->offset, at.size())), "the regex: " + error->message);
    }

    bool fail(std::string_view at, std::string message) {
        report_.error(at.data(), std::move(message));
        return false;
    }
    bool leave(std::string_view at, std::string message) {
        report_.add(Severity::unsupported, at.data(), std::move(message));
        return false;
    }

    SubsignatureContext context_;
    SourceReport& report_;
    Subsignature& out_;
};

}  // namespace

SubsignatureText divide_subsignature(std::string_view text) {
    const Fields fields = split(text, ':');
    SubsignatureText out;
    if (fields.count > 4) {
        out.body = fields[0];
        out.passed_over = fields[1].data();
        return out;
    }
    if (fields.count > 2) {
        out.options = fields[fields.count - 1];
        // The field between is empty as a rule, and never read.
        const char* unread = fields[fields.count - 2].data();
        text = text.substr(0, static_cast<std::size_t>(unread - text.data()) - 1);
    }
    const std::size_t colon = text.find(':');
    if (colon != none) out.offset = text.substr(0, colon);
    out.body = colon == none ? text : text.substr(colon + 1);
    return out;
}

bool read_subsignature(std::string_view text, SubsignatureContext context, SourceReport& report,
                       Subsignature& out) {
    return SubsignatureReader(context, report, out).read(text);
}

}  // namespace postern::signatures::clamav
