// SPDX-License-Identifier: Apache-2.0
// Rules of every kind, each with contents that it matches and contents that it just misses, and a
// generator of more. The truth is what the `yara` program says of them.
#pragma once

#include "tests/signatures/support.h"

#include <string>
#include <vector>

namespace postern::signatures::tests {

struct YaraCase {
    std::string rule;  // one rule, without `rule NAME`
    std::string hit;
    std::string miss;
};

inline std::string with_nul(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c;
        out += '\0';
    }
    return out;
}

// A small but complete PE: headers of one section, entry point in it.
inline std::string small_program(std::uint16_t machine) {
    std::string file(0x400, '\0');
    const auto put = [&](std::size_t at, std::uint64_t value, std::size_t octets) {
        for (std::size_t i = 0; i < octets; ++i) file[at + i] = static_cast<char>(value >> (8 * i));
    };
    put(0, 0x5a4d, 2);
    put(0x3c, 0x80, 4);
    put(0x80, 0x4550, 4);
    put(0x84, machine, 2);
    put(0x86, 1, 2);      // sections
    put(0x94, 0xe0, 2);   // of the optional header
    put(0x96, 0x0102, 2);
    put(0x98, 0x10b, 2);
    put(0xa8, 0x1000, 4);  // entry point
    put(0xb4, 0x400000, 4);
    put(0xb8, 0x1000, 4);
    put(0xbc, 0x200, 4);
    put(0xd0, 0x2000, 4);
    put(0xd4, 0x200, 4);
    put(0xdc, 3, 2);
    put(0xf4, 16, 4);
    file.replace(0x178, 5, ".text");
    put(0x180, 0x200, 4);
    put(0x184, 0x1000, 4);
    put(0x188, 0x200, 4);
    put(0x18c, 0x200, 4);
    put(0x19c, 0x60000020, 4);
    file.replace(0x200, 4, "\x55\x8b\xec\xc3");
    return file;
}

inline std::string small_elf(char machine) {
    std::string file = "\x7f" "ELF" + std::string("\x02\x01\x01", 3) + std::string(9, '\0');
    file += std::string("\x02\x00", 2) + machine + std::string("\x00\x01\x00\x00\x00", 5);
    file += std::string(140, '\0');
    file[52] = 64;
    return file;
}

inline std::vector<YaraCase> yara_cases() {
    const std::string nul(1, '\0');
    return {
        {"{ strings: $a = \"needle\" condition: $a }", "a needle", "a needl e"},
        {"{ strings: $a = \"needle\" nocase condition: $a }", "a NeeDLE", "a NeeD1E"},
        {"{ strings: $a = \"needle\" wide condition: $a }", with_nul("needle"), "needle"},
        {"{ strings: $a = \"needle\" wide ascii nocase condition: #a == 2 }",
         "NEEDLE" + with_nul("neeDLE"), with_nul("neeDL") + "needle"},
        {"{ strings: $a = \"needle\" fullword condition: $a }", "(needle)", "needles"},
        {"{ strings: $a = \"needle\" wide fullword condition: $a }", with_nul(" needle "),
         with_nul("aneedle")},
        {"{ strings: $a = \"needle\" xor condition: $a }", "\x2f\x24\x24\x25\x2d\x24",
         "\x2f\x24\x24\x25\x2d\x25"},
        {"{ strings: $a = \"needle\" xor(1-2) condition: $a }", "oddemd", "needle"},
        {"{ strings: $a = \"needle in hay\" base64 condition: $a }", "bmVlZGxlIGluIGhheQ==",
         "bmVlZGxlIGlvIGhheQ=="},
        {"{ strings: $a = \"needle in hay\" base64wide condition: $a }",
         with_nul("xxxxbmVlZGxlIGluIGhheQ"), "xxxxbmVlZGxlIGluIGhheQ"},
        {"{ strings: $a = \"n\\x00\\xffd\\\\\\\"\" condition: $a }", "n" + nul + "\xff" "d\\\"",
         "n" + nul + "\xfe" "d\\\""},
        {"{ strings: $a = { 41 ?? 4? ?3 44 } condition: $a }", "A_BcD", "A_Rb0cD"},
        {"{ strings: $a = { 41 42 [2-4] 43 44 } condition: $a }", "AB....CD", "AB.....CD"},
        {"{ strings: $a = { 41 42 [2-4] 43 44 } condition: $a }", "AB..CD", "AB.CD"},
        {"{ strings: $a = { 41 42 43 44 [300-400] 45 46 47 48 } condition: $a }",
         "ABCD" + std::string(400, '.') + "EFGH", "ABCD" + std::string(401, '.') + "EFGH"},
        {"{ strings: $a = { 41 42 43 44 [-] 45 46 47 48 } condition: $a }",
         "ABCD" + std::string(5000, '.') + "EFGH", "EFGH" + std::string(50, '.') + "ABCD"},
        {"{ strings: $a = { 41 ( 42 43 | 44 | 45 ?? 46 ) 47 } condition: $a }", "AE!FG", "AEFG"},
        {"{ strings: $a = { 41 42 // }\n 43 /* { */ 44 } condition: $a }", "ABCD", "ABC"},
        {"{ strings: $a = /ab{2,4}c[^0-9]+\\d/ condition: $a }", "abbbcxx7", "abbbc77"},
        {"{ strings: $a = /^begin.*end$/s condition: $a }", "begin\nend", "xbegin\nend"},
        {"{ strings: $a = /(one|two)\\s+three/i condition: $a }", "TWO \t three", "twothree"},
        {"{ strings: $a = /wo+rd/ fullword wide condition: $a }", with_nul(" wooord."),
         with_nul("swooord.")},
        {"{ strings: $a = /\\x41\\W\\bword\\b/ condition: $a }", "A word ", "A words"},
        {"{ strings: $a = /a.{0,3}?b/ condition: !a == 3 }", "axbxb", "axxb"},
        {"{ strings: $a = \"x1\" $b = \"y1\" condition: $a and not $b }", "x1", "x1y1"},
        {"{ strings: $a = \"ab\" condition: #a == 3 }", "abcabcab", "abcabcabab"},
        {"{ strings: $a = \"ab\" condition: $a at 4 }", "xxxxab", "xxxab"},
        {"{ strings: $a = \"ab\" condition: $a in (filesize - 4 .. filesize) }", "xxxxab", "abxxxx"},
        {"{ strings: $a = \"ab\" condition: @a[2] == 5 and !a[1] == 2 }", "ab...ab", "ab..ab"},
        {"{ strings: $a1 = \"aa\" $a2 = \"bb\" $b = \"cc\" condition: 2 of ($a*) and $b }",
         "aabbcc", "aacc"},
        {"{ strings: $ = \"aa\" $ = \"bb\" $ = \"cc\" condition: 2 of them }", "aacc", "aadd"},
        {"{ strings: $a = \"aa\" $b = \"bb\" condition: none of them }", "ab", "abb"},
        {"{ strings: $a = \"aa\" $b = \"bb\" $c = \"cc\" $d = \"dd\" condition: 50% of them }",
         "aabb", "aa"},
        {"{ strings: $a = \"ab\" condition: for any i in (1..#a) : ( @a[i] % 3 == 2 ) }", "..ab", "ab.ab"},
        {"{ strings: $a = \"ab\" $b = \"cd\" condition: for all of ($a, $b) : ( # > 1 ) }", "ababcdcd",
         "ababcd"},
        {"{ strings: $a = \"ab\" condition: for all i in (1, 2) : ( uint8(@a[i] + 2) == 0x21 ) }",
         "ab!ab!", "ab!ab?"},
        {"{ condition: uint16(0) == 0x5a4d and uint32be(2) == 0x41424344 }", "MZABCD", "MZABCE"},
        {"{ condition: int8(0) == -1 and uint16be(1) > 0x4000 }", "\xffZZ", "\x7fZZ"},
        {"{ condition: filesize > 5 and filesize < 8 }", "123456", "12345678"},
        {"{ condition: filesize < 1KB and filesize >= 4 }", "1234", "123"},
        {"{ condition: (uint8(0) & 0x0f | 0x30) == 0x35 and uint8(0) >> 4 == 4 and ~uint8(0) < 0 }",
         "E", "U"},
        {"{ condition: filesize * 2 - 1 == 7 and 7 \\ 2 == 3 }", "1234", "12345"},
        {"{ condition: defined uint32(4) }", "12345678", "1234567"},
        {"{ condition: pe.is_pe and pe.machine == pe.MACHINE_I386 and pe.number_of_sections == 1 }",
         small_program(0x14c), small_program(0x8664)},
        {"{ condition: pe.sections[0].name == \".text\" and pe.entry_point == 0x200 }",
         small_program(0x14c), "MZ" + std::string(300, ' ')},
        {"{ condition: for any s in pe.sections : ( s.raw_data_size == 0x200 and s.name icontains \"TEX\" ) }",
         small_program(0x14c), small_program(0x14c).substr(0, 0x150)},
        {"{ strings: $a = { 55 8b ec } condition: $a at pe.entry_point }", small_program(0x14c),
         small_program(0x14c).replace(0x200, 1, "V")},
        {"{ condition: elf.machine == elf.EM_X86_64 }", small_elf(62), small_elf(3)},
        {"{ condition: math.entropy(0, filesize) > 1.9 }", "abcd", "aabc"},
        {"{ condition: math.mean(0, filesize) < 60.5 and math.in_range(math.deviation(0, filesize, 50.0), 9.0, 11.0) }",
         "<<<<", "PPPP"},
        {"{ condition: hash.md5(0, 3) == \"900150983cd24fb0d6963f7d28e17f72\" }", "abcd", "abd"},
        {"{ condition: hash.sha256(0, filesize) == "
         "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\" }", "abc", "abcd"},
        {"{ condition: hash.crc32(0, filesize) == 0x352441c2 and hash.checksum32(0, filesize) == 294 }", "abc", "abd"},
        {"{ condition: not defined dotnet.version and filesize == 2 }", "ab", "abc"},
        {"{ condition: filename == \"\" and extension == \"\" and owner == \"\" and filesize == 3 }", "abc", "abcd"},
        {"{ condition: not (filename matches /./) and not (filetype contains \"EXE\") and uint8(0) == 0x61 }", "a", "b"},
        {"{ strings: $a = \"secret\" private $b = \"open\" condition: all of them }", "secret open", "secre open"},
        {"{ strings: $a = \"\\\\Temp\\\\\" nocase condition: $a }", "C:\\TEMP\\", "C:/TEMP/"},
        {"{ strings: $a = \"abc\" condition: for 2 i in (0..filesize) : ( $a at i ) }", "abcabc", "abcab"},
        {"{ condition: \"abc\" startswith \"a\" and \"ABC\" iequals \"abc\" and \"xyz\" iendswith \"YZ\" and filesize == 1}", "a", ""},
    };
}

// The cases as one source: rules c0, c1, …
inline std::string yara_case_source() {
    std::string source = "import \"pe\"\nimport \"elf\"\nimport \"math\"\nimport \"hash\"\nimport \"dotnet\"\n";
    const std::vector<YaraCase> cases = yara_cases();
    for (std::size_t i = 0; i < cases.size(); ++i) {
        source += numbered("rule c", i) + " " + cases[i].rule + "\n";
    }
    return source;
}

// Random rules over a small alphabet, so that they meet the random contents.
class YaraGenerator {
public:
    explicit YaraGenerator(std::uint32_t seed) : random_(seed) {}

    std::string rules(std::size_t count) {
        std::string source;
        for (std::size_t i = 0; i < count; ++i) source += rule(i);
        return source;
    }

    std::string content() {
        std::string text;
        const std::size_t length = random_.below(400);
        while (text.size() < length) {
            text += random_.one_in(6) ? std::string("\0", 1) : std::string(1, letter());
        }
        return random_.one_in(4) ? with_nul(text) : text;
    }

private:
    char letter() { return "abcABC .1"[random_.below(9)]; }

    std::string word(std::size_t least, std::size_t most) {
        std::string text;
        const std::size_t length = least + random_.below(most - least + 1);
        for (std::size_t i = 0; i < length; ++i) text += letter();
        return text;
    }

    std::string modifiers() {
        std::string text;
        if (random_.one_in(3)) text += " nocase";
        if (random_.one_in(3)) text += " wide ascii";
        if (random_.one_in(4)) text += " fullword";
        if (text.empty() && random_.one_in(3)) return " xor(0-3)";
        return text;
    }

    std::string hex_string() {
        std::string text = "{ ";
        const std::size_t length = 2 + random_.below(5);
        for (std::size_t i = 0; i < length; ++i) {
            text += hex(std::string(1, letter())) + " ";
            if (i + 1 == length) break;
            if (random_.one_in(4)) text += "?? ";
            if (random_.one_in(5)) text += "[0-" + std::to_string(1 + random_.below(5)) + "] ";
            if (random_.one_in(6)) text += "( 61 | 62 41 | 2? ) ";
        }
        return text + "}";
    }

    std::string expression() {
        std::string text = "/" + std::string(1, "abc"[random_.below(3)]) + "b?";
        const std::size_t length = 1 + random_.below(4);
        for (std::size_t i = 0; i < length; ++i) {
            constexpr const char* pieces[]{"a", "[ab]", ".", "(b|c1)", "\\d", "[^a]", "\\s", "A+", "b*", "c{1,3}"};
            text += pieces[random_.below(10)];
        }
        return text + (random_.one_in(3) ? "/i" : "/");
    }

    std::string string() {
        switch (random_.below(3)) {
            case 0:
                return '"' + word(2, 5) + '"' + modifiers();
            case 1:
                return hex_string();
            default:
                return expression() + (random_.one_in(3) ? " wide" : "");
        }
    }

    std::string condition() {
        const std::string n = std::to_string(1 + random_.below(4));
        const std::string far = std::to_string(random_.below(100));
        const std::vector<std::string> kinds{
            "all of them", "any of them", "2 of them", "#a > " + n, "#a == " + n + " or #b > #c",
            "@a < " + far + " and $b and not $c", "$a in (0.." + far + ") or #b * #c == 0",
            "for any i in (1..#a) : ( @a[i] > " + far + " and !a[i] > 2 ) or #b + #c > 20",
            "for all of them : ( # > 0 )", "not $a and ($b or $c)",
            "$a and filesize > " + far + " and #b >= 0 and #c >= 0",
            "(uint8(@a) & 0x20) == 0 and #b >= #c", "1 of ($a, $b) and none of ($c)"};
        return "(" + kinds[random_.below(kinds.size())] + ") and #a + #b + #c >= 0";
    }

    std::string rule(std::size_t number) {
        return numbered("rule g", number) + " { strings: $a = " + string() + " $b = " + string() +
               " $c = " + string() + " condition: " + condition() + " }\n";
    }

    Random random_;
};

}  // namespace postern::signatures::tests
