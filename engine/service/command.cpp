// SPDX-License-Identifier: Apache-2.0
// The table of commands. What may be said bare and what in a session is as clamd has it.
#include "engine/service/command.h"

#include <algorithm>
#include <array>

namespace postern::engine::service {

namespace {

enum class Bare : std::uint8_t { no, yes };
enum class Session : std::uint8_t { no, yes };
enum class Takes : std::uint8_t { nothing, path, options };

struct Row {
    Verb verb;
    std::string_view name;
    Takes takes;
    Bare bare;
    Session session;
};

constexpr std::array rows{
    Row{Verb::ping, "PING", Takes::nothing, Bare::yes, Session::yes},
    Row{Verb::version, "VERSION", Takes::nothing, Bare::yes, Session::yes},
    Row{Verb::version_commands, "VERSIONCOMMANDS", Takes::nothing, Bare::no, Session::yes},
    Row{Verb::stats, "STATS", Takes::nothing, Bare::no, Session::yes},
    Row{Verb::reload, "RELOAD", Takes::nothing, Bare::yes, Session::no},
    Row{Verb::scan, "SCAN", Takes::path, Bare::yes, Session::yes},
    Row{Verb::contscan, "CONTSCAN", Takes::path, Bare::yes, Session::no},
    Row{Verb::multiscan, "MULTISCAN", Takes::path, Bare::yes, Session::no},
    Row{Verb::allmatchscan, "ALLMATCHSCAN", Takes::path, Bare::yes, Session::no},
    Row{Verb::instream, "INSTREAM", Takes::nothing, Bare::no, Session::yes},
    Row{Verb::fildes, "FILDES", Takes::nothing, Bare::yes, Session::yes},
    Row{Verb::idsession, "IDSESSION", Takes::nothing, Bare::no, Session::no},
    Row{Verb::end, "END", Takes::nothing, Bare::no, Session::yes},
    Row{Verb::shutdown, "SHUTDOWN", Takes::nothing, Bare::yes, Session::no},
    Row{Verb::verdict, "VERDICT", Takes::options, Bare::no, Session::yes},
    Row{Verb::ready, "READY", Takes::nothing, Bare::no, Session::yes},
};

constexpr const Row& row_of(Verb verb) {
    return rows[static_cast<std::size_t>(verb)];
}

constexpr bool rows_are_in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].verb != static_cast<Verb>(i)) return false;
    }
    return true;
}
static_assert(rows_are_in_order());

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_id(std::string_view text) {
    constexpr std::size_t most = 128;
    constexpr std::string_view marks = "._:@/+=-";
    return !text.empty() && text.size() <= most &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      marks.find(c) != std::string_view::npos;
           });
}

std::string_view take_word(std::string_view& text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

// The sentence that is wrong with it; empty: nothing.
std::string read_option(std::string_view word, VerdictOptions& options) {
    const std::size_t equals = word.find('=');
    const std::string_view key = word.substr(0, equals);
    const std::string_view value =
        equals == word.npos ? std::string_view() : word.substr(equals + 1);
    if (key == "as") {
        if (value != "message" && value != "file") return "as= is message or file";
        options.as = value == "message" ? As::message : As::file;
        return {};
    }
    if (key == "name") {
        auto name = percent_decoded(value);
        if (!name) return "name= has a % without two hex digits behind it";
        options.name = std::move(*name);
        return {};
    }
    if (key == "id") {
        if (!is_id(value)) return "id= is 1 to 128 letters, digits and ._:@/+=-";
        options.id = value;
        return {};
    }
    return "VERDICT knows the options as=, name= and id=";
}

Understood understand_verdict(std::string_view text) {
    Understood said;
    Command command{Verb::verdict, {}, {}};
    const std::string_view source = take_word(text);
    if (source != "FILDES" && source != "INSTREAM") {
        said.error = "VERDICT is followed by FILDES or INSTREAM";
        return said;
    }
    if (source == "FILDES") command.verdict.source = VerdictOptions::Source::descriptor;
    while (!text.empty()) {
        said.error = read_option(take_word(text), command.verdict);
        if (!said.error.empty()) return said;
    }
    said.command = std::move(command);
    return said;
}

}  // namespace

std::string_view name_of(Verb verb) {
    return row_of(verb).name;
}

bool fits_session(Verb verb) {
    return row_of(verb).session == Session::yes;
}

std::string all_commands() {
    std::string text;
    for (const Row& row : rows) text += (text.empty() ? "" : " ") + std::string(row.name);
    return text;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

Understood understand(std::string_view text, Form form) {
    const std::size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return one.name == word; });
    if (row == rows.end() || (form == Form::bare && row->bare == Bare::no)) return {};
    // A word that takes something has its blank, and one that takes nothing has none.
    if ((row->takes == Takes::nothing) != (blank == text.npos)) return {};
    const std::string_view rest = blank == text.npos ? std::string_view() : text.substr(blank + 1);
    if (row->takes == Takes::options) return understand_verdict(rest);
    return {Command{row->verb, std::string(rest), {}}, {}};
}

}  // namespace postern::engine::service
