# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What make does with the words of its caller."""
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def make(*arguments, **environment):
    done = subprocess.run(['make', '--no-print-directory', *arguments], cwd=ROOT, capture_output=True, text=True,
                          env={**{key: value for key, value in os.environ.items() if key not in ('ARCH', 'RIG')
                                  and not key.startswith('MAKE') and key != 'MFLAGS'}, **environment}, check=False)
    return done.returncode, done.stdout + done.stderr


class Words(unittest.TestCase):
    def test_a_machine_that_there_is_not(self):
        for arch in ('arm64', 'host', '', '../..', 'x86_64 host', 'records'):
            status, text = make('help', f'ARCH={arch}')
            self.assertEqual(status, 2, text)
            self.assertIn(f'ARCH={arch}: there is no such machine; there are: x86_64', text)
        self.assertEqual(make('help', 'ARCH=x86_64')[0], 0)

    def test_the_arch_of_a_kernel_in_the_environment(self):
        status, text = make('help', ARCH='arm64')
        self.assertEqual(status, 0, text)
        self.assertIn('ARCH=arm64 of the environment is not heeded', text)
        self.assertNotIn('heeded', make('help', ARCH='x86_64')[1])

    def test_the_name_of_a_rig_is_one_word(self):
        """With -n make still runs the lines that call make."""
        with tempfile.TemporaryDirectory() as folder:
            mark = pathlib.Path(folder) / 'mark'
            text = make('-n', 'run-keep-status', f'RIG=none; touch {mark}')[1]
            self.assertFalse(mark.exists(), text)
            self.assertIn(f"run: 'none; touch {mark}' is no name", text)


if __name__ == '__main__':
    unittest.main()
