#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes byte_pairs_table.inc, the model by which anchors are chosen.

usage: train_byte_pairs.py OUT KIND:FILE...

Each KIND (text, html, office, machine, ...) weighs the same, whatever the sizes of its files; of a file,
the first 4 MiB are read. Octets are put into 64 classes by hand (letters alone, the rest in groups);
counted is how often a class follows a class, and an octet occurs within its class. Written are costs in
quarter bits, one character each (first character '0'), so that the table is text and small.
"""
import collections
import math
import sys


def classes():
    table = [None] * 256
    groups = [[c] for c in range(0x61, 0x7b)]
    groups += [[ord(c) for c in g] for g in ('AEIOU', 'BCDFG', 'HJKLM', 'NPQRS', 'TVWXYZ', '0', '123456789')]
    groups += [[ord(c)] for c in ' \n\r\t.,-_/:;="\'<>()&']
    groups += [[0x00], [0xff], [0x01], [0x8b], [0x48], [0x90], [0xcc]]
    for number, group in enumerate(groups):
        for octet in group:
            if table[octet] is None:
                table[octet] = number
    n = len(groups)
    rest = [[c for c in range(0x21, 0x7f) if table[c] is None],
            [c for c in range(0x02, 0x20) if table[c] is None] + [0x7f],
            [c for c in range(0x80, 0xc0) if table[c] is None],
            [c for c in range(0xc0, 0x100) if table[c] is None]]
    for group in rest:
        for octet in group:
            table[octet] = n
        n += 1
    assert n <= 64 and None not in table
    return table


def main():
    out, files = sys.argv[1], sys.argv[2:]
    table = classes()
    pairs = [[0.0] * 64 for _ in range(64)]
    single = [0.0] * 256
    kinds = collections.defaultdict(list)
    for item in files:
        kind, path = item.split(':', 1)
        with open(path, 'rb') as f:
            kinds[kind].append(f.read(4 << 20))
    for blobs in kinds.values():
        total = sum(map(len, blobs))
        counts = collections.Counter()
        for blob in blobs:
            counts.update(zip(blob, blob[1:]))
        for (a, b), n in counts.items():
            pairs[table[a]][table[b]] += n / total
            single[b] += n / total
    in_class = [0.0] * 64
    for octet in range(256):
        in_class[table[octet]] += single[octet]
    def quarter(p):
        return chr(ord('0') + min(60, max(0, round(-4 * math.log2(p))))) if p > 0 else 'l'
    def rows(text):
        return ''.join('    R"(%s)"\n' % text[i:i + 64] for i in range(0, len(text), 64))
    with open(out, 'w') as f:
        f.write('// SPDX-License-Identifier: Apache-2.0\n'
                '// Made by tools/train_byte_pairs.py from: %s. Do not edit.\n' % ', '.join(sorted(kinds)))
        f.write('// Class of each octet.\nconstexpr char class_of[] =\n')
        f.write(rows(''.join(chr(ord('0') + c) for c in table)) + ';\n')
        f.write('// Quarter bits of each octet within its class.\nconstexpr char within_class[] =\n')
        f.write(rows(''.join(quarter((single[o] + 1e-7) / (in_class[table[o]] + 1e-7)) for o in range(256))) + ';\n')
        f.write('// Quarter bits of each class, wherever it stands.\nconstexpr char class_alone[] =\n')
        whole = sum(in_class)
        f.write(rows(''.join(quarter((c + 1e-7) / whole) for c in in_class)) + ';\n')
        f.write('// Quarter bits of each class behind each class: 64 rows.\nconstexpr char class_pairs[] =\n')
        for row in pairs:
            total = sum(row) + 64e-7
            f.write(rows(''.join(quarter((n + 1e-7) / total) for n in row)))
        f.write(';\n')


main()
