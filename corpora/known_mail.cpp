// SPDX-License-Identifier: Apache-2.0
#include "corpora/known_mail.h"

namespace postern::corpora {

KnownMail::KnownMail(const KnownMailPaths& paths) {
    for (const std::string& folder : paths.corpus) manifests_.merge(read_manifest(folder));
    const auto add = [&](const std::vector<std::string>& group, std::optional<Worth> worth) {
        // A loader without paths is one of nothing, and not of the folder one stands in.
        if (!group.empty()) groups_.push_back({std::make_unique<Loader>(group, As::detect), worth});
    };
    add(paths.corpus, std::nullopt);
    add(paths.good, Worth::good);
    add(paths.bad, Worth::bad);
}

std::optional<KnownItem> KnownMail::next() {
    for (; group_ < groups_.size(); ++group_) {
        const Group& group = groups_[group_];
        while (std::optional<Item> item = group.loader->next()) {
            if (item->path.ends_with(std::string("/") + manifest_name)) continue;
            std::optional<Worth> worth = group.worth;
            const auto said = manifests_.find(item->path);
            if (!worth && said != manifests_.end()) worth = said->second;
            return KnownItem{std::move(*item), worth};
        }
    }
    return std::nullopt;
}

}  // namespace postern::corpora
