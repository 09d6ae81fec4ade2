// SPDX-License-Identifier: Apache-2.0
// The loader is three sources inside each other: an mbox in a tar in the list of files found.
// next() asks the innermost that is open; when it has no more, the one around it goes on.
#include "corpora/loader.h"

#include "corpora/lines.h"
#include "corpora/mbox.h"
#include "corpora/open_file.h"
#include "corpora/tar_reader.h"
#include "corpora/walk.h"

#include <algorithm>
#include <array>
#include <utility>

namespace postern::corpora {
namespace {

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

bool is_named_mbox(std::string_view path) {
    return ends_ignoring_case(path, ".mbox") || same_ignoring_case(base_name(path), "mbox");
}

bool is_named_tar(std::string_view path) {
    constexpr std::array<std::string_view, 9> ends = {".tar",     ".tgz",    ".tar.gz",
                                                      ".tar.zst", ".tar.xz", ".tar.bz2",
                                                      ".tar.lz4", ".tar.lz", ".tar.Z"};
    return std::ranges::any_of(ends, [&](auto end) { return ends_ignoring_case(path, end); });
}

bool is_named_message(std::string_view path) {
    return ends_ignoring_case(path, ".eml");
}

}  // namespace

struct Loader::State {
    // An mbox that is being split; for a member of a tar its path has the tar's before it.
    struct OpenMbox {
        std::string path;
        mime::Message message;
        MboxSplitter splitter;
        std::size_t index = 0;
    };
    struct OpenTar {
        std::string path;
        std::unique_ptr<TarReader> reader;
        std::size_t index = 0;
    };

    As as;
    std::vector<FoundFile> files;
    std::size_t next_file = 0;
    std::optional<OpenMbox> mbox;
    std::optional<OpenTar> tar;
    bool input_was_read = false;
    std::uint64_t total = 0;
    std::uint64_t done = 0;  // of files before the one that is open

    bool splits_mbox(const std::string& path, std::string_view text) const {
        if (as == As::file || is_named_message(path) || !begins_like_mbox(text)) return false;
        return is_named_mbox(path) || (as == As::detect && has_two_messages(text));
    }

    bool may_open_tar(const std::string& path) const {
        if (as == As::detect) return !is_named_message(path);
        return as == As::message && is_named_tar(path);
    }

    bool takes_as_message(const std::string& path, const mime::Message& message) const {
        if (as != As::detect) return as == As::message;
        return is_named_message(path) || looks_like_message(message.bytes());
    }

    // The octets as one item; nothing when they are an mbox, which is then open.
    std::optional<Item> take(std::string path, mime::Message message,
                             std::optional<std::size_t> index) {
        if (splits_mbox(path, message.text())) {
            const std::string_view text = message.text();
            mbox.emplace(OpenMbox{std::move(path), std::move(message), MboxSplitter(text)});
            return std::nullopt;
        }
        const bool is_message = takes_as_message(path, message);
        return Item{std::move(path), index, std::move(message), is_message, {}};
    }

    std::optional<Item> next_in_mbox() {
        const std::optional<mime::ByteRange> range = mbox->splitter.next();
        if (!range) {
            mbox.reset();
            return std::nullopt;
        }
        return Item{mbox->path, mbox->index++, mbox->message.slice(*range), true, {}};
    }

    std::optional<Item> next_in_tar() {
        std::optional<TarReader::Member> member = tar->reader->next();
        if (!member) {
            tar.reset();
            return std::nullopt;
        }
        if (member->name.empty()) return Item{tar->path, {}, {}, true, member->error};
        std::string path = tar->path + '/' + member->name;
        const std::size_t index = tar->index++;
        if (!member->error.empty()) return Item{std::move(path), index, {}, true, member->error};
        return take(std::move(path), mime::Message::own(std::move(member->bytes)), index);
    }

    std::optional<Item> next_of_files() {
        if (next_file > 0) done += files[next_file - 1].size;
        FoundFile& file = files[next_file++];
        std::string error = file.error;
        mime::Message message;
        if (error.empty())
            message = file.path == "-" ? read_input(file, error) : open_file(file.path, error);
        if (!error.empty()) return Item{file.path, {}, {}, true, std::move(error)};
        if (file.path == "-") return Item{file.path, {}, std::move(message), as != As::file, {}};
        if (file.in_maildir && as == As::detect)
            return Item{file.path, {}, std::move(message), true, {}};
        if (may_open_tar(file.path)) {
            if (auto reader = TarReader::open(message)) {
                tar.emplace(OpenTar{file.path, std::move(reader)});
                return std::nullopt;
            }
        }
        return take(file.path, std::move(message), {});
    }

    mime::Message read_input(FoundFile& file, std::string& error) {
        if (std::exchange(input_was_read, true)) {
            error = "standard input was read already";
            return {};
        }
        mime::Message message = read_standard_input(error);
        file.size = message.size();
        total += file.size;
        return message;
    }

    bool at_end() const { return !mbox && !tar && next_file == files.size(); }

    // Of the file that is open.
    std::uint64_t position() const {
        if (next_file == 0) return 0;
        const std::uint64_t size = files[next_file - 1].size;
        if (tar) return std::min(size, tar->reader->position());
        return mbox ? std::min<std::uint64_t>(size, mbox->splitter.position()) : size;
    }
};

Loader::Loader(std::vector<std::string> paths, As as) : state_(std::make_unique<State>()) {
    state_->as = as;
    state_->files = walk(paths);
    for (const FoundFile& file : state_->files) state_->total += file.size;
}

Loader::~Loader() = default;

std::optional<Item> Loader::next() {
    State& s = *state_;
    while (!s.at_end()) {
        std::optional<Item> item = s.mbox  ? s.next_in_mbox()
                                   : s.tar ? s.next_in_tar()
                                           : s.next_of_files();
        if (item) return item;
    }
    return std::nullopt;
}

std::uint64_t Loader::bytes_total() const {
    return state_->total;
}
std::uint64_t Loader::bytes_done() const {
    return state_->done + state_->position();
}

}  // namespace postern::corpora
