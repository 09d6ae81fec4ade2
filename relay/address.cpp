// SPDX-License-Identifier: Apache-2.0
// A cursor that goes forward only: each rule of the grammar is a function that takes what it
// matches, or says what stands in its way.
#include "relay/address.h"

#include "relay/command.h"

#include <arpa/inet.h>
#include <algorithm>

namespace postern::relay {

namespace {

bool is_high(char c) {
    return static_cast<unsigned char>(c) >= 128;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter_or_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_atext(char c) {
    return is_letter_or_digit(c) ||
           (c != '\0' && std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos);
}
bool is_visible(char c) {
    return c >= ' ' && c <= '~';
}

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    std::size_t at() const { return at_; }
    bool take(char c) {
        if (peek() != c || at_ == text_.size()) return false;
        ++at_;
        return true;
    }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    // Each gives what is wrong, or nothing.
    std::string_view route();
    std::string_view local_part(std::string_view& part);
    std::string_view domain(std::string_view& part);

private:
    std::string_view quoted_string();
    std::string_view dot_string();

    std::string_view text_;
    std::size_t at_ = 0;
};

// A-d-l ":" ; behind the '@' that began it.
std::string_view Reader::route() {
    for (;;) {
        if (!take('@')) return "a route must be written <@a.example,@b.example:user@c.example>";
        std::string_view name;
        if (const auto trouble = domain(name); !trouble.empty()) return trouble;
        if (take(':')) return {};
        if (!take(',')) return "a route must end with a colon";
    }
}

std::string_view Reader::dot_string() {
    for (;;) {
        const std::size_t begin = at_;
        while (at_ < text_.size() && (is_atext(peek()) || is_high(peek()))) ++at_;
        if (at_ == begin) {
            if (peek() == '.') return "the part before the @ has a dot where none may stand";
            return begin > 0 && text_[begin - 1] == '.' ? "the part before the @ ends in a dot"
                                                        : "the part before the @ is missing or "
                                                          "holds a character that must be quoted";
        }
        if (!take('.')) return {};
    }
}

std::string_view Reader::quoted_string() {
    while (at_ < text_.size()) {
        const char c = text_[at_++];
        if (c == '"') return {};
        if (c == '\\') {
            if (!is_visible(peek()) || at_ == text_.size())
                return "a backslash must stand before a visible character";
            ++at_;
        } else if (!is_visible(c) && !is_high(c)) {
            return "control characters have no place in it";
        }
    }
    return "the closing quote is missing";
}

std::string_view Reader::local_part(std::string_view& part) {
    const std::size_t begin = at_;
    const std::string_view trouble = take('"') ? quoted_string() : dot_string();
    part = text_.substr(begin, at_ - begin);
    return trouble;
}

// Domain or address-literal, not yet judged: up to what cannot belong to it.
std::string_view Reader::domain(std::string_view& part) {
    const std::size_t begin = at_;
    if (take('[')) {
        while (at_ < text_.size() && peek() != ']' && peek() != '[' && peek() > ' ' &&
               is_visible(peek()))
            ++at_;
        if (!take(']')) return "the closing ] of the address literal is missing";
        part = text_.substr(begin, at_ - begin);
        return is_address_literal(part) ? std::string_view()
                                        : "what stands in the brackets is no address";
    }
    while (at_ < text_.size() &&
           (is_letter_or_digit(peek()) || peek() == '-' || peek() == '.' || is_high(peek())))
        ++at_;
    part = text_.substr(begin, at_ - begin);
    if (part.size() > 255) return {};  // told as what it is
    return is_domain(part, Charset::utf8) ? std::string_view() : "the domain is no domain name";
}

bool is_localhost(std::string_view domain) {
    const auto ends = [&](std::string_view tail) {
        return domain.size() >= tail.size() &&
               same_word(domain.substr(domain.size() - tail.size()), tail);
    };
    return same_word(domain, "localhost") || ends(".localhost") ||
           same_word(domain, "localhost.localdomain");
}

AddressFault judge_domain(std::string_view domain) {
    if (domain.front() == '[') return AddressFault::literal;
    if (domain.size() > 255) return AddressFault::domain_too_long;
    if (is_localhost(domain)) return AddressFault::localhost;
    const std::size_t dot = domain.rfind('.');
    if (dot == std::string_view::npos) return AddressFault::single_label;
    const std::string_view last = domain.substr(dot + 1);
    if (std::all_of(last.begin(), last.end(), is_digit)) return AddressFault::numeric;
    return AddressFault::none;
}

Path bad(std::string_view trouble) {
    Path path;
    path.fault = AddressFault::syntax;
    path.trouble = trouble;
    return path;
}

// The mailbox and what stands around it were read; is it one that we take?
AddressFault judge(std::string_view local, std::string_view domain) {
    if (local.size() > 64) return AddressFault::local_too_long;
    return judge_domain(domain);
}

}  // namespace

bool is_domain(std::string_view text, Charset charset) {
    if (text.empty() || text.size() > 255) return false;
    for (;;) {
        const std::size_t dot = text.find('.');
        const std::string_view label = text.substr(0, dot);
        const auto allowed = [&](char c) {
            return is_letter_or_digit(c) || c == '-' || (is_high(c) && charset == Charset::utf8);
        };
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
            return false;
        if (!std::all_of(label.begin(), label.end(), allowed)) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_address_literal(std::string_view text) {
    if (text.size() < 3 || text.front() != '[' || text.back() != ']') return false;
    const std::string inner(text.substr(1, text.size() - 2));
    in6_addr address{};
    if (same_word(std::string_view(inner).substr(0, 5), "IPv6:")) {
        return inner.find('%') == std::string::npos &&
               inet_pton(AF_INET6, inner.c_str() + 5, &address) == 1;
    }
    if (inet_pton(AF_INET, inner.c_str(), &address) == 1) return true;
    // General-address-literal: Ldh-str ":" 1*dcontent
    const std::size_t colon = inner.find(':');
    if (colon == 0 || colon == std::string::npos || colon + 1 == inner.size() ||
        inner[colon - 1] == '-')
        return false;
    return std::all_of(inner.begin(), inner.begin() + static_cast<std::ptrdiff_t>(colon),
                       [](char c) { return is_letter_or_digit(c) || c == '-'; }) &&
           std::all_of(inner.begin(), inner.end(), [](char c) {
               return c > ' ' && c <= '~' && c != '[' && c != '\\' && c != ']';
           });
}

Path parse_path(std::string_view text, PathKind kind) {
    Reader reader(text);
    if (!reader.take('<')) return bad("it must begin with <");
    Path path;
    if (reader.take('>')) {
        path.size = reader.at();
        if (kind == PathKind::forward) path.fault = AddressFault::null;
        return path;
    }
    const bool routed = reader.peek() == '@';
    std::string_view local;
    std::string_view domain;
    if (routed) {
        if (const auto trouble = reader.route(); !trouble.empty()) return bad(trouble);
    }
    if (const auto trouble = reader.local_part(local); !trouble.empty()) return bad(trouble);
    const bool postmaster = kind == PathKind::forward && !routed && same_word(local, "postmaster");
    if (reader.take('@')) {
        if (const auto trouble = reader.domain(domain); !trouble.empty()) return bad(trouble);
    } else if (!postmaster || reader.peek() != '>') {
        return bad("the @ and the domain are missing");
    }
    if (!reader.take('>')) return bad("it must end with >, right behind the domain");
    path.size = reader.at();
    path.mailbox =
        domain.empty() ? std::string(local) : std::string(local) + "@" + std::string(domain);
    if (!domain.empty()) path.fault = routed ? AddressFault::source_route : judge(local, domain);
    return path;
}

}  // namespace postern::relay
