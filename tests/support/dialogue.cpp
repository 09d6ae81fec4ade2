// SPDX-License-Identifier: Apache-2.0
#include "tests/support/dialogue.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace postern::tests {

namespace {

using Kind = DialogueStep::Kind;

std::string unescaped(const std::string& text) {
    std::string octets;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            octets += text[i];
            continue;
        }
        const char c = text[++i];
        if (c == 'x') {
            octets += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else if (c == '{') {
            const std::size_t star = text.find('*', i);
            const std::size_t end = text.find('}', star);
            const std::string piece = unescaped(text.substr(star + 1, end - star - 1));
            for (int n = std::stoi(text.substr(i + 1, star - i - 1)); n > 0; --n) octets += piece;
            i = end;
        } else {
            octets += c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c == '0' ? '\0' : c;
        }
    }
    return octets;
}

// The word in front; the text goes on behind the blank.
std::string take_word(std::string& text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    std::string word = text.substr(0, end);
    text.erase(0, std::min(end + 1, text.size()));
    return word;
}

class Reader {
public:
    explicit Reader(std::filesystem::path path) : path_(std::move(path)) {}

    void read(std::vector<Dialogue>& dialogues) {
        std::ifstream file(path_);
        for (std::string text; std::getline(file, text);) {
            ++line_;
            if (text.empty() || text.front() == '#') continue;
            if (text.starts_with("== ")) {
                dialogues.push_back({text.substr(3), path_.filename().string(), line_, {}, {}});
            } else if (dialogues.empty()) {
                fail(text);
            } else {
                read_step(text, dialogues.back());
            }
        }
    }

private:
    void read_step(std::string text, Dialogue& dialogue) {
        const std::string whole = text;
        const std::string word = take_word(text);
        if (word == "C") return add(dialogue, Kind::send, unescaped(text) + "\r\n");
        if (word == "R") return add(dialogue, Kind::send, unescaped(text));
        if (word == "S") return add(dialogue, Kind::expect, text);
        if (word == "early") return add(dialogue, Kind::early, unescaped(text));
        if (word == "stored") return add(dialogue, Kind::stored, unescaped(text));
        if (word == "tls") return add(dialogue, Kind::tls, "");
        if (word == "closed") return add(dialogue, Kind::closed, "");
        if (word == "open") return add(dialogue, Kind::open, "");
        if (word == "with") return read_options(text, dialogue);
        if (!prelude(word, dialogue)) fail(whole);
    }

    static void read_options(std::string& text, Dialogue& dialogue) {
        while (!text.empty()) {
            const std::string option = take_word(text);
            const std::size_t equals = option.find('=');
            dialogue.options[option.substr(0, equals)] = option.substr(equals + 1);
        }
    }

    bool prelude(const std::string& word, Dialogue& dialogue) {
        struct Exchange {
            const char* name;
            const char* command;
            const char* reply;
        };
        static constexpr std::array<Exchange, 4> exchanges{
            {{"hello", "EHLO client.example.org", "250"},
             {"mail", "MAIL FROM:<sender@example.org>", "250 2.1.0"},
             {"rcpt", "RCPT TO:<user@example.net>", "250 2.1.5"},
             {"data", "DATA", "354"}}};
        const bool known = std::any_of(exchanges.begin(), exchanges.end(),
                                       [&](const Exchange& e) { return word == e.name; });
        for (const Exchange& exchange : exchanges) {
            if (!known) break;
            add(dialogue, Kind::send, std::string(exchange.command) + "\r\n");
            add(dialogue, Kind::expect, exchange.reply);
            if (word == exchange.name) break;
        }
        return known;
    }

    void add(Dialogue& dialogue, Kind kind, std::string text) {
        dialogue.steps.push_back({kind, std::move(text), line_});
    }
    [[noreturn]] void fail(const std::string& text) {
        throw std::runtime_error(path_.string() + ":" + std::to_string(line_) +
                                 ": not understood: " + text);
    }

    std::filesystem::path path_;
    int line_ = 0;
};

// Those that must be the last of a group (RFC 2920 3.1, RFC 3207 4), and whatever is no whole
// command.
bool must_be_waited_for(const std::string& sent) {
    static constexpr std::array<std::string_view, 6> verbs{"EHLO", "HELO", "DATA",
                                                           "STAR", "AUTH", "QUIT"};
    const std::size_t before =
        sent.size() < 3 ? std::string::npos : sent.rfind('\n', sent.size() - 3);
    std::string verb = sent.substr(before == std::string::npos ? 0 : before + 1, 4);
    std::transform(verb.begin(), verb.end(), verb.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

struct Reply {
    bool closed = false;
    std::string code;
    std::vector<std::string> lines;
    std::string text() const {
        std::string all;
        for (const std::string& line : lines) all += line + "\n";
        return all;
    }
};

class Player {
public:
    Player(const Dialogue& dialogue, Wire& wire, Cut cut)
        : dialogue_(dialogue), wire_(wire), cut_(cut) {}

    std::string play() {
        for (const DialogueStep& step : dialogue_.steps) {
            if (!greeted_ && step.kind != Kind::early) greet(step);
            obey(step);
            if (!failure_.empty()) return failure_;
        }
        settle();
        return failure_;
    }

private:
    void greet(const DialogueStep& step) {
        greeted_ = true;
        if (!dialogue_.has_early()) expect({Kind::expect, "220", step.line});
    }

    void obey(const DialogueStep& step) {
        switch (step.kind) {
            case Kind::early:
                return wire_.send(step.text);
            case Kind::send:
                pending_ += step.text;
                wait_ = must_be_waited_for(step.text) || cut_ != Cut::pipelined;
                return;
            case Kind::expect:
                expected_.push_back(step);
                if (wait_) settle();
                return;
            default:
                break;
        }
        settle();
        if (!failure_.empty()) return;
        if (step.kind == Kind::tls && !wire_.start_tls()) fail(step, "the handshake failed");
        if (step.kind == Kind::closed && wire_.line()) fail(step, "the server did not close");
        if (step.kind == Kind::open) {
            wire_.send("NOOP\r\n");
            expect({Kind::expect, "250 2.0.0", step.line});
        }
        if (step.kind == Kind::stored && wire_.knows_stored()) {
            const auto stored = wire_.stored();
            if (stored != step.text) fail(step, "stored is: " + stored.value_or("(nothing)"));
        }
    }

    // Sends what is to be sent, and looks at all replies that must come.
    void settle() {
        if (cut_ == Cut::octets) {
            for (const char octet : pending_) wire_.send(std::string(1, octet));
        } else if (!pending_.empty()) {
            wire_.send(pending_);
        }
        pending_.clear();
        for (const DialogueStep& step : expected_) {
            if (failure_.empty()) expect(step);
        }
        expected_.clear();
    }

    Reply next_reply() {
        Reply reply;
        for (;;) {
            const auto line = wire_.line();
            if (!line) {
                reply.closed = true;
                return reply;
            }
            reply.lines.push_back(*line);
            reply.code = line->substr(0, 3);
            if (line->size() < 4 || (*line)[3] != '-') return reply;
        }
    }

    void expect(const DialogueStep& step) {
        const Reply reply = next_reply();
        if (reply.closed) return fail(step, "closed instead of " + step.text);
        std::string wanted = step.text;
        if (take_word(wanted) != reply.code)
            return fail(step, "wanted " + step.text + ", got " + reply.text());
        std::string word = take_word(wanted);
        if (!word.empty() && std::isdigit(static_cast<unsigned char>(word.front())) != 0) {
            for (const std::string& line : reply.lines) {
                if (line.substr(4, word.size() + 1) != word + " ")
                    return fail(step, "wanted " + step.text + ", got " + reply.text());
            }
            word = take_word(wanted);
        }
        check_text(step, reply, word, unescaped(wanted));
        check_form(step, reply);
    }

    void check_text(const DialogueStep& step, const Reply& reply, const std::string& word,
                    const std::string& text) {
        const bool found = reply.text().find(text) != std::string::npos;
        if ((word == "has" && !found) || (word == "lacks" && found))
            fail(step, "wanted " + step.text + ", got " + reply.text());
    }

    // Every reply of every dialogue: RFC 5321 4.2, 4.5.3.1.5; RFC 2034 4: the class of the enhanced
    // code.
    void check_form(const DialogueStep& step, const Reply& reply) {
        for (const std::string& line : reply.lines) {
            if (line.substr(0, 3) != reply.code) fail(step, "codes differ within " + reply.text());
            if (line.size() > 510) fail(step, "a reply line is too long: " + line);
            const bool enhanced = line.size() > 9 &&
                                  std::isdigit(static_cast<unsigned char>(line[4])) != 0 &&
                                  line[5] == '.';
            if (enhanced && line[4] != line[0])
                fail(step, "the enhanced code is of another class: " + line);
        }
    }

    void fail(const DialogueStep& step, const std::string& what) {
        if (failure_.empty())
            failure_ = dialogue_.file + ":" + std::to_string(step.line) + ": " + dialogue_.title +
                       ": " + what;
    }

    const Dialogue& dialogue_;
    Wire& wire_;
    Cut cut_;
    bool greeted_ = false;
    bool wait_ = true;
    std::string pending_;
    std::vector<DialogueStep> expected_;
    std::string failure_;
};

}  // namespace

std::string Dialogue::option(const std::string& key, const std::string& otherwise) const {
    const auto found = options.find(key);
    return found == options.end() ? otherwise : found->second;
}

std::vector<Dialogue> read_dialogues(const std::string& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<Dialogue> dialogues;
    for (const auto& file : files) Reader(file).read(dialogues);
    return dialogues;
}

std::string play(const Dialogue& dialogue, Wire& wire, Cut cut) {
    return Player(dialogue, wire, cut).play();
}

}  // namespace postern::tests
