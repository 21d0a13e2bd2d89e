# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The whole runner against a QEMU that is a script."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import tomllib
import unittest

from runner import machine, qemu, rig

TOOLS = pathlib.Path(__file__).resolve().parent.parent
HELP = '''
    case " $* " in
    *" --version "*) echo "QEMU emulator version 11.1.3"; exit 0 ;;
    *",help "*) for o in scalable-mode fsts pasid-bits aw-bits; do echo "  $o=<bool>"; done; exit 0 ;;
    esac
'''
LOG = '''
    echo 'firmware talks'
    echo 'iovet event=start version=0.1 build=abc'
    echo 'iovet event=plan cases=1 units=1 seed=7'
    echo 'iovet event=begin n=1 case=dirty.x variant=v claim="A claim."'
    echo 'iovet event=end n=1 case=dirty.x variant=v verdict=VERDICT us=1 reason="why"'
    echo 'iovet event=done'
'''
REPORT = '''
    disk=$(printf '%s\\n' "$@" | sed -n 's/.*id=stick.*file=//p')
    echo '{"cases": [{"number": 1, "verdict": "VERDICT"}]}' >"$disk.json"
    mcopy -o -i "$disk@@1M" "$disk.json" ::iovet/reports/report.json
'''


class Folder(unittest.TestCase):
    def test_a_run_empties_nothing_outside_out(self):
        for name in ('..', '.', '/tmp/x', 'a/b', '../x', '', '-x', 'a b'):
            with self.assertRaises(rig.RigError):
                machine.folder_name(name)
        self.assertEqual(machine.folder_name('vtd-first_2.a'), 'vtd-first_2.a')


class Rig(unittest.TestCase):
    TEXT = 'description="d"\nunits=1\ntime_limit=9\narguments=["-machine q35"]\n'

    def test_every_rig_loads(self):
        for name in rig.names():
            self.assertTrue(rig.load(name).description)

    def test_configuration(self):
        one = rig.Rig('x', self.TEXT + '[conf]\ndeadline_ms=5\n[[known]]\n'
                                       'case="dirty.*"\nlink="https://l"\nsymptom="flags *"\n'
                                       'reason="r"\n[[known]]\ncase="a.*"\nreasons=["79/05"]\n'
                                       'link="https://m"\nreason="s"\n')
        self.assertEqual(one.configuration(tests='a.*', seed=None, sabotage=''),
                         '# rig x\ndeadline_ms=5\ntests=a.*\n# r\nknown=dirty.* https://l flags *\n'
                         '# s\nknown_reason=a.* 79/05 https://m\n')

    def test_mistakes_are_named(self):
        known = '[[known]]\ncase="a"\nlink="l"\nreason="r"\n'
        for text, word in ((self.TEXT + 'colour=1\n', 'colour'), (self.TEXT + known, 'symptom'), ('units=1\n', 'description'),
                           ('units=', 'rig x')):
            with self.assertRaisesRegex(rig.RigError, word):
                rig.Rig('x', text)
        with self.assertRaisesRegex(rig.RigError, 'vtd-first'):
            rig.load('no-such-rig')

    def test_values_of_the_wrong_type(self):
        known = '[[known]]\ncase="a"\nlink="l"\nreason="r"\nsymptom="s"\n'
        for text, words in (('time_limit="9"\n', "rig x: time_limit must be a number, not '9'"),
                            ('units=true\n', 'units must be a number'), ('description=3\n', 'description must be a text'),
                            ('arguments="-m 2G"\n', 'arguments must be a list, each a text'),
                            ('arguments=["-m", 2]\n', 'arguments, entry 2 must be a text, not 2'),
                            ('needs=3\n', 'needs must be a table'), ('[needs]\nnvme=3\n', 'needs.nvme must be a list'),
                            ('[conf]\nseed=[1]\n', 'conf.seed must be a text or a number'),
                            ('known=3\n', 'known must be a list, each a table'),
                            ('known=["a"]\n', 'known, entry 1 must be a table'),
                            (known.replace('"a"', '1'), 'known, entry 1.case must be a text, not 1'),
                            (known + 'reasons="79/05"\n', 'known, entry 1.reasons must be a list'),
                            (known + 'colour=1\n', 'known, entry 1.colour: unknown key'),
                            ('silicon=3\n', 'silicon must be a table'),
                            ('[silicon]\nunit=5\n', 'silicon.unit must be a text'),
                            ('[silicon]\nunit="05.0"\nexercisers=["06.0", 7]\n', 'silicon.exercisers, entry 2')):
            key = text.split('=')[0]
            rest = ''.join(line + '\n' for line in self.TEXT.splitlines() if not line.startswith(key + '='))
            with self.assertRaisesRegex(rig.RigError, words):
                rig.Rig('x', rest + text)

    def test_one_bad_file_does_not_hide_the_others(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in (('bad', b'units="1"\n'), ('good', self.TEXT.encode()), ('odd', b'\xff')):
                (pathlib.Path(folder) / f'{name}.toml').write_bytes(content)
            done = subprocess.run([sys.executable, '-c', 'import importlib.machinery, importlib.util, pathlib, sys\n'
                                   f'sys.path.insert(0, {str(TOOLS)!r})\n'
                                   'from runner import rig\n'
                                   f'rig.FOLDER = pathlib.Path({folder!r})\n'
                                   f'loader = importlib.machinery.SourceFileLoader("run", {str(TOOLS / "run")!r})\n'
                                   'run = importlib.util.module_from_spec(importlib.util.spec_from_loader("run", loader))\n'
                                   'loader.exec_module(run)\n'
                                   'sys.exit(run.main(["--list"]))'], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^bad +cannot be used: rig bad: units must be a number, not '1'$")
        self.assertRegex(done.stdout, r'(?m)^good +d$')
        self.assertRegex(done.stdout, r'(?m)^odd +cannot be used: rig odd: \S+odd.toml cannot be read')


class Sabotage(unittest.TestCase):
    def test_the_list_is_the_program_s(self):
        header = (TOOLS.parent / 'tests/harness/sabotage.h').read_text(encoding='utf-8')
        entries = tomllib.loads((TOOLS / 'sabotage.toml').read_text(encoding='utf-8'))['sabotage']
        self.assertEqual([entry['name'] for entry in entries], re.findall(r'X\([A-Z_]+, "([a-z-]+)"', header))
        self.assertLessEqual({entry['rig'] for entry in entries}, set(rig.names()))


@unittest.skipUnless(shutil.which('mcopy') and qemu.FIRMWARE.is_dir(), 'no mtools or no ovmf')
class Run(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='iovet-test-'))
        self.addCleanup(shutil.rmtree, self.folder)
        self.name = f'test-{os.getpid()}'
        self.addCleanup(shutil.rmtree, TOOLS.parent / 'out' / self.name, ignore_errors=True)
        self.addCleanup((TOOLS.parent / 'out' / f'.{self.name}.lock').unlink, missing_ok=True)
        self.image = self.folder / 'image'
        subprocess.run([TOOLS / 'make-disk', self.image, TOOLS / 'help', 'X.EFI', TOOLS / 'iovet.conf'],
                       check=True)

    def environment(self, script):
        program = self.folder / 'qemu'
        program.write_text('#!/bin/sh\n' + textwrap.dedent(script))
        program.chmod(0o755)
        return {**os.environ, 'QEMU': str(program), 'IMAGE': str(self.image), 'IOVET_OUT': self.name}

    def run_it(self, script, **more):
        done = subprocess.run([sys.executable, TOOLS / 'run', 'vtd-first'], capture_output=True, text=True,
                              env={**self.environment(script), **more}, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_each_status(self):
        for verdict, status in (('pass', 0), ('fail', 1), ('broken', 2), ('skip', 4)):
            got, text = self.run_it(HELP + (LOG + REPORT).replace('VERDICT', verdict))
            self.assertEqual(got, status, text)
            self.assertIn(f'exit status {status}', text)

    def test_no_report(self):
        status, text = self.run_it(HELP + LOG.replace('VERDICT', 'pass'))
        self.assertEqual(status, 2)
        self.assertIn('there is no report.json', text)

    def test_qemu_fails(self):
        status, text = self.run_it(HELP + 'echo it is late >&2; exit 1')
        self.assertEqual(status, 2)
        self.assertIn('it is late', text)

    def test_qemu_is_too_old(self):
        status, text = self.run_it('echo QEMU emulator version 7.2.1')
        self.assertEqual(status, 3)
        self.assertRegex(text, r'is version 7\.2; the rigs need 11\.1 or newer')

    def test_options_that_the_image_would_refuse(self):
        """Before anything starts: the QEMU here would fail."""
        for key, value, words in (('SABOTAGE', 'skip-invalidations', 'there are: skip-invalidation, '),
                                  ('SEED', 'seven', 'is no number below 2\\^64'), ('SEED', '-1', 'no number'),
                                  ('SEED', '0x', 'no number'), ('SEED', str(1 << 64), 'no number')):
            status, text = self.run_it(HELP + 'exit 1', **{key: value})
            self.assertEqual(status, 3, text)
            self.assertRegex(text, words)
        for value in ('7', '0xfF', str((1 << 64) - 1)):
            status, text = self.run_it(HELP + (LOG + REPORT).replace('VERDICT', 'pass'), SEED=value)
            self.assertEqual(status, 0, text)

    def test_qemu_is_missing(self):
        status, text = self.run_it('', QEMU='/no/such/qemu')
        self.assertEqual(status, 3)
        self.assertRegex(text, r'no QEMU at /no/such/qemu; the rigs need version 11\.1')

    def test_qemu_lacks_a_device(self):
        status, text = self.run_it('case " $* " in *--version*) echo version 11.1;; *) exit 1;; esac')
        self.assertEqual(status, 3)
        self.assertIn('has no device intel-iommu', text)

    def test_the_configuration_reaches_the_disk(self):
        self.run_it(HELP + (LOG + REPORT).replace('VERDICT', 'pass'), TESTS='dirty.*', SEED='9')
        text = subprocess.run(['mtype', '-i', f'{TOOLS.parent}/out/{self.name}/disk.img@@1M',
                               '::iovet/iovet.conf'], capture_output=True, text=True, check=True).stdout
        self.assertIn('tests=dirty.*\nseed=9\n', text)

    def test_a_configuration_of_the_caller_s(self):
        own = self.folder / 'own.conf'
        own.write_bytes(b'seed=1\n\x07\xff')
        self.run_it(HELP + (LOG + REPORT).replace('VERDICT', 'pass'), CONF=str(own))
        text = (TOOLS.parent / 'out' / self.name / 'iovet.conf').read_bytes()
        self.assertTrue(text.startswith(b'# rig vtd-first\n') and text.endswith(own.read_bytes()), text)

    def start(self):
        """A run whose machine never ends, as soon as that is on."""
        script = HELP + 'echo $$ >"$0.pid"; exec sleep 60'
        process = subprocess.Popen([sys.executable, TOOLS / 'run', 'vtd-first'], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=self.environment(script),
                                   # what a shell puts in the background ignores SIGINT, and so do its children
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        file = self.folder / 'qemu.pid'
        end = time.monotonic() + 20
        while not (file.exists() and file.read_text().strip()) and time.monotonic() < end:
            time.sleep(0.05)
        return process, file

    def test_a_second_run_of_the_same_rig(self):
        process, file = self.start()
        self.addCleanup(lambda: os.kill(int(file.read_text()), signal.SIGKILL))
        folder = TOOLS.parent / 'out' / self.name
        before = sorted((path.name, path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir())
        script = HELP + (LOG + REPORT).replace('VERDICT', 'pass')
        status, text = self.run_it(script)
        after = sorted((path.name, path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir())
        self.assertEqual((status, before), (3, after), text)
        self.assertRegex(text, f'another run is using out/{self.name}; .*IOVET_OUT=')
        process.kill()                      # not even a chance to tidy up
        process.wait()
        self.assertEqual(self.run_it(script)[0], 0)

    def test_an_interrupt_ends_qemu(self):
        process, file = self.start()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 2)
        self.assertFalse(os.path.exists(f'/proc/{int(file.read_text())}'))


if __name__ == '__main__':
    unittest.main()
