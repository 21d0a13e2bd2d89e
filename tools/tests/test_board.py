# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The board of virtual silicon in a rig: its table, its words on QEMU's command line, its life."""
import json
import os
import pathlib
import tempfile
import time
import unittest
from unittest import mock

from runner import board, rig, session

TEXT = 'description="d"\nunits=1\ntime_limit=9\narguments=[]\n[silicon]\n'
PLAN = {'config': 'server', 'unit': '05.0', 'exercisers': ['06.0', '06.1', '07.0']}


class Table(unittest.TestCase):
    def test_what_can_be(self):
        one = rig.Rig('x', TEXT + 'unit="05.0"\nexercisers=["1f.7"]\n')
        self.assertEqual(one.silicon, {'unit': '05.0', 'exercisers': ['1f.7']})
        self.assertIsNone(rig.Rig('x', TEXT.replace('[silicon]\n', '')).silicon)

    def test_what_cannot_be(self):
        for table, complaint in (('unit="05.0"\nunits=1', 'silicon.units'), ('exercisers=["06.0"]', "''"),
                                 ('unit="5.0"', "'5.0'"), ('unit="20.0"', "'20.0'"), ('unit="05.8"', "'05.8'"),
                                 ('unit="05.0"\nexercisers=["05.0"]', 'one address')):
            with self.assertRaisesRegex(rig.RigError, complaint):
                rig.Rig('x', TEXT + table + '\n')


class Words(unittest.TestCase):
    def board(self, **environment):
        with mock.patch.dict(os.environ, {'SILICON': '', 'DEFECT': '', **environment}):
            return board.Board(PLAN, '/s', None)

    def test_qemu_has_every_function_at_its_socket(self):
        words = list(self.board().devices())
        self.assertEqual(words[0::2], ['-device'] * 4)
        devices = [json.loads(word) for word in words[1::2]]
        self.assertEqual([(d['addr'], d['multifunction'], d['socket']['path']) for d in devices],
                         [('05.0', False, '/s/05-0'), ('06.0', True, '/s/06-0'), ('06.1', False, '/s/06-1'),
                          ('07.0', False, '/s/07-0')])

    def test_the_server_is_told_where_they_are(self):
        words = ' '.join(self.board().command())
        self.assertIn('--config server --unit /s/05-0 --exerciser /s/06-0@00:06.0 --exerciser /s/06-1@00:06.1 ', words)
        self.assertNotIn('--defect', words)

    def test_the_caller_chooses(self):
        words = ' '.join(self.board(SILICON='client', DEFECT='second-dirty-never').command())
        self.assertIn('--config client ', words)
        self.assertIn('--defect second-dirty-never', words)


class Life(unittest.TestCase):
    """With a server that is a script."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log = open(self.folder / 'log', 'wb')
        self.addCleanup(self.log.close)
        for name, value in (('PROGRAM', self.folder / 'server'), ('START_LIMIT', 1), ('END_LIMIT', 1)):
            patch = mock.patch.object(board, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def board(self, script):
        (self.folder / 'server').write_text(f'#!/bin/sh\n{script}\n')
        (self.folder / 'server').chmod(0o755)
        return board.Board(PLAN, str(self.folder), self.log)

    def test_it_ends_with_its_input(self):
        with self.board('echo ready; cat >/dev/null; exit 3') as one:
            self.assertIsNone(one.complaint())
            self.assertEqual(one.log, self.log)
        self.assertEqual(one.process.returncode, 3)

    def test_one_that_does_not_end_is_killed(self):
        with self.board('echo ready; exec sleep 60') as one:
            pass
        self.assertEqual(one.process.returncode, -9)

    def test_one_that_does_not_begin(self):
        for script, complaint in (('echo "no such thing" >&2; exit 2', 'ended with status 2: no such thing'),
                                  ('exec sleep 60', 'does not listen'), ('echo hello; cat >/dev/null', 'did not begin')):
            one = self.board(script)
            with self.assertRaisesRegex(board.BoardError, complaint):
                one.__enter__()
            self.assertIsNotNone(one.process.poll())

    def test_a_program_that_is_not_there(self):
        with mock.patch.object(board, 'PROGRAM', board.ROOT / 'build/none'):
            with self.assertRaisesRegex(board.BoardError, 'make build/none builds it'):
                board.Board(PLAN, str(self.folder), self.log).__enter__()

    def test_a_death_ends_the_session(self):
        with self.board('echo ready; sleep 1; echo "out of luck" >&2; exit 4') as one, \
                open(self.folder / 'serial', 'wb') as serial:
            machine = session.Session(['sleep', '60'], '/none', serial, serial, 50, 50, lambda _: None, lambda: None,
                                      one.complaint)
            start = time.monotonic()
            self.assertEqual(machine.run(), 'the virtual silicon ended with status 4: out of luck')
            self.assertLess(time.monotonic() - start, 20)
            self.assertIsNotNone(machine.process.poll())


if __name__ == '__main__':
    unittest.main()
