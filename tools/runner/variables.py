# SPDX-License-Identifier: BSD-2-Clause-Patent
"""
A file of firmware variables in which little room is left: what machines with many boot entries are like.

EDK II's store (MdeModulePkg, VariableFormat.h): the header of the firmware volume says its own length at 48; the
store's header behind it has its size at 16; variables follow, each aligned to 4 bytes, of the form with time stamps.
"""
import struct
import uuid

STORE_HEADER_BYTES = 28
HEADER = '<HBBIQ16sIII16s'
STARTED, ADDED = 0x55aa, 0x3f
NON_VOLATILE, BOOT, RUNTIME = 1, 2, 4
OWNER = uuid.UUID('1d2ab2a5-40a4-4b8c-8e5e-8e9a3b5a77c1')
LARGEST = 16384                     # data of one; EDK II has a limit, too


def variable(name, data):
    text = name.encode('utf-16-le') + b'\0\0'
    head = struct.pack(HEADER, STARTED, ADDED, 0, NON_VOLATILE | BOOT | RUNTIME, 0, bytes(16), 0, len(text),
                       len(data), OWNER.bytes_le)
    return (head + text + data).ljust(-(-len(head + text + data) // 4) * 4, b'\xff')


def fill(source, target, free):
    """Copy the empty store `source` to `target`, with variables that leave `free` bytes."""
    content = bytearray(source.read_bytes())
    start = struct.unpack_from('<H', content, 48)[0]
    end = start + struct.unpack_from('<I', content, start + 16)[0]
    at, number = start + STORE_HEADER_BYTES, 0
    empty = len(variable('Filler0000', b''))
    if content[at:at + 2] != b'\xff\xff':
        raise ValueError(f'{source} holds variables')
    while end - at - free > empty:
        one = variable(f'Filler{number:04}', bytes(min(LARGEST, end - at - free - empty)))
        content[at:at + len(one)] = one
        at, number = at + len(one), number + 1
    target.write_bytes(content)
