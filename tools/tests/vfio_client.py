# SPDX-License-Identifier: BSD-2-Clause-Patent
"""A client of the vfio-user protocol for tests of build/host/iovet-silicon, and the server under the sanitizers."""
import array
import collections
import json
import mmap
import os
import pathlib
import socket
import struct
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / 'build/host/iovet-silicon'
SANITIZERS = {'ASAN_OPTIONS': 'detect_leaks=0:allocator_may_return_null=1', 'UBSAN_OPTIONS': 'print_stacktrace=1'}
LIMIT = 20              # seconds for any answer

(VERSION, DMA_MAP, DMA_UNMAP, GET_INFO, GET_REGION_INFO, _, GET_IRQ_INFO, SET_IRQS, REGION_READ, REGION_WRITE, DMA_READ,
 DMA_WRITE, RESET) = range(1, 14)
REPLY, NO_REPLY, ERROR = 0x01, 0x10, 0x20
CONFIG = 7
HEADER = struct.Struct('<HHIII')
Message = collections.namedtuple('Message', 'id command flags error payload')


class Gone(Exception):
    """The server has ended the connection."""


class Client:
    def __init__(self, path, version=True):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(LIMIT)
        self.socket.connect(path)
        self.waiting = []               # commands of the server that came between
        self.number = 0
        if version:
            self.call(VERSION, struct.pack('<HH', 0, 0) + b'{}\0')

    def close(self):
        self.socket.close()

    def raw(self, data, fds=()):
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))] if fds else []
        self.socket.sendmsg([data], rights)

    def bytes(self, count):
        data = b''
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except ConnectionResetError:
                more = b''
            if not more:
                raise Gone
            data += more
        return data

    def message(self):
        number, command, size, flags, error = HEADER.unpack(self.bytes(16))
        return Message(number, command, flags, error, self.bytes(size - 16))

    def header(self, command, size, flags=0):
        self.number = (self.number + 1) & 0xffff
        return HEADER.pack(self.number, command, size, flags, 0)

    def ask(self, command, payload=b'', fds=(), size=None):
        """The whole reply."""
        self.raw(self.header(command, 16 + len(payload) if size is None else size) + payload, fds)
        while True:
            got = self.message()
            if got.flags & 0xf == REPLY:
                return got
            self.waiting.append(got)

    def refusal(self, *arguments, **options):
        """The error of the reply, 0 for none."""
        got = self.ask(*arguments, **options)
        return got.error if got.flags & ERROR else 0

    def call(self, *arguments, **options):
        got = self.ask(*arguments, **options)
        assert not got.flags & ERROR, os.strerror(got.error)
        return got.payload

    def is_gone(self):
        try:
            self.message()
        except (Gone, BrokenPipeError):
            return True
        return False

    # ---- What a PCI device of it does ----

    def read(self, region, offset, count):
        return self.call(REGION_READ, struct.pack('<QII', offset, region, count))[16:]

    def write(self, region, offset, data):
        self.call(REGION_WRITE, struct.pack('<QII', offset, region, len(data)) + data)

    def get(self, region, offset, width=4):
        return int.from_bytes(self.read(region, offset, width), 'little')

    def put(self, region, offset, value, width=4):
        self.write(region, offset, value.to_bytes(width, 'little'))

    def map(self, address, size, fds=(), offset=0, flags=3):
        return self.refusal(DMA_MAP, struct.pack('<IIQQQ', 32, flags, offset, address, size), fds)

    def unmap(self, address, size, flags=0):
        return self.refusal(DMA_UNMAP, struct.pack('<IIQQ', 24, flags, address, size))

    def served(self):
        """The message that the server sends next, unless it came before."""
        return self.waiting.pop(0) if self.waiting else self.message()


class Server:
    """iovet-silicon with a unit and an exerciser at 00:06.0; stop() says how it ended."""

    def __init__(self, *options):
        self.folder = tempfile.TemporaryDirectory(prefix='iovet-')
        self.unit = os.path.join(self.folder.name, 'u')
        self.exerciser = os.path.join(self.folder.name, 'e')
        with open(os.path.join(self.folder.name, 'log'), 'wb') as log:
            self.process = subprocess.Popen(
                [PROGRAM, '--unit', self.unit, '--exerciser', self.exerciser + '@00:06.0', '--until-eof', *options],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env={**os.environ, **SANITIZERS})
        self.ready = self.process.stdout.readline() == b'ready\n'

    def said(self):
        return (pathlib.Path(self.folder.name) / 'log').read_text(encoding='utf-8', errors='replace')

    def open_files(self):
        return len(os.listdir(f'/proc/{self.process.pid}/fd'))

    def maps_guest_memory(self):
        return 'memfd:guest' in pathlib.Path(f'/proc/{self.process.pid}/maps').read_text(encoding='ascii')

    def stop(self):
        """(exit status, what it said)"""
        self.process.stdin.close()
        try:
            status = self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process.stdout.close()
        said = self.said()
        self.folder.cleanup()
        return status, said


class Memory:
    """A file in memory, as QEMU's memory-backend-memfd has."""

    def __init__(self, size):
        self.fd = os.memfd_create('guest')
        os.ftruncate(self.fd, size)
        self.bytes = mmap.mmap(self.fd, size)

    def close(self):
        self.bytes.close()
        os.close(self.fd)


class Exerciser:
    """Commands of docs/exerciser.md, channel 0, for a unit that lets everything pass."""

    READ, WRITE, MESSAGE, STOP, STORM = 1, 2, 6, 15, 16
    DONE, FAILED = 2, 3

    def __init__(self, client):
        self.client = client
        client.put(CONFIG, 4, 6, 2)     # memory decoding and bus mastering

    def start(self, opcode, address, length=64, data=0, channel=0):
        base = 0x1000 * (channel + 1)
        for offset, value, width in ((0x10, address, 8), (0x18, length, 4), (0x28, 1, 4), (0x40, data, 4),
                                     (0, opcode, 4)):
            self.client.put(0, base + offset, value, width)

    def state(self, channel=0):
        return self.client.get(0, 0x1000 * (channel + 1) + 4) & 0xf

    def run(self, *arguments, **options):
        self.start(*arguments, **options)
        while self.state() == 1:
            pass
        return self.state()


def capabilities(payload):
    return json.loads(payload[4:].rstrip(b'\0'))['capabilities']
