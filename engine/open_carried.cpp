// SPDX-License-Identifier: Apache-2.0
// The text as it stands; a copy without references and escapes, where there are any; and of the scripts the
// strings that were joined or decoded. Each of the latter two gives only what the first did not.
#include "engine/open_carried.h"

#include "engine/container_type.h"
#include "engine/file_types.h"
#include "engine/html/carried.h"
#include "engine/html/normal_form.h"
#include "engine/html/page_text.h"
#include "engine/html/script_form.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace postern::engine {

namespace {

using html::Carried;

bool has_decoder_words(std::string_view text) {
    constexpr std::array<std::string_view, 4> words{"atob", "base64", "Base64", "BASE64"};
    return std::ranges::any_of(words, [text](std::string_view word) {
        return text.find(word) != std::string_view::npos;
    });
}

// Cheaper than a walk over the page, and most pages have none.
bool has_script_tag(std::string_view page) {
    constexpr std::string_view name = "script";
    for (std::size_t at = page.find('<'); at < page.size(); at = page.find('<', at + 1)) {
        std::size_t i = at + 1;
        while (i < page.size() && static_cast<std::uint8_t>(page[i]) <= ' ') ++i;
        const std::string_view found = page.substr(i, name.size());
        const auto same = [](char a, char b) { return (a | 0x20) == b; };
        if (std::ranges::equal(found, name, same)) return true;
        at = std::max(at, i - 1);
    }
    return false;
}

class CarriedOpening {
public:
    CarriedOpening(ScanRun& run, const Subcontent& outer, FileType type)
        : run_(run),
          outer_(outer),
          page_(target_of(type) == signatures::Target::html),
          container_(container_type_of(type, outer.content.bytes)) {}

    void run() {
        const auto utf8 = html::page_as_utf8(outer_.content.bytes);
        const std::span<const std::byte> text = utf8 ? utf8->bytes() : outer_.content.bytes;
        open(found_in(text));
        const html::DecodedCopy copy = html::decoded_copy(text);
        if (!copy.at.empty()) {
            std::vector<Carried> hidden = found_in(copy.text.bytes());
            std::erase_if(hidden, [&copy](const Carried& c) { return !html::was_hidden(copy, c); });
            open(hidden);
        }
        const std::string_view view(reinterpret_cast<const char*>(text.data()), text.size());
        if (page_ && has_script_tag(view)) open_strings(text);
    }

private:
    std::vector<Carried> found_in(std::span<const std::byte> text) const {
        std::vector<Carried> all = html::data_uris(text);
        std::vector<Carried> literals = html::base64_literals(text);
        const std::string_view words(reinterpret_cast<const char*>(text.data()), text.size());
        if (!literals.empty() && (page_ || has_decoder_words(words))) {
            std::move(literals.begin(), literals.end(), std::back_inserter(all));
        }
        return all;
    }

    void open_strings(std::span<const std::byte> page) {
        html::ScriptForm form;
        for (const auto script : html::normal_forms(page).scripts) html::append_script_form(script, form);
        for (const std::string& string : form.mended) {
            open(html::carried_in_string(std::as_bytes(std::span(string))));
        }
    }

    void open(const std::vector<Carried>& all) {
        for (const Carried& carried : all) {
            if (!open(carried)) return;
        }
    }

    // False when the budget refuses: then it refuses what follows as well.
    bool open(const Carried& carried) {
        const std::string path = join_path(outer_.content.path, "data-" + std::to_string(++count_));
        if (!may_enter(run_, outer_.content.depth, path)) return false;
        const std::size_t bound = html::decoded_bound(carried);
        auto limit = run_.budget.entry();
        if (!limit) limit = run_.budget.produce(bound);
        if (limit) {
            run_.refuse(*limit, path);
            return false;
        }
        auto bytes = std::make_shared<mime::Buffer>();
        html::decode(carried, *bytes);
        run_.budget.give_back(bound - std::min(bound, bytes->size()));
        Subcontent item = inside(outer_, container_, std::move(bytes));
        item.content.wrapping = outer_.content.wrapping;
        item.content.path = path;
        item.content.declared_type = carried.media_type;
        scan_content_soon(run_, std::move(item));
        return true;
    }

    ScanRun& run_;
    const Subcontent& outer_;
    const bool page_;
    const signatures::ContentType container_;
    unsigned count_ = 0;
};

}  // namespace

void open_carried(ScanRun& run, const Subcontent& item, FileType type) {
    const signatures::Target target = target_of(type);
    if (target != signatures::Target::text && target != signatures::Target::html) return;
    CarriedOpening(run, item, type).run();
}

}  // namespace postern::engine
