# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The vfio-user server of virtual silicon, under the sanitizers, against clients that are right, wrong and gone."""
import errno
import os
import random
import signal
import socket
import struct
import subprocess
import unittest

from tests import vfio_client as vfio
from tests.vfio_client import CONFIG, Client, Exerciser, Memory, Server

PAGE = 4096
MIB = 1 << 20


def setUpModule():
    subprocess.run(['make', '-s', '--no-print-directory', 'build/host/iovet-silicon'], cwd=vfio.ROOT, check=True)


class Case(unittest.TestCase):
    OPTIONS = ()

    def setUp(self):
        self.server = Server(*self.OPTIONS)
        self.addCleanup(self.end)
        self.assertTrue(self.server.ready, self.server.said())

    def end(self):
        """Whatever a test did to it, the server ends when it is asked, and no sanitizer has stopped it."""
        status, said = self.server.stop()
        self.assertEqual(status, 0, said)

    def client(self, path=None, **options):
        one = Client(path or self.server.unit, **options)
        self.addCleanup(one.close)
        return one

    def memory(self, size):
        one = Memory(size)
        self.addCleanup(one.close)
        return one

    def board(self, size=MIB, at=0):
        """(unit, exerciser, memory): guest memory at `at`, and everything passes the unit."""
        unit, memory = self.client(), self.memory(size)
        self.assertEqual(unit.map(at, size, [memory.fd]), 0)
        unit.put(CONFIG, 4, 6, 2)
        return unit, Exerciser(self.client(self.server.exerciser)), memory

    def still_serves(self):
        one = self.client()
        self.assertEqual(one.get(CONFIG, 0), 0x10ef1234)
        one.close()


class Functions(Case):
    def test_version(self):
        one = self.client(version=False)
        payload = one.call(vfio.VERSION, struct.pack('<HH', 0, 7))
        self.assertEqual(struct.unpack_from('<HH', payload), (0, 0))
        self.assertEqual(vfio.capabilities(payload)['max_data_xfer_size'], 4096)

    def test_the_unit_is_what_docs_prototype_says(self):
        one = self.client()
        self.assertEqual(one.get(CONFIG, 8), 0x08060001)
        self.assertEqual(one.call(vfio.GET_INFO, struct.pack('<IIII', 16, 0, 0, 0)), struct.pack('<IIII', 16, 3, 9, 5))
        identity = struct.unpack('<7I', one.read(2, 0, 28))
        self.assertEqual(identity, (0x50564f49, 0x10000, 1, 50, 0, 4096, 1))
        self.assertEqual(one.get(2, 0x40), 0x00300030)
        self.assertEqual(one.get(2, 0, 8), 0x1000050564f49)
        one.put(2, 0, 0)
        self.assertEqual(one.get(2, 0), 0x50564f49)
        self.assertEqual(one.get(0, 0), 0x60)

    def test_region_sizes(self):
        for path, sizes in ((self.server.unit, {0: 4096, 2: 4096, CONFIG: 4096}),
                            (self.server.exerciser, {0: 0x4000, CONFIG: 4096})):
            one = self.client(path)
            for index in range(9):
                info = struct.unpack('<IIIIQQ', one.call(vfio.GET_REGION_INFO,
                                                         struct.pack('<IIIIQQ', 32, 0, index, 0, 0, 0)))
                self.assertEqual((info[4], info[1]), (sizes.get(index, 0), 3 if index in sizes else 0))

    def test_a_reset_is_a_power_on(self):
        one = self.client()
        one.put(0, 0x40, 0xfee00000)            # FEADDR
        one.put(CONFIG, 4, 6, 2)
        self.assertEqual(one.get(0, 0x40), 0xfee00000)
        one.call(vfio.RESET)
        self.assertEqual((one.get(0, 0x40), one.get(CONFIG, 4, 2)), (0, 0))

    def test_interrupt_information(self):
        for path, msi in ((self.server.unit, 0), (self.server.exerciser, 1)):
            one = self.client(path)
            counts = [struct.unpack('<IIII', one.call(vfio.GET_IRQ_INFO, struct.pack('<IIII', 16, 0, i, 0)))[3]
                      for i in range(5)]
            self.assertEqual(counts, [0, msi, 0, 1, 0])

    def test_a_message_may_come_in_pieces(self):
        one = self.client()
        text = one.header(vfio.REGION_READ, 32) + struct.pack('<QII', 0, CONFIG, 4)
        for byte in text:
            one.raw(bytes([byte]))
        self.assertEqual(one.message().payload[16:], bytes.fromhex('3412ef10'))

    def test_no_reply_means_none(self):
        one = self.client()
        one.raw(one.header(vfio.REGION_WRITE, 36, vfio.NO_REPLY) + struct.pack('<QIII', 0x40, 0, 4, 0xfee00000))
        one.raw(one.header(99, 16, vfio.NO_REPLY))
        self.assertEqual(one.get(0, 0x40), 0xfee00000)


class Refusals(Case):
    def test_what_is_no_message_ends_the_connection(self):
        for size in (0, 1, 15, 16 + 16 + 4096 + 1, 1 << 20, 0xffffffff):
            one = self.client()
            one.raw(one.header(vfio.RESET, size))
            self.assertTrue(one.is_gone(), size)
            self.still_serves()

    def test_another_major_version_ends_the_connection(self):
        for payload in (struct.pack('<HH', 1, 0), struct.pack('<HH', 0xffff, 0) + b'{}\0', b'', b'\0\0\0',
                        struct.pack('<HH', 0, 0) + b'{}'):
            one = self.client(version=False)
            one.raw(one.header(vfio.VERSION, 16 + len(payload)) + payload)
            self.assertTrue(one.is_gone(), payload)

    def test_nothing_comes_before_version_and_version_once(self):
        one = self.client(version=False)
        self.assertEqual(one.refusal(vfio.REGION_READ, struct.pack('<QII', 0, CONFIG, 4)), errno.EINVAL)
        one.call(vfio.VERSION, struct.pack('<HH', 0, 0))
        self.assertEqual(one.refusal(vfio.VERSION, struct.pack('<HH', 0, 0)), errno.EINVAL)
        self.assertEqual(one.get(CONFIG, 0), 0x10ef1234)

    def test_unknown_commands(self):
        one = self.client()
        for command in (0, 6, 11, 12, 14, 15, 16, 17, 18, 19, 0x7fff, 0xffff):
            self.assertEqual(one.refusal(command, b'x' * 40), errno.ENOSYS, command)

    def test_unknown_types_and_replies(self):
        one = self.client()
        for kind in (2, 7, 15):
            one.raw(one.header(vfio.RESET, 16, kind))
            self.assertEqual(one.message().error, errno.EINVAL)
        for command in (vfio.DMA_WRITE, vfio.RESET, 99):
            one.raw(one.header(command, 16, vfio.REPLY | vfio.ERROR))
        self.assertEqual(one.get(CONFIG, 0), 0x10ef1234)

    def test_sizes_that_are_not_the_command_s(self):
        sizes = {vfio.DMA_MAP: 32, vfio.DMA_UNMAP: 24, vfio.GET_INFO: 16, vfio.GET_REGION_INFO: 32,
                 vfio.GET_IRQ_INFO: 16, vfio.SET_IRQS: 20, vfio.REGION_READ: 16, vfio.REGION_WRITE: 16, vfio.RESET: 0}
        one = self.client()
        for command, right in sizes.items():
            for size in {0, 1, right - 1, right + 1, right + 8, 4096} - {right, -1}:
                self.assertEqual(one.refusal(command, bytes(size)), errno.EINVAL, (command, size))

    def test_regions_out_of_range(self):
        one = self.client()
        for region, offset, count in ((9, 0, 4), (0xffffffff, 0, 4), (1, 0, 4), (6, 0, 4), (8, 0, 1), (0, 4096, 4),
                                      (0, 4093, 4), (0, 2**64 - 2, 4), (0, 2**63, 8), (CONFIG, 4096, 1),
                                      (CONFIG, 0, 4097), (0, 0, 0), (0, 0, 0xffffffff), (CONFIG, 1, 4096)):
            head = struct.pack('<QII', offset, region, count)
            self.assertEqual(one.refusal(vfio.REGION_READ, head), errno.EINVAL, (region, offset, count))
            self.assertEqual(one.refusal(vfio.REGION_WRITE, head + bytes(min(count, 4096))), errno.EINVAL,
                             (region, offset, count))
        # The length of what is written is not what the message has.
        self.assertEqual(one.refusal(vfio.REGION_WRITE, struct.pack('<QII', 0, 0, 8) + bytes(4)), errno.EINVAL)
        for command, payload in ((vfio.GET_REGION_INFO, struct.pack('<IIIIQQ', 32, 0, 9, 0, 0, 0)),
                                 (vfio.GET_REGION_INFO, struct.pack('<IIIIQQ', 31, 0, 0, 0, 0, 0)),
                                 (vfio.GET_IRQ_INFO, struct.pack('<IIII', 16, 0, 5, 0)),
                                 (vfio.GET_IRQ_INFO, struct.pack('<IIII', 0, 0, 1, 0))):
            self.assertEqual(one.refusal(command, payload), errno.EINVAL)

    def test_any_access_of_any_register_is_answered(self):
        for path, regions in ((self.server.unit, (0, 2, CONFIG)), (self.server.exerciser, (0, CONFIG))):
            one = self.client(path)
            for region in regions:
                for offset in (*range(0, 0x60), *range(0xff0, 0x1000)):
                    for width in (1, 2, 3, 5, 8):
                        if offset + width <= 4096:
                            one.write(region, offset, one.read(region, offset, width))

    def test_interrupts(self):
        one = self.client(self.server.exerciser)
        event = os.eventfd(0)
        self.addCleanup(os.close, event)

        def set_irqs(flags, index, start, count, data=b'', fds=()):
            return one.refusal(vfio.SET_IRQS, struct.pack('<IIIII', 20, flags, index, start, count) + data, fds)

        for good in ((0x24, 1, 0, 1, b'', [event]), (0x24, 1, 0, 1), (0x21, 1, 0, 0), (0x22, 1, 0, 1, b'\1'),
                     (0x24, 3, 0, 1, b'', [event]), (0x09, 1, 0, 1)):
            self.assertEqual(set_irqs(*good), 0, good)
        for bad in ((0x24, 5, 0, 1), (0x24, 1, 0, 2), (0x24, 1, 1, 1), (0x24, 1, 2, 0), (0x24, 1, 0xffffffff, 2),
                    (0x24, 0, 0, 1), (0x27, 1, 0, 1), (0x20, 1, 0, 1), (0x04, 1, 0, 1), (0x3c, 1, 0, 1),
                    (0x64, 1, 0, 1), (0x22, 1, 0, 1), (0x22, 1, 0, 1, b'\1\1'), (0x21, 1, 0, 1, b'', [event]),
                    (0x24, 1, 0, 1, b'', [event, event]), (0x24, 1, 0, 0, b'', [event])):
            self.assertEqual(set_irqs(*bad), errno.EINVAL, bad)


class Clients(Case):
    def test_a_second_client_is_turned_away(self):
        first = self.client()
        self.assertTrue(self.client(version=False).is_gone())
        self.assertEqual(first.get(CONFIG, 0), 0x10ef1234)
        first.close()
        self.still_serves()

    def test_clients_that_vanish(self):
        whole = struct.pack('<HHIII', 1, vfio.REGION_READ, 32, 0, 0) + struct.pack('<QII', 0, CONFIG, 4)
        before = self.server.open_files()
        memory = self.memory(PAGE)
        for length in range(len(whole) + 1):
            one = self.client()
            one.raw(whole[:length] or whole, [memory.fd] if length % 2 else ())
            one.close()
        one = self.client()
        one.close()
        self.client().get(CONFIG, 0)
        self.assertEqual(self.server.open_files(), before + 1)

    def test_a_client_that_takes_no_replies_is_dropped(self):
        one = self.client()
        ask = one.header(vfio.REGION_READ, 32) + struct.pack('<QII', 0, CONFIG, 4096)
        with self.assertRaises((BrokenPipeError, ConnectionResetError)):
            for _ in range(10000):
                one.raw(ask)
        self.still_serves()

    def test_what_a_client_leaves_is_reset(self):
        unit, exerciser, memory = self.board()
        unit.put(0, 0x40, 0xfee00000)
        exerciser.start(Exerciser.WRITE | Exerciser.STORM, 0)
        self.assertEqual(exerciser.state(), 1)
        self.assertTrue(self.server.maps_guest_memory())
        unit.close()
        exerciser.client.close()
        after = self.client()
        self.assertEqual((after.get(0, 0x40), after.get(CONFIG, 4, 2)), (0, 0))
        self.assertFalse(self.server.maps_guest_memory())
        memory.bytes[:64] = bytes(64)
        self.assertEqual(self.client(self.server.exerciser).get(0, 0x18), 0)
        self.assertEqual(memory.bytes[:64], bytes(64))

    def test_file_descriptors_nobody_asked_for(self):
        memory = self.memory(PAGE)
        before = self.server.open_files()
        one = self.client()
        one.call(vfio.RESET, fds=[memory.fd] * 3)
        self.assertEqual(one.map(0, PAGE, [memory.fd] * 2), errno.EINVAL)
        one.get(CONFIG, 0)
        self.assertEqual(self.server.open_files(), before + 1)
        one.raw(one.header(vfio.RESET, 16), [memory.fd] * 9)
        self.assertTrue(one.is_gone())
        self.client().get(CONFIG, 0)
        self.assertEqual(self.server.open_files(), before + 1)


class GuestMemory(Case):
    def test_ranges_that_cannot_be(self):
        one, memory = self.client(), self.memory(4 * PAGE)
        fds = [memory.fd]
        self.assertEqual(one.map(PAGE, 2 * PAGE, fds), 0)
        for address, size in ((PAGE, PAGE), (0, 2 * PAGE), (2 * PAGE, 2 * PAGE), (0, 4 * PAGE), (PAGE, 2 * PAGE)):
            self.assertEqual(one.map(address, size, fds), errno.EEXIST, (address, size))
        high = 1 << 40
        for address, size, offset, flags in (
                (high, 0, 0, 3), (high + 1, PAGE, 0, 3), (high, PAGE + 1, 0, 3), (high, PAGE, 1, 3),
                (2**64 - PAGE, 2 * PAGE, 0, 3), (high, PAGE, 0, 0), (high, PAGE, 0, 7), (high, 5 * PAGE, 0, 3),
                (high, PAGE, 4 * PAGE, 3), (high, PAGE, 2**63, 3), (high, 2**63, 0, 3), (high, PAGE, 2**64 - PAGE, 3)):
            self.assertEqual(one.map(address, size, fds, offset, flags), errno.EINVAL, (address, size, offset, flags))
        self.assertEqual(one.map(2**64 - PAGE, PAGE, fds), 0)
        for address, size, flags in ((PAGE, PAGE, 0), (2 * PAGE, PAGE, 0), (0, 0, 0), (high, PAGE, 0)):
            self.assertEqual(one.unmap(address, size, flags), errno.ENOENT, (address, size))
        for address, size, flags in ((PAGE, 2 * PAGE, 1), (0, PAGE, 2), (PAGE, 0, 2), (0, 0, 3)):
            self.assertEqual(one.unmap(address, size, flags), errno.EINVAL, (address, size, flags))
        self.assertEqual(one.unmap(PAGE, 2 * PAGE), 0)
        self.assertEqual(one.unmap(PAGE, 2 * PAGE), errno.ENOENT)
        self.assertTrue(self.server.maps_guest_memory())
        self.assertEqual(one.unmap(0, 0, 2), 0)
        self.assertFalse(self.server.maps_guest_memory())
        self.assertEqual(one.map(PAGE, 2 * PAGE, fds), 0)

    def test_files_that_cannot_be_mapped(self):
        one, memory = self.client(), self.memory(PAGE)
        ends = socket.socketpair()
        pipe = os.pipe()
        read_only = os.open(f'/proc/self/fd/{memory.fd}', os.O_RDONLY)
        for fd in (*pipe, read_only):
            self.addCleanup(os.close, fd)
        for end in ends:
            self.addCleanup(end.close)
        for fd in (ends[0].fileno(), pipe[0]):
            self.assertEqual(one.map(0, PAGE, [fd]), errno.EINVAL)
        self.assertEqual(one.map(0, PAGE, [read_only]), errno.EACCES)
        self.assertEqual(one.map(0, PAGE, [read_only], flags=1), 0)

    def test_more_ranges_than_there_is_room_for(self):
        one, memory = self.client(), self.memory(PAGE)
        files = self.server.open_files()
        answers = [one.map(n * PAGE, PAGE, [memory.fd]) for n in range(65)]
        self.assertEqual(answers, [0] * 64 + [errno.ENOSPC])
        self.assertEqual(self.server.open_files(), files)    # a mapping needs no descriptor
        self.assertEqual(one.unmap(0, PAGE), 0)
        self.assertEqual(one.map(64 * PAGE, PAGE, [memory.fd]), 0)

    def test_dma_lands_where_it_should(self):
        _, exerciser, memory = self.board(at=1 << 32)
        self.assertEqual(exerciser.run(Exerciser.WRITE, (1 << 32) + 0x2345, 100), Exerciser.DONE)
        lands = memory.bytes[0x2345:0x2345 + 100]
        self.assertTrue(any(lands))
        memory.bytes[0x2345:0x2345 + 100] = bytes(100)
        self.assertFalse(any(memory.bytes[:]))

    def test_dma_beyond_memory_is_refused(self):
        unit, exerciser, memory = self.board(at=MIB)
        self.assertEqual(unit.map(4 * MIB, PAGE), 0)            # without a file
        self.assertEqual(unit.map(5 * MIB, PAGE, [memory.fd], flags=1), 0)
        for opcode, address in ((Exerciser.READ, 0), (Exerciser.WRITE, MIB - 64), (Exerciser.READ, 2 * MIB),
                                (Exerciser.WRITE, 4 * MIB), (Exerciser.READ, 4 * MIB), (Exerciser.WRITE, 5 * MIB)):
            self.assertEqual(exerciser.run(opcode, address), Exerciser.FAILED, (opcode, address))
        self.assertEqual(exerciser.run(Exerciser.READ, 5 * MIB), Exerciser.DONE)
        self.assertFalse(any(memory.bytes[:]))

    def test_no_dma_without_bus_mastering(self):
        unit, exerciser, memory = self.board()
        for one in (unit, exerciser.client):
            one.put(CONFIG, 4, 2, 2)
            self.assertEqual(exerciser.run(Exerciser.WRITE, 0), Exerciser.FAILED)
            one.put(CONFIG, 4, 6, 2)
        self.assertFalse(any(memory.bytes[:]))
        self.assertEqual(exerciser.run(Exerciser.WRITE, 0), Exerciser.DONE)

    def test_nothing_is_written_after_an_unmap(self):
        unit, exerciser, memory = self.board()
        for round_ in range(20):
            exerciser.start(Exerciser.WRITE | Exerciser.STORM, 0, 4096)
            while memory.bytes[:8] == bytes(8):
                pass
            self.assertEqual(unit.unmap(0, MIB), 0)
            memory.bytes[:4096] = bytes(4096)
            self.assertEqual(exerciser.state(), 1, round_)
            self.assertFalse(any(memory.bytes[:4096]), round_)
            exerciser.run(Exerciser.STOP, 0)
            self.assertEqual(unit.map(0, MIB, [memory.fd]), 0)

    def test_memory_that_shrinks(self):
        unit, exerciser, memory = self.board()
        for channel, opcode in enumerate((Exerciser.WRITE, Exerciser.READ)):
            exerciser.start(opcode | Exerciser.STORM, MIB - 4096, 4096, channel=channel)
        os.ftruncate(memory.fd, PAGE)
        self.assertEqual(exerciser.state(), 1)
        self.assertEqual(unit.unmap(0, MIB), 0)
        self.assertEqual(exerciser.state(), 1)


class Interrupts(Case):
    def test_messages_carry_address_and_data(self):
        unit, exerciser, _ = self.board()
        exerciser.run(Exerciser.MESSAGE, 0xfee01004, data=0x4321)
        sent = unit.served()
        self.assertEqual((sent.command, sent.payload), (vfio.DMA_WRITE, struct.pack('<QIII', 0xfee01004, 4, 0x4321, 0)))
        # One at a time: the next waits for the answer, and does not wait twice.
        for data in (1, 2, 1, 2):
            exerciser.run(Exerciser.MESSAGE, 0xfee00000, data=data)
        for data in (1, 2):
            unit.raw(vfio.HEADER.pack(sent.id, sent.command, 16, vfio.REPLY, 0))
            sent = unit.served()
            self.assertEqual(sent.payload, struct.pack('<QIII', 0xfee00000, 4, data, 0))
        unit.raw(vfio.HEADER.pack(sent.id, sent.command, 16, vfio.REPLY, 0))
        unit.get(CONFIG, 0)
        self.assertEqual(unit.waiting, [])

    def test_a_client_that_keeps_to_the_specification(self):
        unit, exerciser, _ = self.board()
        exerciser.run(Exerciser.MESSAGE, 0xfee00000, data=7)
        sent = unit.served()
        unit.raw(vfio.HEADER.pack(sent.id, sent.command, 16, vfio.REPLY | vfio.ERROR, errno.E2BIG))
        self.assertEqual(unit.served().payload, struct.pack('<QQI', 0xfee00000, 4, 7))

    def test_a_client_that_refuses_them_all(self):
        unit, exerciser, _ = self.board()
        for data in range(100):
            exerciser.run(Exerciser.MESSAGE, 0xfee00000, data=data)
            for sent in unit.waiting:
                unit.raw(vfio.HEADER.pack(sent.id, sent.command, 16, vfio.REPLY | vfio.ERROR, errno.EPERM))
            unit.waiting.clear()
        self.assertEqual(unit.get(CONFIG, 0), 0x10ef1234)

    def test_a_fault_raises_the_unit_s_event(self):
        unit, exerciser, _ = self.board()
        for offset, value in ((0x40, 0xfee00000), (0x3c, 0x55), (0x38, 0)):     # FEADDR, FEDATA, FECTL
            unit.put(0, offset, value)
        unit.put(0, 0x20, 0x8000, 8)            # RTADDR: an empty root table
        unit.put(0, 0x18, 1 << 30)
        unit.put(0, 0x18, 1 << 31)
        self.assertEqual(exerciser.run(Exerciser.WRITE, 0x1000), Exerciser.FAILED)
        self.assertEqual(unit.served().payload, struct.pack('<QIII', 0xfee00000, 4, 0x55, 0))


class Noise(Case):
    def test_random_messages(self):
        noise = random.Random(1)
        for _ in range(60):
            one = self.client(noise.choice((self.server.unit, self.server.exerciser)), version=noise.random() < 0.9)
            memory = Memory(4 * PAGE)
            try:
                for _ in range(40):
                    payload = noise.randbytes(noise.choice((0, 16, 20, 24, 32, 36, 40, noise.randrange(300))))
                    if noise.random() < 0.7:    # numbers that are nearly right
                        payload = b''.join(struct.pack('<I', noise.choice((0, 1, 2, 3, 4, 7, 8, 16, 32, 4096, 2**32 - 1)))
                                           for _ in range(len(payload) // 4))
                    wrong = noise.choice((0, 0, 0, 0, 0, 0, 0, 1, -1, 4))
                    one.raw(one.header(noise.randrange(20), max(0, 16 + len(payload) + wrong),
                                       noise.choice((0, 0, 0, 0x10, 1, 0x21, 5))) + payload,
                            [memory.fd] * noise.choice((0, 0, 1, 1, 2)))
            except (BrokenPipeError, ConnectionResetError):
                pass
            memory.close()
            one.close()
        self.still_serves()


class Stub(Case):
    OPTIONS = ('--model', 'stub', '--config', 'least')

    def test_it_is_found_and_blocks(self):
        unit, exerciser, memory = self.board()
        self.assertEqual(struct.unpack('<7I', unit.read(2, 0, 28)), (0x50564f49, 0x10000, 1, 39, 0, 4096, 1))
        self.assertEqual((unit.get(0, 0), unit.get(0, 8, 8)), (0x10, 0x20260200))
        self.assertEqual(exerciser.run(Exerciser.WRITE, 0), Exerciser.DONE)
        memory.bytes[:64] = bytes(64)
        unit.put(0, 0x18, 1 << 30)
        unit.put(0, 0x18, 1 << 31)
        self.assertEqual(unit.get(0, 0x1c), 3 << 30)
        self.assertEqual(exerciser.run(Exerciser.WRITE, 0), Exerciser.FAILED)
        self.assertEqual(exerciser.run(Exerciser.READ, 0), Exerciser.FAILED)
        self.assertFalse(any(memory.bytes[:]))
        unit.put(0, 0x18, 0)
        self.assertEqual(exerciser.run(Exerciser.WRITE, 0), Exerciser.DONE)

    def test_its_invalidations_are_complete(self):
        unit = self.client()
        unit.put(0, 0x28, 0x2000000000000000 | 1 << 63, 8)      # CCMD: all contexts
        unit.put(0, 0x108, 0x2000000000000000 | 1 << 63, 8)     # IOTLB: one domain
        self.assertEqual((unit.get(0, 0x28, 8), unit.get(0, 0x108, 8)), (0x2800000000000000, 0x2400000000000000))
        self.assertEqual(unit.get(0, 0x38), 1 << 31)            # FECTL.IM


class Program(unittest.TestCase):
    def refused(self, *words):
        got = subprocess.run([vfio.PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=vfio.LIMIT, check=False)
        self.assertEqual((got.returncode, got.stdout), (2, ''), words)
        return got.stderr

    def test_options_that_cannot_be(self):
        self.assertIn('SOCKET', self.refused())
        self.assertIn('no such option', self.refused('--units', 'x'))
        self.assertIn('needs a value', self.refused('--unit'))
        self.assertIn('no such model', self.refused('--unit', 'x', '--model', 'y'))
        self.assertIn('no configuration z', self.refused('--unit', 'x', '--config', 'z'))
        self.assertIn('no defect d', self.refused('--unit', 'x', '--defect', 'd'))
        for text in ('e', 'e@', 'e@00:20.0', 'e@00:1f.8', 'e@00:1f.0x', '@'):
            self.assertIn('BUS:DEVICE.FUNCTION', self.refused('--unit', 'x', '--exerciser', text))
        self.assertIn('/no/such/folder/x: ', self.refused('--unit', '/no/such/folder/x'))
        self.assertIn('long', self.refused('--unit', '/tmp/' + 'x' * 200))

    def test_list_names_what_there_is(self):
        got = subprocess.run([vfio.PROGRAM, '--list'], capture_output=True, text=True, timeout=vfio.LIMIT, check=True)
        for line in ('model vtd', 'config server', 'defect second-dirty-never', 'model stub', 'config least'):
            self.assertIn(line + '\n', got.stdout)

    def test_a_defect_is_one(self):
        server = Server('--defect', 'second-dirty-never')
        self.addCleanup(server.stop)
        self.assertTrue(server.ready, server.said())

    def test_it_ends_when_it_is_told(self):
        for how in (signal.SIGTERM, signal.SIGINT, None):
            server = Server()
            client = Client(server.unit)
            if how:
                server.process.send_signal(how)
                self.assertEqual(server.process.wait(vfio.LIMIT), 0)
            else:
                server.process.stdin.close()
                self.assertEqual(server.process.wait(vfio.LIMIT), 0)
            self.assertFalse(os.path.exists(server.unit))
            client.close()
            server.stop()


if __name__ == '__main__':
    unittest.main()
