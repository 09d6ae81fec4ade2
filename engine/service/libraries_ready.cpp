// SPDX-License-Identifier: Apache-2.0
// The C library finds its converters of charsets in modules, which stand in lists beside it:
// "module ISO-2022-JP// INTERNAL ISO-2022-JP 1". An open converter keeps its module.
#include "engine/service/libraries_ready.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <iconv.h>

namespace postern::engine::service {

namespace {

namespace fs = std::filesystem;

fs::path folder_of_converters() {
    Dl_info where{};
    if (::dladdr(reinterpret_cast<const void*>(&::iconv_open), &where) == 0) return {};
    std::error_code error;
    const fs::path library = fs::canonical(where.dli_fname, error);
    if (!error && fs::exists(library.parent_path() / "gconv", error))
        return library.parent_path() / "gconv";
    // Where a sanitizer stands in for iconv_open, its own file was found.
    for (const char* folder : {"/usr/lib/x86_64-linux-gnu/gconv",
                               "/usr/lib/aarch64-linux-gnu/gconv", "/usr/lib64/gconv"}) {
        if (fs::exists(folder, error)) return folder;
    }
    return {};
}

void load_list(const fs::path& list, std::vector<iconv_t>& open) {
    std::ifstream file(list);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string what, from, to;
        if (!(words >> what >> from >> to) || what != "module" || to != "INTERNAL") continue;
        const std::string charset = from.substr(0, from.find('/'));
        const iconv_t converter = ::iconv_open("UTF-8", charset.c_str());
        if (converter != reinterpret_cast<iconv_t>(-1)) open.push_back(converter);
    }
}

}  // namespace

struct Converters::State {
    std::vector<iconv_t> open;
};

Converters::Converters() : state_(std::make_unique<State>()) {
    const fs::path folder = folder_of_converters();
    if (folder.empty()) return;
    load_list(folder / "gconv-modules", state_->open);
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder / "gconv-modules.d", error)) {
        load_list(entry.path(), state_->open);
    }
}

Converters::~Converters() {
    for (const iconv_t converter : state_->open) ::iconv_close(converter);
}

}  // namespace postern::engine::service
