// SPDX-License-Identifier: Apache-2.0
// A table of keys. ClamAV passes over a signature whose key or content type it does not know, since a
// later engine may; so these are unsupported, and only a wrong form is an error.
#include "signatures/clamav/ldb_description.h"

#include "signatures/clamav/hex.h"
#include "signatures/clamav/lines.h"

#include <algorithm>
#include <array>

namespace postern::signatures::clamav {

namespace {

constexpr std::size_t none = std::string_view::npos;

// From this level on, engines know keys other than Target.
constexpr std::uint32_t least_level = 51;

bool is_program(Target target) {
    return target == Target::pe || target == Target::elf || target == Target::macho;
}

class DescriptionReader {
public:
    DescriptionReader(SourceReport& report, TargetDescription& out) : report_(report), out_(out) {}

    bool read(std::string_view text) {
        for (std::string_view rest = text; good_;) {
            const std::size_t comma = rest.find(',');
            read_attribute(rest.substr(0, comma));
            if (comma == none) break;
            rest.remove_prefix(comma + 1);
        }
        if (good_) check(text);
        return good_;
    }

private:
    struct Key {
        std::string_view name;
        void (DescriptionReader::*read)(std::string_view);
    };

    void read_attribute(std::string_view text) {
        static constexpr std::array<Key, 10> keys{
            {{"Engine", &DescriptionReader::read_engine},
             {"Target", &DescriptionReader::read_target},
             {"FileSize", &DescriptionReader::read_file_size},
             {"EntryPoint", &DescriptionReader::read_entry_point},
             {"NumberOfSections", &DescriptionReader::read_sections},
             {"Container", &DescriptionReader::read_container},
             {"Intermediates", &DescriptionReader::read_intermediates},
             {"IconGroup1", &DescriptionReader::read_icon_group},
             {"IconGroup2", &DescriptionReader::read_icon_group},
             {"HandlerType", &DescriptionReader::read_handler}}};
        const std::size_t colon = text.find(':');
        if (colon == none) {
            return fail(text, "no attribute; write Key:Value, divided by commas");
        }
        const std::string_view name = text.substr(0, colon);
        const auto key = std::find_if(keys.begin(), keys.end(),
                                      [&](const Key& row) { return row.name == name; });
        if (key == keys.end()) {
            return leave(text, "the attribute " + std::string(name) + " is not known");
        }
        if (name == "Engine" && count_ != 0) {
            return fail(text, "Engine stands in the midst; write it first");
        }
        needs_engine_ = needs_engine_ || (name != "Engine" && name != "Target");
        ++count_;
        (this->*key->read)(text.substr(colon + 1));
    }

    bool read_range(std::string_view text, NumberRange& range) {
        const std::size_t dash = text.find('-');
        const auto low = dash == 0 ? std::optional<std::uint64_t>(0)
                                   : parse_number(text.substr(0, dash));
        const auto high = dash == none ? std::nullopt : parse_number(text.substr(dash + 1));
        if (!low || !high) {
            fail(text, "no range; write two numbers with a - between them");
            return false;
        }
        constexpr std::uint64_t most = 0xffffffffu;
        range = {static_cast<std::uint32_t>(std::min(*low, most)),
                 static_cast<std::uint32_t>(std::min(*high, most))};
        return true;
    }

    void read_engine(std::string_view text) {
        NumberRange range;
        if (!read_range(text, range)) return;
        has_engine_ = range.low >= least_level;
        if (!range.has(our_level)) {
            leave(text, "the line is for other functionality levels than 213");
        }
    }

    void read_target(std::string_view text) {
        const auto number = parse_number(text);
        if (!number) return fail(text, "no target; write a number from 0 to 14");
        has_target_ = true;
        if (*number >= target_count || *number == 8) {
            return leave(text, "target " + std::string(text) +
                                   " is not known; targets are 0 to 7 and 9 to 14");
        }
        out_.target = static_cast<Target>(*number);
    }

    void read_file_size(std::string_view text) { read_range(text, out_.file_size); }
    void read_entry_point(std::string_view text) { read_range(text, out_.entry_point); }
    void read_sections(std::string_view text) { read_range(text, out_.sections); }

    bool read_type(std::string_view text, ContentType& type) {
        const auto known = content_type_named(text);
        if (!known) leave(text, "the content type " + std::string(text) + " is not known");
        type = known.value_or(ContentType::any);
        return known.has_value();
    }

    void read_container(std::string_view text) {
        ContentType type{};
        if (read_type(text, type)) out_.container = type;
    }

    void read_intermediates(std::string_view text) {
        out_.intermediates.clear();
        while (good_) {
            const std::size_t end = text.find('>');
            ContentType type{};
            if (read_type(text.substr(0, end), type)) out_.intermediates.push_back(type);
            if (end == none) break;
            text.remove_prefix(end + 1);
        }
    }

    void read_icon_group(std::string_view text) {
        leave(text, "icons (IconGroup1, IconGroup2) are not compared");
    }
    void read_handler(std::string_view text) {
        leave(text, "HandlerType does not alert, and to scan as another type is not supported");
    }

    void check(std::string_view text) {
        if (!has_target_) return fail(text, "no target; write Target:0 or another number");
        if (needs_engine_ && !has_engine_) {
            return fail(text, "attributes other than Target need Engine:51-255 or higher before "
                              "them");
        }
        const bool headers = !out_.entry_point.is_all() || !out_.sections.is_all();
        if (headers && !is_program(out_.target)) {
            fail(text, "entry points and sections exist only in programs; write target 1, 6 or 9");
        }
    }

    void fail(std::string_view at, std::string message) {
        if (good_) report_.error(at.data(), std::move(message));
        good_ = false;
    }
    void leave(std::string_view at, std::string message) {
        if (good_) report_.add(Severity::unsupported, at.data(), std::move(message));
        good_ = false;
    }

    SourceReport& report_;
    TargetDescription& out_;
    std::size_t count_ = 0;  // of attributes
    bool has_engine_ = false;
    bool has_target_ = false;
    bool needs_engine_ = false;
    bool good_ = true;
};

}  // namespace

bool read_description(std::string_view text, SourceReport& report, TargetDescription& out) {
    return DescriptionReader(report, out).read(text);
}

}  // namespace postern::signatures::clamav
