#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The image as the firmware's loader sees it: a PE file.

tools/pe.py finish FILE   set what objcopy cannot: the NX-compatible flag, no time stamp; leave out the symbols
                          (iovet.elf has them) and the zeros at the end of the last section
tools/pe.py check FILE    refuse what real firmware refuses and OVMF does not tell: a section that is both
                          writable and executable, a missing flag, sections that overlap or are unaligned
"""
import struct
import sys

NX_COMPAT = 0x0100
CODE, EXECUTE, WRITE = 0x00000020, 0x20000000, 0x80000000
EFI_APPLICATION = 10
PAGE = 4096


class Pe:
    def __init__(self, image):
        self.image = image
        if len(image) < 0x40 or image[:2] != b'MZ':
            raise ValueError('no DOS header')
        self.coff = struct.unpack_from('<I', image, 0x3c)[0] + 4
        if image[self.coff - 4:self.coff] != b'PE\0\0':
            raise ValueError('no PE signature')
        self.machine, count = struct.unpack_from('<HH', image, self.coff)
        optional_size = struct.unpack_from('<H', image, self.coff + 16)[0]
        self.optional = self.coff + 20
        if struct.unpack_from('<H', image, self.optional)[0] != 0x20b:
            raise ValueError('not PE32+')
        self.section_alignment, = struct.unpack_from('<I', image, self.optional + 32)
        self.subsystem, self.characteristics = struct.unpack_from('<HH', image, self.optional + 68)
        self.entry, = struct.unpack_from('<I', image, self.optional + 16)
        self.headers = self.optional + optional_size
        self.sections = []
        for n in range(count):
            at = self.headers + 40 * n
            name = image[at:at + 8].rstrip(b'\0').decode()
            size, address = struct.unpack_from('<II', image, at + 8)
            self.sections.append((name, address, size, struct.unpack_from('<I', image, at + 36)[0]))


def finish(image):
    pe = Pe(image)
    struct.pack_into('<I', image, pe.coff + 4, 0)
    struct.pack_into('<H', image, pe.optional + 70, pe.characteristics | NX_COMPAT)
    symbols, = struct.unpack_from('<I', image, pe.coff + 8)
    if symbols:
        struct.pack_into('<II', image, pe.coff + 8, 0, 0)
        del image[symbols:]
    cut_zeros(image, pe)


def cut_zeros(image, pe):
    """A loader fills a section with zeros from the size in the file up to the size in memory."""
    header = pe.headers + 40 * (len(pe.sections) - 1)
    file_alignment, = struct.unpack_from('<I', image, pe.optional + 36)
    size, offset = struct.unpack_from('<II', image, header + 16)
    if offset + size < len(image):
        return
    used = len(image[offset:].rstrip(b'\0'))
    size = min(size, -(-used // file_alignment) * file_alignment)
    struct.pack_into('<I', image, header + 16, size)
    del image[offset + size:]


def findings(image):
    """What a strict loader would refuse, one sentence each."""
    pe = Pe(image)
    if pe.subsystem != EFI_APPLICATION:
        yield f'the subsystem is {pe.subsystem}, not an EFI application'
    if not pe.characteristics & NX_COMPAT:
        yield 'the NX-compatible flag is not set'
    if pe.section_alignment < PAGE:
        yield f'sections are aligned to {pe.section_alignment} bytes, less than a page'
    end = 0
    for name, address, size, flags in pe.sections:
        if flags & WRITE and flags & EXECUTE:
            yield f'{name} is both writable and executable'
        if address % PAGE:
            yield f'{name} begins at {address:#x}, within a page'
        if address < end:
            yield f'{name} overlaps the section before it'
        end = address + size
        if address <= pe.entry < end and not flags & EXECUTE:
            yield f'the entry point lies in {name}, which is not executable'
    names = [name for name, *_ in pe.sections]
    for wanted in ('.text', '.data', '.reloc'):
        if wanted not in names:
            yield f'there is no section {wanted}'


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in ('finish', 'check'):
        print(__doc__, file=sys.stderr)
        return 2
    verb, path = arguments
    with open(path, 'rb') as file:
        image = bytearray(file.read())
    if verb == 'finish':
        finish(image)
        with open(path, 'wb') as file:
            file.write(image)
        return 0
    found = list(findings(image))
    for sentence in found:
        print(f'{path}: {sentence}', file=sys.stderr)
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
