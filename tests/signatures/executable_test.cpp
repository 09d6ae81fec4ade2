// SPDX-License-Identifier: Apache-2.0
// Offsets that need the headers of a program: on small PE and ELF files built here, and on headers that lie.
#include "signatures/executable.h"
#include "support.h"

namespace postern::signatures::tests {
namespace {

class Image {
public:
    explicit Image(std::size_t size) : octets_(size, '\0') {}
    void put(std::size_t at, std::uint64_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) octets_[at + i] = static_cast<char>(value >> 8 * i);
    }
    void put(std::size_t at, std::string_view text) { octets_.replace(at, text.size(), text); }
    const std::string& octets() const { return octets_; }

private:
    std::string octets_;
};

// Two sections: code at 0x400 in the file (0x1000 in memory), data at 0x600 (0x2000).
std::string pe_file() {
    Image image(0x800);
    image.put(0, "MZ");
    image.put(0x3c, 0x80, 4);
    image.put(0x80, std::string_view("PE\0\0", 4));
    image.put(0x86, 2, 2);
    image.put(0x94, 0xe0, 2);
    image.put(0x98 + 16, 0x1010, 4);
    const std::size_t table = 0x98 + 0xe0;
    const std::uint64_t rows[2][4] = {{0x200, 0x1000, 0x200, 0x400}, {0x200, 0x2000, 0x200, 0x600}};
    for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t n = 0; n < 4; ++n) image.put(table + 40 * i + 8 + 4 * n, rows[i][n], 4);
    }
    image.put(0x410, "entry point");
    image.put(0x620, "in the data");
    return image.octets();
}

// A segment that maps the whole file at 0x400000, and two sections, the null one first.
std::string elf_file() {
    Image image(0x400);
    image.put(0, std::string_view("\x7f" "ELF\x02\x01", 6));
    image.put(24, 0x400100, 8);
    image.put(32, 0x40, 8);
    image.put(40, 0x200, 8);
    image.put(54, 56, 2);
    image.put(56, 1, 2);
    image.put(58, 64, 2);
    image.put(60, 2, 2);
    image.put(0x40, 1, 4);
    image.put(0x40 + 16, 0x400000, 8);
    image.put(0x40 + 32, 0x400, 8);
    image.put(0x40 + 40, 0x400, 8);
    image.put(0x240 + 24, 0x100, 8);
    image.put(0x240 + 32, 0x80, 8);
    image.put(0x100, "entry point");
    return image.octets();
}

struct PlaceCase {
    const char* offset;
    const char* needle;
    bool found;
};

void expect_places(const std::string& file, Target target, const std::vector<PlaceCase>& cases) {
    for (const PlaceCase& one : cases) {
        Matcher matcher(set_of("t.ndb", numbered("X:", static_cast<std::size_t>(target)) + ":" +
                                            one.offset + ":" + hex(one.needle) + "\n"));
        EXPECT_EQ(!matches_of(matcher, file, target).empty(), one.found) << one.offset;
    }
}

TEST(Executable, PlacesInPe) {
    expect_places(pe_file(), Target::pe,
                  {{"EP+0", "entry point", true},
                   {"EP+1", "entry point", false},
                   {"EP+6", "point", true},
                   {"EP-4,8", "entry point", true},
                   {"EP-2000", "entry point", false},
                   {"S0+16", "entry point", true},
                   {"S1+32", "in the data", true},
                   {"S1+0,32", "in the data", true},
                   {"S1+0,31", "in the data", false},
                   {"S2+0", "in the data", false},
                   {"SL+32", "in the data", true},
                   {"SE0", "entry point", true},
                   {"SE0", "in the data", false},
                   {"SE1", "in the data", true},
                   {"SE7", "in the data", false}});
}

TEST(Executable, PlacesInElf) {
    expect_places(elf_file(), Target::elf,
                  {{"EP+0", "entry point", true},
                   {"EP+1", "entry point", false},
                   {"S1+0", "entry point", true},
                   {"S0+0", "entry point", false},
                   {"SL+6", "point", true},
                   {"SE1", "entry point", true}});
}

TEST(Executable, HeadersThatLieAreHarmless) {
    Random random(5);
    for (const std::string& file : {pe_file(), elf_file()}) {
        for (int i = 0; i < 5000; ++i) {
            std::string damaged = file;
            for (std::size_t n = random.below(6) + 1; n > 0; --n) {
                const std::size_t at = random.below(random.one_in(2) ? 0x100 : damaged.size());
                damaged[at] = static_cast<char>(random.one_in(2) ? 0xff : random.below(256));
            }
            damaged.resize(random.one_in(2) ? damaged.size() : random.below(damaged.size()));
            const ExecutableLayout layout = read_layout(octets(damaged));
            ASSERT_LE(layout.sections.size(), most_sections);
        }
    }
}

TEST(Executable, OtherContentHasNoLayout) {
    for (const std::string_view text : {"", "M", "MZ", "\x7f" "ELF", "text of no program at all"}) {
        const ExecutableLayout layout = read_layout(octets(text));
        EXPECT_FALSE(layout.entry_point);
    }
}

}  // namespace
}  // namespace postern::signatures::tests
