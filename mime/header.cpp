// SPDX-License-Identifier: Apache-2.0
#include "mime/header.h"

#include "mime/header_block.h"

#include <algorithm>

namespace postern::mime {

namespace {

constexpr std::size_t most_parameters = 1000;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Walks a value from left to right, each octet a constant number of times.
class Tokenizer {
public:
    explicit Tokenizer(std::string_view text) : text_(text) {}

    StructuredValue parse() {
        result_.token = lower_case(trimmed(without_comments(up_to(';'))));
        while (at_ < text_.size() && result_.parameters.size() < most_parameters) {
            ++at_;  // the ';'
            parameter();
        }
        if (at_ < text_.size()) result_.broken = true;
        return std::move(result_);
    }

private:
    // The text up to `stop` outside quotes and comments; at_ then stands on it or at the end.
    std::string_view up_to(char stop) {
        const std::size_t begin = at_;
        bool quoted = false;
        int comments = 0;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '\\' && (quoted || comments > 0)) {
                ++at_;
            } else if (c == '"' && comments == 0) {
                quoted = !quoted;
            } else if (!quoted && c == '(') {
                ++comments;
            } else if (!quoted && c == ')' && comments > 0) {
                --comments;
            } else if (c == stop && !quoted && comments == 0) {
                break;
            }
        }
        at_ = std::min(at_, text_.size());
        if (!quoted && comments == 0) return text_.substr(begin, at_ - begin);
        // An unclosed quote or comment: what it swallowed may be parameters, so it ends at the
        // first stop.
        result_.broken = true;
        at_ = std::min(text_.find(stop, begin), text_.size());
        return text_.substr(begin, at_ - begin);
    }

    static std::string without_comments(std::string_view text) {
        std::string result;
        int depth = 0;
        for (const char c : text) {
            if (c == '(') ++depth;
            if (depth == 0) result += c;
            if (c == ')' && depth > 0) --depth;
        }
        return depth == 0 ? result : std::string(text);
    }

    void parameter() {
        const std::size_t stop = std::min(text_.find_first_of("=;", at_), text_.size());
        const std::string_view name = text_.substr(at_, stop - at_);
        at_ = stop;
        if (at_ == text_.size() || text_[at_] == ';') {
            if (!trimmed(name).empty()) result_.broken = true;
            return;
        }
        ++at_;
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
        Parameter parameter{lower_case(trimmed(without_comments(name))), {}, {}};
        if (at_ < text_.size() && text_[at_] == '"') {
            quoted_value(parameter);
        } else {
            unquoted_value(parameter);
        }
        result_.parameters.push_back(std::move(parameter));
    }

    void quoted_value(Parameter& parameter) {
        const std::size_t begin = ++at_;
        std::string resolved;
        bool pairs = false;
        for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                pairs = true;
                ++at_;
            }
            resolved += text_[at_];
        }
        const std::string_view literal = text_.substr(begin, at_ - begin);
        parameter.value = std::move(resolved);
        if (pairs) parameter.alternatives.emplace_back(literal);
        if (at_ >= text_.size()) {
            // Never closed. Some readers end it at the ';', and parameters may follow there.
            result_.broken = true;
            at_ = std::min(text_.find(';', begin), text_.size());
            parameter.alternatives.emplace_back(trimmed(text_.substr(begin, at_ - begin)));
            return;
        }
        ++at_;
        const std::size_t stop = std::min(text_.find(';', at_), text_.size());
        const std::string_view behind = trimmed(text_.substr(at_, stop - at_));
        at_ = stop;
        if (behind.empty() || behind.starts_with('(')) return;
        result_.broken = true;
        parameter.alternatives.push_back(parameter.value + std::string(behind));
    }

    void unquoted_value(Parameter& parameter) {
        const std::size_t begin = at_;
        at_ = std::min(text_.find(';', at_), text_.size());
        const std::string_view whole = trimmed(text_.substr(begin, at_ - begin));
        parameter.value = whole;
        const std::size_t blank = whole.find_first_of(" \t(");
        if (blank == std::string_view::npos) return;
        parameter.alternatives.emplace_back(whole.substr(0, blank));
        const std::string_view rest = trimmed(whole.substr(blank));
        if (rest.starts_with('(')) {
            std::swap(parameter.value, parameter.alternatives.back());
        } else {
            result_.broken = true;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    StructuredValue result_;
};

}  // namespace

StructuredValue parse_structured(std::string_view value) {
    return Tokenizer(value).parse();
}

std::vector<std::string> encoding_tokens(std::string_view value) {
    std::vector<std::string> tokens;
    std::string token;
    const auto end_token = [&] {
        if (!token.empty() && std::ranges::find(tokens, token) == tokens.end() &&
            tokens.size() < 32) {
            tokens.push_back(token);
        }
        token.clear();
    };
    int comments = 0;
    const bool closed = value.find(')') != std::string_view::npos;
    for (const char c : value) {
        if (c == '(' && closed) ++comments;
        if (comments == 0) {
            if (static_cast<unsigned char>(c) <= 32 || c == ';' || c == ',') {
                end_token();
            } else if (c != '"' && c != '\'' && c != '(') {
                token += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
            }
        }
        if (c == ')' && comments > 0) --comments;
    }
    end_token();
    return tokens;
}

std::string media_type_of(std::string_view token) {
    const std::size_t slash = token.find('/');
    if (slash == std::string_view::npos) return {};
    const std::string_view type = trimmed(token.substr(0, slash));
    std::string_view subtype = trimmed(token.substr(slash + 1));
    subtype = subtype.substr(0, subtype.find_first_of(" \t,/"));
    const auto plain = [](std::string_view part) {
        return !part.empty() && std::ranges::all_of(part, [](char c) {
            return static_cast<unsigned char>(c) > 32 && c != '"' && c != '=' && c != '(';
        });
    };
    if (!plain(type) || !plain(subtype)) return {};
    return std::string(type) + '/' + std::string(subtype);
}

}  // namespace postern::mime
