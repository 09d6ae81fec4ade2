// SPDX-License-Identifier: Apache-2.0
// The compiled magic database, as it lies in the build folder, between two symbols.
    .section .rodata
    .balign 16
    .global postern_magic_begin
    .global postern_magic_end
postern_magic_begin:
    .incbin POSTERN_MAGIC_FILE
postern_magic_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
