// SPDX-License-Identifier: Apache-2.0
// First the file is proved whole, block by block through windows of their own (the pages of one lasting mapping
// would count as this process's own from then on); then the tables are made to view it.
#include "signatures/set_file/check_tables.h"
#include "signatures/set_file/layout.h"
#include "signatures/set_file/set_file.h"
#include "signatures/set_file/sums.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <thread>

namespace postern::signatures {

namespace {

using set_file::Header;
using set_file::Section;

// An open file and its size.
class File {
public:
    explicit File(const std::filesystem::path& path) : path_(path) {
        fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        struct stat status {};
        if (fd_ < 0 || ::fstat(fd_, &status) != 0) {
            const int reason = errno;
            if (fd_ >= 0) ::close(fd_);
            throw SetFileError(path.native() + ": cannot be read: " + std::strerror(reason));
        }
        size_ = static_cast<std::uint64_t>(status.st_size);
    }
    ~File() { ::close(fd_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    int descriptor() const { return fd_; }
    std::uint64_t size() const { return size_; }

    // False: so many octets are not there.
    bool read(std::span<std::byte> out, std::uint64_t at) const {
        while (!out.empty()) {
            const ssize_t n = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(at));
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) return false;
            out = out.subspan(static_cast<std::size_t>(n));
            at += static_cast<std::uint64_t>(n);
        }
        return true;
    }

    [[noreturn]] void refuse(const std::string& why) const {
        throw SetFileError(path_.native() + ": " + why);
    }

private:
    std::filesystem::path path_;
    int fd_ = -1;
    std::uint64_t size_ = 0;
};

// Octets of the file for as long as they are looked at: none, where they cannot be mapped. To copy them would cost
// more than to sum them.
class Window {
public:
    Window(const File& file, std::uint64_t at, std::size_t octets) : before_(at % page()), octets_(octets) {
        void* place = ::mmap(nullptr, before_ + octets_, PROT_READ, MAP_SHARED | MAP_POPULATE, file.descriptor(),
                             static_cast<off_t>(at - before_));
        if (place != MAP_FAILED) place_ = static_cast<std::byte*>(place);
    }
    ~Window() {
        if (place_ != nullptr) ::munmap(place_, before_ + octets_);
    }
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;
    std::span<const std::byte> octets() const {
        if (place_ == nullptr) return {};
        return {place_ + before_, octets_};
    }

private:
    static std::uint64_t page() {
        static const auto size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        return size;
    }
    std::uint64_t before_;
    std::size_t octets_;
    std::byte* place_ = nullptr;
};

constexpr const char* build_again = "; build it again with `postern signatures build`";

template <typename T>
std::span<std::byte> octets_of(std::span<T> rows) {
    return std::as_writable_bytes(rows);
}

Header read_header(const File& file) {
    Header header;
    if (!file.read(octets_of(std::span(&header, 1)), 0) || header.magic != set_file::magic) {
        file.refuse("is no signature set; make one with `postern signatures build`");
    }
    if (header.byte_order != set_file::byte_order || header.version != set_file::version) {
        file.refuse("was built by another version of postern or for another kind of machine" +
                    std::string(build_again));
    }
    if (header.sum != set_file::sum_of(std::as_bytes(std::span(&header, 1)).first(offsetof(Header, sum)))) {
        file.refuse("is damaged: its header does not have its checksum" + std::string(build_again));
    }
    if (header.octets != file.size()) {
        file.refuse("is damaged: it has " + std::to_string(file.size()) + " octets and should have " +
                    std::to_string(header.octets) + build_again);
    }
    return header;
}

std::vector<Section> read_table(const File& file, const Header& header) {
    const std::uint64_t octets = std::uint64_t{header.sections} * sizeof(Section);
    const std::string damaged = "is damaged: its list of sections ";
    if (header.table > file.size() || octets != file.size() - header.table) {
        file.refuse(damaged + "does not end where the file does" + build_again);
    }
    std::vector<Section> table(header.sections);
    const auto bytes = octets_of(std::span(table));
    if (!file.read(bytes, header.table) || set_file::sum_of(bytes) != header.table_sum) {
        file.refuse(damaged + "does not have its checksum" + build_again);
    }
    for (const Section& section : table) {
        const bool inside = section.begin <= header.table && section.octets <= header.table - section.begin;
        const bool shaped = section.row != 0 && section.octets % section.row == 0 &&
                            section.begin % set_file::alignment == 0 && section.name.back() == '\0';
        if (!inside || !shaped) file.refuse(damaged + "points outside of it" + build_again);
    }
    return table;
}

// Octets between sections are nobody's; a file that has something there is not the one written.
bool padding_is_empty(const File& file, const std::vector<Section>& table, std::uint64_t end) {
    std::uint64_t at = sizeof(Header);
    for (std::size_t i = 0; i <= table.size(); ++i) {
        const std::uint64_t next = i < table.size() ? table[i].begin : end;
        if (next < at || next - at >= set_file::alignment) return false;
        std::array<std::byte, set_file::alignment> octets{};
        const std::span gap = std::span(octets).first(next - at);
        if (!file.read(gap, at)) return false;
        for (const std::byte octet : gap) {
            if (octet != std::byte{0}) return false;
        }
        if (i < table.size()) at = next + table[i].octets;
    }
    return true;
}

// What all threads that check a file take their work from: a block of a section, one after the other.
class SectionChecks {
public:
    SectionChecks(const File& file, const std::vector<Section>& table, const VerifyingKey* key)
        : file_(file), table_(table), digests_wanted_(key != nullptr) {
        for (const Section& section : table) {
            const std::size_t blocks = (section.octets + set_file::sum_block - 1) / set_file::sum_block;
            for (std::size_t i = 0; i < blocks; ++i) blocks_.push_back({&section, i * set_file::sum_block});
        }
        sums_.resize(blocks_.size());
        if (digests_wanted_) digests_.resize(blocks_.size());
    }

    // Takes blocks until there is none.
    void work() {
        Hasher hasher;
        for (std::size_t i = next_++; i < blocks_.size(); i = next_++) {
            const auto& [section, at] = blocks_[i];
            const Window window(file_, section->begin + at, std::min<std::uint64_t>(set_file::sum_block, section->octets - at));
            const auto octets = window.octets();
            if (octets.empty()) continue;  // its sum will not be right
            sums_[i] = set_file::sum_of(octets);
            if (digests_wanted_) digests_[i] = set_file::digest_of(octets, hasher);
        }
    }

    // Null: all sections have the sums that the table says.
    const Section* first_bad() const {
        Hasher hasher;
        std::size_t first = 0;
        for (const Section& section : table_) {
            const std::size_t count = (section.octets + set_file::sum_block - 1) / set_file::sum_block;
            const auto of = [&](const auto& sums) { return std::as_bytes(std::span(sums).subspan(first, count)); };
            if (set_file::sum_of(of(sums_)) != section.sum) return &section;
            if (digests_wanted_ && set_file::digest_of(of(digests_), hasher) != section.digest) return &section;
            first += count;
        }
        return nullptr;
    }

private:
    struct Block {
        const Section* section = nullptr;
        std::uint64_t at = 0;
    };

    const File& file_;
    const std::vector<Section>& table_;
    bool digests_wanted_;
    std::vector<Block> blocks_;
    std::vector<std::uint64_t> sums_;
    std::vector<set_file::Digest> digests_;
    std::atomic<std::size_t> next_{0};
};

void check_sections(const File& file, const std::vector<Section>& table, const LoadOptions& options) {
    SectionChecks checks(file, table, options.key);
    {
        const unsigned threads = options.threads ? options.threads : std::thread::hardware_concurrency();
        std::vector<std::jthread> helpers;
        for (unsigned i = 1; i < threads && i < table.size(); ++i) helpers.emplace_back([&] { checks.work(); });
        checks.work();
    }
    if (const Section* bad = checks.first_bad()) {
        file.refuse("is damaged: its section \"" + std::string(bad->name.data()) +
                    "\" does not have its checksum" + build_again);
    }
}

void check_signature(const File& file, const Header& header, const std::vector<Section>& table,
                     const VerifyingKey* key) {
    if (!key) return;
    if (header.is_signed == 0) {
        file.refuse("is not signed, and a key is configured; sign it with `postern signatures build --sign KEY`");
    }
    Hasher hasher;
    if (!key->verify(set_file::digest_of(std::as_bytes(std::span(table)), hasher), header.signature)) {
        file.refuse("is not signed by the key that is configured; it is not used");
    }
}

struct WholeFile {
    Header header;
    std::vector<Section> table;
};

WholeFile prove(const File& file, const LoadOptions& options) {
    WholeFile whole;
    whole.header = read_header(file);
    whole.table = read_table(file, whole.header);
    if (!padding_is_empty(file, whole.table, whole.header.table)) {
        file.refuse("is damaged: something stands between its sections" + std::string(build_again));
    }
    check_signature(file, whole.header, whole.table, options.key);
    check_sections(file, whole.table, options);
    return whole;
}

std::shared_ptr<const std::byte> map(const File& file) {
    const std::size_t size = file.size();
    void* place = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.descriptor(), 0);
    if (place == MAP_FAILED) file.refuse("cannot be mapped: " + std::string(std::strerror(errno)));
    ::madvise(place, size, MADV_RANDOM);
    return {static_cast<const std::byte*>(place), [size](const std::byte* octets) {
                ::munmap(const_cast<std::byte*>(octets), size);
            }};
}

class Reader {
public:
    Reader(const File& file, const std::vector<Section>& table, const std::byte* octets)
        : file_(file), octets_(octets) {
        for (const Section& section : table) sections_.emplace(section.name.data(), &section);
    }

    set_file::Within within(const std::string& name) { return {prefix_, name}; }

    template <typename T>
    void array(const std::string& name, Array<T>& rows) {
        const Section* section = take(name, sizeof(T));
        if (section == nullptr) return;
        rows.view({reinterpret_cast<const T*>(octets_ + section->begin), section->octets / sizeof(T)});
    }
    template <typename T>
    void value(const std::string& name, T& row) {
        const Section* section = take(name, sizeof(T));
        if (section == nullptr || section->octets != sizeof(T)) refuse(name);
        std::memcpy(&row, octets_ + section->begin, sizeof(T));
    }
    void text(const std::string& name, std::string& octets) {
        const Section* section = take(name, 1);
        if (section != nullptr) octets.assign(reinterpret_cast<const char*>(octets_ + section->begin), section->octets);
    }
    void database(const std::string& name, LiteralDatabase& database) {
        const Section* section = take(name, 1);
        if (section == nullptr) return;
        auto loaded = LiteralDatabase::deserialize({octets_ + section->begin, section->octets});
        if (!loaded) {
            file_.refuse("was compiled for processors that can do what this one cannot, or by another version of "
                         "Hyperscan; build it on this machine with `postern signatures build`");
        }
        database = std::move(*loaded);
    }

    bool all_taken() const { return sections_.empty(); }

private:
    // Null: the section is empty.
    const Section* take(const std::string& name, std::size_t row) {
        const auto found = sections_.find(prefix_ + name);
        if (found == sections_.end()) return nullptr;
        const Section* section = found->second;
        if (section->row != row) refuse(name);
        sections_.erase(found);
        return section;
    }
    [[noreturn]] void refuse(const std::string& name) const {
        file_.refuse("has a section \"" + prefix_ + name + "\" of another shape than this version of postern reads" +
                     build_again);
    }

    const File& file_;
    const std::byte* octets_;
    std::string prefix_;
    std::map<std::string, const Section*, std::less<>> sections_;
};

}  // namespace

std::shared_ptr<const SignatureSet> load_set(const std::filesystem::path& path, const LoadOptions& options) {
    const File file(path);
    const WholeFile whole = prove(file, options);
    auto tables = std::make_unique<SignatureSet::Tables>();
    tables->mapping = map(file);
    Reader reader(file, whole.table, tables->mapping.get());
    set_file::visit_tables(reader, *tables);
    if (!reader.all_taken() || !set_file::are_consistent(*tables)) {
        file.refuse("does not hold together as this version of postern reads it" + std::string(build_again));
    }
    try {
        tables->make_ready();
    } catch (const std::runtime_error& error) {
        file.refuse(error.what() + std::string(build_again));
    }
    return std::make_shared<SignatureSet>(std::move(tables));
}

SetFileInfo verify_set(const std::filesystem::path& path, const LoadOptions& options) {
    const File file(path);
    const WholeFile whole = prove(file, options);
    SetFileInfo info;
    info.octets = file.size();
    info.is_signed = whole.header.is_signed != 0;
    info.version = whole.header.version;
    for (const Section& section : whole.table) {
        const std::string_view name = info.sections.emplace_back(SetSection{section.name.data(), section.octets}).name;
        if (name == "generation") {
            info.generation.resize(std::min<std::uint64_t>(section.octets, 1024));
            if (!file.read(octets_of(std::span(info.generation)), section.begin)) info.generation.clear();
        } else if (name == "statistics" && section.octets == sizeof info.statistics) {
            if (!file.read(octets_of(std::span(&info.statistics, 1)), section.begin)) info.statistics = {};
        }
    }
    return info;
}

bool is_set_file(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    std::array<char, set_file::magic.size()> begin{};
    const bool is = ::pread(fd, begin.data(), begin.size(), 0) == static_cast<ssize_t>(begin.size()) &&
                    begin == set_file::magic;
    ::close(fd);
    return is;
}

}  // namespace postern::signatures
