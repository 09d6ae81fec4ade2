// SPDX-License-Identifier: Apache-2.0
// A compound file is a small file system: sectors, a table that says which sector follows which, and a
// directory. Small streams lie in sectors of their own inside of the root entry's stream.
//
//  (1) Nothing of the file is believed: a chain ends after as many sectors as the file has, and a sector
//      beyond the file's end is empty.
//  (2) A signature cannot be cut in two by scattering a stream's sectors: streams are matched joined.
#include "engine/expand/compound.h"

#include "engine/utf8.h"

#include <algorithm>
#include <vector>

namespace postern::engine::expand {
namespace {

using Table = std::vector<std::uint32_t>;  // by sector: the one that follows

constexpr std::uint32_t last_regular = 0xfffffffa;
constexpr std::size_t entry_size = 128, first_places = 109, place_of_places = 76;
constexpr std::uint8_t kind_stream = 2;

std::string name_of_entry(Octets entry) {
    std::string name;
    const std::size_t octets = std::min<std::size_t>(le16(entry, 64), 64);
    for (std::size_t at = 0; at + 1 < octets && le16(entry, at) != 0; at += 2) append_utf8(le16(entry, at), name);
    return name;
}

class CompoundFile {
public:
    explicit CompoundFile(Octets bytes)
        : bytes_(bytes), shift_(le16(bytes, 30)), small_shift_(le16(bytes, 32)), border_(le32(bytes, 56)) {
        if (!valid()) return;
        sectors_ = (bytes.size() >> shift_) + 1;
        read_table();
        small_table_ = numbers_in(chain(table_, le32(bytes, 60)));
        directory_ = chain(table_, le32(bytes, 48));
        if (!directory_.empty()) root_ = chain(table_, le32(entry(0), 116));
    }

    bool valid() const { return shift_ >= 7 && shift_ <= 20 && small_shift_ >= 4 && small_shift_ < shift_; }
    std::size_t entries() const { return directory_.size() << shift_ >> 7; }
    // Of 128 octets; sectors hold a whole number of them.
    Octets entry(std::size_t n) const {
        const std::size_t at = n * entry_size;
        return cut(sector(directory_[at >> shift_]), at & (size() - 1), entry_size);
    }

    // False when the Budget says stop.
    bool read(Octets entry, Production& out) const {
        const std::uint32_t first = le32(entry, 116);
        const std::uint64_t length = le32(entry, 120);
        const bool small = length < border_;
        const std::size_t piece = std::size_t{1} << (small ? small_shift_ : shift_);
        std::uint64_t left = length;
        for (const std::uint32_t n : chain(small ? small_table_ : table_, first, length / piece + 1)) {
            const std::uint64_t wanted = std::min<std::uint64_t>(left, piece);
            if (!out.append(cut(small ? small_sector(n) : sector(n), 0, wanted))) return false;
            left -= wanted;
        }
        return true;
    }

private:
    std::size_t size() const { return std::size_t{1} << shift_; }
    Octets sector(std::uint32_t n) const { return cut(bytes_, (std::uint64_t{n} + 1) << shift_, size()); }
    Octets small_sector(std::uint32_t n) const {
        const std::uint64_t at = std::uint64_t{n} << small_shift_;
        const auto index = static_cast<std::size_t>(at >> shift_);
        if (index >= root_.size()) return {};
        return cut(sector(root_[index]), at & (size() - 1), std::uint64_t{1} << small_shift_);
    }

    // The sectors from `first` on, `most` of them at most.
    static Table chain(const Table& follows, std::uint32_t first, std::uint64_t most = ~std::uint64_t{0}) {
        Table all;
        most = std::min<std::uint64_t>(most, follows.size());
        for (std::uint32_t n = first; n < follows.size() && all.size() < most; n = follows[n]) all.push_back(n);
        return all;
    }

    Table numbers_in(const Table& places) const {
        Table numbers;
        for (const std::uint32_t place : places) {
            const Octets octets = sector(place);
            for (std::size_t at = 0; at + 4 <= octets.size(); at += 4) numbers.push_back(le32(octets, at));
        }
        return numbers;
    }

    // Where the table itself lies: the header says the first places, and sectors in a chain the others.
    void read_table() {
        Table places;
        for (std::size_t i = 0; i < first_places; ++i) places.push_back(le32(bytes_, place_of_places + 4 * i));
        std::uint32_t more = le32(bytes_, 68);
        for (std::size_t turn = 0; more < last_regular && turn < sectors_ && places.size() <= sectors_; ++turn) {
            const Octets octets = sector(more);
            if (octets.size() < size()) break;
            for (std::size_t at = 0; at + 4 < size(); at += 4) places.push_back(le32(octets, at));
            more = le32(octets, size() - 4);
        }
        std::erase_if(places, [&](std::uint32_t place) { return place >= sectors_; });
        // One sector of the table tells of many; more of them than the file can need are a trick.
        places.resize(std::min(places.size(), sectors_ / (size() / 4) + 1));
        table_ = numbers_in(places);
    }

    Octets bytes_;
    unsigned shift_, small_shift_;
    std::uint32_t border_;  // streams below this size lie in small sectors
    std::size_t sectors_ = 0;
    Table table_, small_table_, directory_, root_;
};

// "Ole10Native": sizes, a label, two paths, and the file as it was dropped into the document.
struct Package {
    std::string name;
    Octets data;
};

std::string take_text(Octets stream, std::size_t& at) {
    const std::string_view rest = text_of(stream, at, 1024);
    const std::string_view text = rest.substr(0, rest.find('\0'));
    at += text.size() + 1;
    return std::string(text);
}

Package package_in(Octets stream) {
    Package package;
    std::size_t at = 6;
    package.name = take_text(stream, at);
    take_text(stream, at);  // where it came from
    at += 8;                // flags, and how long the path is that follows
    take_text(stream, at);
    package.data = cut(stream, at + 4, le32(stream, at));
    return package;
}

bool is_package(std::string_view name) { return name == "\x01Ole10Native"; }

void deliver_package(Octets stream, Expansion& expansion) {
    Package package = package_in(stream);
    if (package.data.empty() || !expansion.another(package.name)) return;
    Production out(expansion.budget());
    out.append(package.data);
    expansion.deliver({std::move(package.name), {}, true, {}}, out);
}

void deliver_stream(const CompoundFile& file, Octets entry, Expansion& expansion) {
    const std::string name = name_of_entry(entry);
    if (!expansion.another(name)) return;
    Production out(expansion.budget());
    file.read(entry, out);
    if (is_package(name)) deliver_package(out.bytes(), expansion);
    if (!out.bytes().empty() || out.refused()) expansion.deliver({name, {}, !out.refused(), {}}, out);
}

}  // namespace

void expand_compound(Octets bytes, Expansion& expansion) {
    const CompoundFile file(bytes);
    if (!file.valid()) return;
    for (std::size_t i = 0; i < file.entries() && !expansion.stopped(); ++i) {
        const Octets entry = file.entry(i);
        if (octet_at(entry, 66) == kind_stream && le32(entry, 120) != 0) deliver_stream(file, entry, expansion);
    }
}

}  // namespace postern::engine::expand
