// SPDX-License-Identifier: Apache-2.0
// Checks first, from the cheapest to the dearest; the members last.
#include "signatures/clamav/container.h"

#include "signatures/clamav/hex.h"
#include "signatures/clamav/lines.h"
#include "signatures/clamav/tar_walk.h"
#include "signatures/hasher.h"

#include <algorithm>
#include <map>
#include <set>

namespace postern::signatures::clamav {

namespace {

constexpr std::size_t header_length = 512;
constexpr std::string_view magic = "ClamAV-VDB:";
constexpr std::size_t longest_info = std::size_t{1} << 20;
// Hashes hardly compress, patterns three to five times.
constexpr std::uint64_t always_unpacked = std::uint64_t{64} << 20;
constexpr std::uint64_t most_ratio = 64;

struct Sum {
    std::uint64_t size = 0;
    std::array<std::uint8_t, 32> sha256{};
    bool operator==(const Sum&) const = default;
};
using Sums = std::map<std::string, Sum, std::less<>>;

bool is_info(std::string_view name) {
    return name.ends_with(".info");
}

// Nothing in these is a signature, so nobody needs to vouch for them.
bool is_passed_over(std::string_view name) {
    return is_info(name) || name == "COPYING";
}

bool is_member_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(),
                                        [](char c) { return c > ' ' && c < 0x7f && c != '/'; });
}

// Digests every member, and keeps the text of the .info.
class Digesting final : public TarVisitor {
public:
    bool begin(std::string_view name, std::uint64_t size) override {
        name_ = name;
        sum_.size = size;
        if (!is_member_name(name) || sums.contains(name)) {
            error = "a member's name is no file's name, or stands twice";
        } else if (is_info(name) && (!info.empty() || size > longest_info)) {
            error = "there is a second .info, or one that is too long";
        }
        hasher_.begin();
        return error.empty();
    }
    void piece(std::string_view octets) override {
        hasher_.add(octets);
        if (is_info(name_)) info += octets;
    }
    void end() override {
        sum_.sha256 = hasher_.end();
        sums.emplace(name_, sum_);
    }

    Sums sums;
    std::string info;
    std::string error;

private:
    Hasher hasher_;
    std::string name_;
    Sum sum_;
};

// Hands every member over, whole.
class Handing final : public TarVisitor {
public:
    explicit Handing(const MemberVisit& visit) : visit_(visit) {}
    bool begin(std::string_view name, std::uint64_t size) override {
        name_ = name;
        text_.clear();
        if (!is_passed_over(name)) text_.reserve(static_cast<std::size_t>(size));
        return true;
    }
    void piece(std::string_view octets) override {
        if (!is_passed_over(name_)) text_ += octets;
    }
    void end() override {
        if (!is_passed_over(name_)) visit_(name_, text_);
    }

private:
    const MemberVisit& visit_;
    std::string name_;
    std::string text_;
};

class Container {
public:
    Container(const ContainerSource& source, const ContainerTrust& trust)
        : source_(source), trust_(trust) {}

    // A sentence; empty: nothing speaks against the container.
    std::string check() {
        std::string wrong = check_header();
        if (wrong.empty()) wrong = digest_members();
        if (wrong.empty()) wrong = check_info();
        return wrong.empty() ? check_trust() : wrong;
    }
    std::string hand_over(const MemberVisit& visit) {
        Handing handing(visit);
        return walk_tar(archive(), limit(), handing);
    }

private:
    std::string_view archive() const { return source_.octets.substr(header_length); }
    std::uint64_t limit() const {
        return std::min(most_unpacked, always_unpacked + most_ratio * source_.octets.size());
    }

    std::string check_header() {
        const std::string_view header = source_.octets.substr(0, header_length);
        const Fields fields = split(header, ':');
        if (header.size() < header_length || !header.starts_with(magic) || fields.count < 8) {
            return "no header of a container; such a file begins with ClamAV-VDB:";
        }
        header_signature_ = fields[6];
        if (fields[5] == "X") return {};  // of a .cld, which its .info alone vouches for
        DigestKinds kinds;
        kinds.add(DigestKind::md5);
        md5_ = Hasher().digest(std::as_bytes(std::span(archive())), kinds).md5;
        std::array<std::uint8_t, 16> stated{};
        if (fields[5].size() != 32 || !parse_hex(fields[5], stated.data()) || stated != md5_) {
            return "the MD5 in its header is not that of the rest: the container is damaged";
        }
        has_md5_ = true;
        return {};
    }

    std::string digest_members() {
        const std::string wrong = walk_tar(archive(), limit(), members_);
        if (!members_.error.empty()) return members_.error;
        if (!wrong.empty()) return wrong;
        if (!members_.info.empty()) return {};
        return has_md5_ ? "" : "neither its header nor an .info says what should be in it";
    }

    // Octets before the line that begins with DSIG are what that line signs.
    std::string check_info() {
        std::string_view rest = members_.info;
        bool first = true;
        while (!rest.empty()) {
            const std::size_t begin = members_.info.size() - rest.size();
            const std::string_view line = take_line(rest);
            if (line.starts_with("DSIG:")) {
                info_signature_ = line.substr(5);
                signed_info_ = std::string_view(members_.info).substr(0, begin);
                break;
            }
            if (first != line.starts_with(magic)) return "its .info does not begin with its header";
            if (!first) {
                std::string wrong = check_sum(line);
                if (!wrong.empty()) return wrong;
            }
            first = false;
        }
        for (const auto& [name, sum] : members_.sums) {
            if (!members_.info.empty() && !is_passed_over(name) && !vouched_.contains(name)) {
                return "its .info does not name member " + name;
            }
        }
        return {};
    }

    std::string check_sum(std::string_view line) {
        const Fields fields = split(line, ':');
        const auto size = parse_number(fields[1]);
        Sum stated;
        if (fields.count != 3 || !size || fields[2].size() != 64 ||
            !parse_hex(fields[2], stated.sha256.data())) {
            return "a line of its .info is not File:Size:SHA-256";
        }
        stated.size = *size;
        const auto member = members_.sums.find(fields[0]);
        if (member == members_.sums.end() || member->second != stated) {
            return "member " + std::string(is_member_name(fields[0]) ? fields[0] : "?") +
                   " is missing, or not as its .info says: the container is damaged";
        }
        vouched_.insert(member->first);
        return {};
    }

    // Whatever is signed must be signed well; one good signature is enough.
    std::string check_trust() {
        std::array<Verified, 3> answers{};
        const std::span octets(source_.octets);
        if (!source_.detached.empty()) {
            answers[0] = trust_.keys.verify_detached(std::as_bytes(octets), source_.detached);
        }
        if (!info_signature_.empty()) {
            Hasher hasher;
            hasher.begin();
            hasher.add(signed_info_);
            answers[1] = trust_.keys.verify_info(hasher.end(), info_signature_);
        }
        if (has_md5_ && header_signature_ != "X" && !header_signature_.empty()) {
            answers[2] = trust_.keys.verify_header(md5_, header_signature_);
        }
        if (std::ranges::find(answers, Verified::no) != answers.end()) {
            return "its signature is by none of the keys given: it is forged, or another key is "
                   "needed";
        }
        if (std::ranges::find(answers, Verified::yes) != answers.end()) return {};
        if (trust_.unverified == Unverified::accept) return {};
        return "nobody vouches for it: it has no signature, or none by a kind of key that was "
               "given; give its key, or allow unsigned containers";
    }

    const ContainerSource& source_;
    const ContainerTrust& trust_;
    Digesting members_;
    std::set<std::string, std::less<>> vouched_;
    std::array<std::uint8_t, 16> md5_{};
    bool has_md5_ = false;
    std::string_view header_signature_;
    std::string_view info_signature_;
    std::string_view signed_info_;
};

}  // namespace

void read_container(const ContainerSource& source, const ContainerTrust& trust,
                    SourceReport& report, const MemberVisit& visit) {
    Container container(source, trust);
    std::string wrong = container.check();
    if (wrong.empty()) wrong = container.hand_over(visit);
    if (!wrong.empty()) report.error(nullptr, "the container is not loaded: " + wrong);
}

}  // namespace postern::signatures::clamav
