// SPDX-License-Identifier: Apache-2.0
// Sections go out one after the other, their sums taken as they pass; the header is written last, so
// that a file cut short by a full disk is never taken for a set.
#include "signatures/set_file/layout.h"
#include "signatures/set_file/new_file.h"
#include "signatures/set_file/set_file.h"
#include "signatures/set_file/sums.h"

#include <cstring>

namespace postern::signatures {

namespace {

using set_file::Header;
using set_file::Section;

std::span<const std::byte> octets_of(const void* data, std::size_t size) {
    return {static_cast<const std::byte*>(data), size};
}

class Writer {
public:
    explicit Writer(NewFile& file) : file_(file) {}

    set_file::Within within(const std::string& name) { return {prefix_, name}; }

    template <typename T>
    void array(const std::string& name, Array<T>& rows) {
        section(name, octets_of(rows.data(), rows.size() * sizeof(T)), sizeof(T));
    }
    template <typename T>
    void value(const std::string& name, T& row) {
        static_assert(std::is_trivially_copyable_v<T>);
        section(name, octets_of(&row, sizeof row), sizeof row);
    }
    void text(const std::string& name, std::string& octets) {
        section(name, octets_of(octets.data(), octets.size()), 1);
    }
    void database(const std::string& name, LiteralDatabase& database) {
        const std::vector<std::byte> octets = database.serialized();
        section(name, octets, 1);
    }

    Header end(const SigningKey* key) {
        Header header;
        header.magic = set_file::magic;
        header.version = set_file::version;
        header.byte_order = set_file::byte_order;
        header.table = at_;
        header.sections = static_cast<std::uint32_t>(sections_.size());
        const auto table = octets_of(sections_.data(), sections_.size() * sizeof(Section));
        header.octets = at_ + table.size();
        header.table_sum = set_file::sum_of(table);
        if (key) {
            header.is_signed = 1;
            header.signature = key->sign(set_file::digest_of(table, hasher_));
        }
        header.sum = set_file::sum_of(octets_of(&header, offsetof(Header, sum)));
        file_.write(table, at_);
        file_.write(octets_of(&header, sizeof header), 0);
        return header;
    }

private:
    // What is empty is not written.
    void section(const std::string& name, std::span<const std::byte> octets, std::size_t row) {
        if (octets.empty()) return;
        Section section;
        const std::string whole = prefix_ + name;
        if (whole.size() >= section.name.size()) throw std::logic_error("too long a name: " + whole);
        whole.copy(section.name.data(), whole.size());
        section.begin = at_;
        section.octets = octets.size();
        section.row = row;
        section.sum = set_file::tree_sum_of(octets);
        section.digest = set_file::tree_digest_of(octets, hasher_);
        sections_.push_back(section);
        file_.write(octets, at_);
        at_ += octets.size();
        at_ = (at_ + set_file::alignment - 1) / set_file::alignment * set_file::alignment;
    }

    NewFile& file_;
    Hasher hasher_;
    std::string prefix_;
    std::vector<Section> sections_;
    std::uint64_t at_ = (sizeof(Header) + set_file::alignment - 1) / set_file::alignment * set_file::alignment;
};

}  // namespace

void write_set(const SignatureSet& set, const std::filesystem::path& path, const SigningKey* key) {
    NewFile file(path);
    Writer writer(file);
    // The walk is one for both ways; the writer changes nothing.
    set_file::visit_tables(writer, const_cast<SignatureSet::Tables&>(set.tables()));
    writer.end(key);
    file.take_its_place();
}

}  // namespace postern::signatures
