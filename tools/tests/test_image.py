# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What tools/pe.py refuses, one broken image each, and the disk that tools/make-disk makes."""
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

TOOLS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOOLS))

import pe  # noqa: E402

TEXT, RELOC, DATA = 0x60000020, 0x42000040, 0xc0000040


def image(sections=((b'.text', 0x1000, 0x800, TEXT), (b'.reloc', 0x2000, 12, RELOC),
                    (b'.data', 0x3000, 0x1800, DATA)),
          entry=0x1010, alignment=0x1000, subsystem=10, flags=pe.NX_COMPAT):
    dos = b'MZ'.ljust(0x3c, b'\0') + struct.pack('<I', 0x40)
    coff = b'PE\0\0' + struct.pack('<HHIIIHH', 0x8664, len(sections), 1234, 0, 0, 240, 0x22e)
    optional = bytearray(240)
    struct.pack_into('<H', optional, 0, 0x20b)
    struct.pack_into('<I', optional, 16, entry)
    struct.pack_into('<I', optional, 32, alignment)
    struct.pack_into('<HH', optional, 68, subsystem, flags)
    table = b''.join(struct.pack('<8sIIIIIIHHI', name, size, address, 0, 0, 0, 0, 0, 0, characteristics)
                     for name, address, size, characteristics in sections)
    return bytearray(dos + coff + optional + table)


class Pe(unittest.TestCase):
    def refused(self, word, **shape):
        found = list(pe.findings(image(**shape)))
        self.assertTrue(any(word in sentence for sentence in found), found)

    def test_a_good_image(self):
        self.assertEqual(list(pe.findings(image())), [])

    def test_finish_sets_the_flag_and_takes_the_time_away(self):
        rough = image(flags=0)
        pe.finish(rough)
        self.assertEqual(list(pe.findings(rough)), [])
        self.assertEqual(struct.unpack_from('<I', rough, 0x48)[0], 0)

    def test_what_is_refused(self):
        text, reloc, data = (b'.text', 0x1000, 0x800, TEXT), (b'.reloc', 0x2000, 12, RELOC), \
            (b'.data', 0x3000, 0x1800, DATA)
        self.refused('NX-compatible', flags=0)
        self.refused('subsystem', subsystem=3)
        self.refused('less than a page', alignment=0x200)
        self.refused('not executable', entry=0x3000)
        self.refused('both writable and executable', sections=(text, reloc, data[:3] + (DATA | TEXT,)))
        self.refused('overlaps', sections=(text[:2] + (0x1001,) + text[3:], reloc, data))
        self.refused('within a page', sections=(text, reloc, (b'.data', 0x3010, 8, DATA)))
        self.refused('no section .reloc', sections=(text, data))

    def test_what_is_no_image(self):
        for rubbish in (b'', b'MZ', bytes(200), image()[:0x40] + b'XX' + image()[0x42:]):
            with self.assertRaises(ValueError):
                pe.Pe(rubbish)


@unittest.skipUnless(shutil.which('mcopy'), 'no mtools')
class Disk(unittest.TestCase):
    def make(self, folder):
        subprocess.run([TOOLS / 'make-disk', folder / 'disk', TOOLS / 'help', 'BOOTX64.EFI',
                        TOOLS / 'iovet.conf'], check=True)
        return (folder / 'disk').read_bytes()

    def test_tables_and_content(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            disk = self.make(folder)
            for at, other in ((512, len(disk) - 512), (len(disk) - 512, 512)):
                header = bytearray(disk[at:at + 92])
                self.assertEqual(header[:8], b'EFI PART')
                crc, = struct.unpack_from('<I', header, 16)
                struct.pack_into('<I', header, 16, 0)
                self.assertEqual(crc, zlib.crc32(header))
                self.assertEqual(struct.unpack_from('<QQ', header, 24), (at // 512, other // 512))
                entries = struct.unpack_from('<Q', header, 72)[0] * 512
                self.assertEqual(struct.unpack_from('<I', header, 88)[0],
                                 zlib.crc32(disk[entries:entries + 128 * 128]))
            text = subprocess.run(['mtype', '-i', f'{folder}/disk@@1M', '::EFI/BOOT/BOOTX64.EFI'],
                                  capture_output=True, check=True).stdout
            self.assertEqual(text, (TOOLS / 'help').read_bytes())
            self.assertEqual(disk, self.make(folder), 'the same input makes the same bytes')


if __name__ == '__main__':
    unittest.main()
