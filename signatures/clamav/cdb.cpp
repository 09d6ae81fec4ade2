// SPDX-License-Identifier: Apache-2.0
// Each pattern is compiled when it is read, so that what Hyperscan refuses is told with its line.
#include "signatures/clamav/cdb.h"

#include "signatures/clamav/hex.h"
#include "signatures/clamav/lines.h"
#include "signatures/clamav/name_pattern.h"
#include "signatures/hyperscan.h"

#include <set>

namespace postern::signatures::clamav {

namespace {

constexpr std::uint64_t largest = 0xffffffffu - 1;

bool read_bounded(std::string_view text, std::uint32_t& out) {
    const auto number = parse_number(text);
    if (!number || *number > largest) return false;
    out = static_cast<std::uint32_t>(*number);
    return true;
}

class MemberReader {
public:
    MemberReader(SourceReport& report, std::vector<MemberSignature>& out)
        : report_(report), out_(out) {}

    void read_cdb(std::string_view line) {
        const Fields fields = split(line, ':');
        if (fields.count < 10 || fields.count > 12) {
            return report_.error(nullptr,
                                 "a container signature has 10 to 12 fields; write "
                                 "Name:Type:ContainerSize:NamePattern:PackedSize:Size:Encrypted:"
                                 "Position:*:*");
        }
        const Level level = level_of(fields, 10, report_);
        if (level == Level::other) {
            return report_.add(Severity::unsupported, fields[10].data(),
                               "the line is for other functionality levels than 213");
        }
        MemberSignature signature;
        MemberNumbers& numbers = signature.numbers;
        if (level == Level::ours && is_name(fields[0], report_) &&
            read_type(fields[1], numbers.container) &&
            read_range(fields[2], numbers.container_size) &&
            read_pattern(fields[3], signature.pattern) &&
            read_range(fields[4], numbers.packed_size) && read_range(fields[5], numbers.size) &&
            read_encrypted(fields[6], numbers.encrypted) &&
            read_range(fields[7], numbers.position)) {
            keep(line, fields[0], std::move(signature));
        }
    }

    void read_old(std::string_view line, ContentType container) {
        const Fields fields = split(line, ':');
        if (fields.count != 9) {
            return report_.error(nullptr,
                                 "nine fields are needed; write Name:Encrypted:NamePattern:Size:"
                                 "PackedSize:CRC:*:Position:*");
        }
        MemberSignature signature;
        MemberNumbers& numbers = signature.numbers;
        numbers.container = container;
        if (is_name(fields[0], report_) && read_encrypted(fields[1], numbers.encrypted) &&
            read_pattern(fields[2], signature.pattern) && read_exact(fields[3], numbers.size) &&
            read_exact(fields[4], numbers.packed_size) && read_crc(fields[5], numbers.crc) &&
            read_exact(fields[7], numbers.position)) {
            keep(line, fields[0], std::move(signature));
        }
    }

private:
    bool refuse(std::string_view at, std::string message) {
        report_.error(at.data(), std::move(message));
        return false;
    }

    bool read_type(std::string_view text, ContentType& out) {
        const auto type = text == "*" ? ContentType::any : content_type_named(text);
        if (!type) {
            report_.add(Severity::unsupported, text.data(),
                        "no such type of container is known; write * or a name such as "
                        "CL_TYPE_ZIP");
            return false;
        }
        out = *type;
        return true;
    }

    bool read_exact(std::string_view text, NumberRange& out) {
        if (text == "*") return true;
        if (!read_bounded(text, out.low)) return refuse(text, "no number; write * or n");
        out.high = out.low;
        return true;
    }

    bool read_range(std::string_view text, NumberRange& out) {
        const std::size_t dash = text.find('-');
        if (dash == text.npos && text == "*") return true;
        const std::string_view high = dash == text.npos ? text : text.substr(dash + 1);
        if (!read_bounded(text.substr(0, dash), out.low) || !read_bounded(high, out.high)) {
            return refuse(text, "no number; write *, n or a-b");
        }
        const bool open = out.low != 0 && out.high == 0 && dash != text.npos;
        if (open) out.high = NumberRange::no_end;
        if (out.low > out.high) {
            report_.add(Severity::warning, text.data(),
                        "the range descends, so it holds no number; write the lower one first");
        }
        return true;
    }

    bool read_encrypted(std::string_view text, Encryption& out) {
        if (text != "0" && text != "1" && text != "*") {
            return refuse(text, "neither encrypted nor not; write 0, 1 or *");
        }
        out = text == "*" ? Encryption::any : text == "1" ? Encryption::yes : Encryption::no;
        return true;
    }

    bool read_crc(std::string_view text, std::uint32_t& out) {
        if (text == "*") return true;
        out = 0;
        for (const char c : text) {
            const int digit = hex_digit(c);
            if (digit < 0) return refuse(text, "no CRC; write * or up to 8 hex digits");
            out = out << 4 | static_cast<std::uint32_t>(digit);
        }
        return text.size() <= 8 || refuse(text, "no CRC; write * or up to 8 hex digits");
    }

    bool read_pattern(std::string_view text, std::string& out) {
        if (text == "*") return true;
        NamePattern pattern = parse_name_pattern(text);
        if (!pattern.error.empty()) {
            report_.error(pattern.error_at, std::move(pattern.error));
            return false;
        }
        if (pattern.doubtful) {
            report_.add(Severity::warning, pattern.doubtful,
                        "\\ before a letter or digit means just that here (POSIX); for classes "
                        "write [0-9], [[:space:]] or the like");
        }
        if (!compiles(pattern.expression)) {
            return refuse(text, "Hyperscan does not take this pattern; write a simpler one");
        }
        out = std::move(pattern.expression);
        return true;
    }

    // Sources repeat their patterns.
    bool compiles(const std::string& expression) {
        if (taken_.contains(expression)) return true;
        const std::string_view pattern = expression;
        const std::uint32_t id = 0;
        if (!LiteralDatabase::compile_patterns({&pattern, 1}, {&id, 1})) return false;
        taken_.insert(expression);
        return true;
    }

    void keep(std::string_view line, std::string_view name, MemberSignature&& signature) {
        signature.line = line;
        signature.name_length = name.size();
        out_.push_back(std::move(signature));
    }

    SourceReport& report_;
    std::vector<MemberSignature>& out_;
    std::set<std::string> taken_;
};

}  // namespace

void read_cdb(std::string_view text, SourceReport& report, std::vector<MemberSignature>& out) {
    MemberReader reader(report, out);
    for_each_line(text, report, [&](std::string_view line) { reader.read_cdb(line); });
}

void read_member_lines(std::string_view text, ContentType container, SourceReport& report,
                       std::vector<MemberSignature>& out) {
    MemberReader reader(report, out);
    for_each_line(text, report, [&](std::string_view line) { reader.read_old(line, container); });
}

}  // namespace postern::signatures::clamav
