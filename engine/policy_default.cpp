// SPDX-License-Identifier: Apache-2.0
// The default policy: the names and types that the reference service refuses, and what has come since.
#include "engine/policy.h"

namespace postern::engine {

namespace {

constexpr std::string_view refused_names[] = {
    // The list of the service, as it publishes it.
    ".ad[ep]", ".ani", ".app", ".asp", ".bas", ".bat", ".cab", ".cer", ".chm", ".cmd", ".cnf", ".com",
    ".cpl", ".crt", ".cur", ".exe", ".fxp", ".gadget", ".hlp", ".hta", ".inf", ".ins", ".isp", ".its",
    ".jse?", ".lnk", ".ma[dfgmqrsuvw]", ".md[abetwz]", ".msc", ".ms[ip]", ".mst", ".ops", ".pcd", ".pif",
    ".prf", ".prg", ".reg", ".scf", ".scr", ".sct", ".sh[bs]", ".url", ".vb[es]?", ".vsmacros",
    ".vs[stw]", ".ws[cfh]?",
    // Kinds that run when opened and are younger than that list.
    ".appx", ".appxbundle", ".application", ".diagcab", ".img", ".iso", ".jar", ".jnlp", ".library-ms",
    ".msh", ".msix", ".mui", ".ocx", ".ps1", ".ps2", ".psc1", ".psd1", ".psm1", ".rdp", ".search-ms",
    ".settingcontent-ms", ".sys", ".theme", ".vhdx?", ".website", ".wim", ".xll", ".xbap"};

// Appends every choice of one pattern element to every word so far. With the suffix "?" also none.
void extend(std::vector<std::string>& words, std::string_view choices, std::string_view suffix) {
    std::vector<std::string> longer;
    for (const std::string& word : words) {
        for (const char c : choices) longer.push_back(word + c);
        if (suffix == "?") longer.push_back(word);
    }
    words = std::move(longer);
}

bool is_extension_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

std::vector<std::string> extensions_matching(std::string_view pattern) {
    constexpr std::size_t most = 4096;
    if (pattern.starts_with('.')) pattern.remove_prefix(1);
    std::vector<std::string> words{""};
    while (!pattern.empty()) {
        std::string_view choices = pattern.substr(0, 1);
        std::size_t used = 1;
        if (pattern.front() == '[') {
            const std::size_t close = pattern.find(']');
            if (close == std::string_view::npos || close == 1) return {};
            choices = pattern.substr(1, close - 1);
            used = close + 1;
        }
        for (const char c : choices) {
            if (!is_extension_character(c)) return {};
        }
        pattern.remove_prefix(used);
        const bool optional = pattern.starts_with('?');
        extend(words, choices, optional ? "?" : "");
        if (optional) pattern.remove_prefix(1);
        if (words.size() > most) return {};
    }
    std::erase(words, "");
    return words;
}

Policy default_policy() {
    Policy policy;
    for (const FileType type : all_file_types()) {
        if (is_executable(type)) policy.file_types.types.insert(type);
    }
    for (const std::string_view pattern : refused_names) {
        for (std::string& extension : extensions_matching(pattern)) {
            policy.file_types.extensions.insert(std::move(extension));
        }
    }
    return policy;
}

}  // namespace postern::engine
