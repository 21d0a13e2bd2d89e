# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Tools in a tree that cannot be written: what is there serves, and what cannot be done is told."""
import importlib.machinery
import importlib.util
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
from unittest import mock

TOOLS = pathlib.Path(__file__).resolve().parent.parent


class GetQemu(unittest.TestCase):
    """root may write everywhere, so what cannot be written here is a file whose name a folder has."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='iovet-test-'))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / 'tools').mkdir()
        shutil.copy(TOOLS / 'get-qemu', self.folder / 'tools')
        self.home = self.folder / 'build/qemu'
        (self.home / 'lock').mkdir(parents=True)

    def run_it(self):
        done = subprocess.run([self.folder / 'tools/get-qemu'], capture_output=True, text=True, timeout=30, check=False,
                              env={**os.environ, 'PATH': '/usr/bin:/bin'})
        return done.returncode, done.stdout + done.stderr

    def test_what_is_there_serves(self):
        program = self.home / 'qemu-system-x86_64'
        program.write_text('#!/bin/sh\n')
        program.chmod(0o755)
        self.assertEqual(self.run_it(), (0, ''))

    def test_what_cannot_be_fetched_is_told(self):
        status, text = self.run_it()
        self.assertEqual(status, 3, text)
        self.assertIn('build/qemu cannot be written', text)
        self.assertIn('QEMU=/path', text)


class Test(unittest.TestCase):
    def test_no_place_for_logs(self):
        loader = importlib.machinery.SourceFileLoader('whole_test', str(TOOLS / 'test'))
        module = importlib.util.module_from_spec(importlib.util.spec_from_loader('whole_test', loader))
        loader.exec_module(module)
        with tempfile.NamedTemporaryFile() as file, mock.patch.object(module, 'LOGS', pathlib.Path(file.name) / 'test'), \
                mock.patch('builtins.print') as printed:
            self.assertEqual(module.main(['host']), 3)
        self.assertIn('has no place', printed.call_args.args[0])


if __name__ == '__main__':
    unittest.main()
