# SPDX-License-Identifier: BSD-2-Clause-Patent
"""A rig with a disk and firmware variables of its own, in a folder of its own: it can be booted more than once."""
import contextlib
import fcntl
import os
import re
import shlex
import shutil
import subprocess
import tempfile

from runner import board, display, outcome, qemu, rig as rigs, session

REPORTS = ('report.json', 'report.xml', 'report.tap', 'report.html', 'journal.bin')
PATIENCE = 4        # with firmware that says nothing, compared to a case: it may be tidying up its variables
ESP_OFFSET = '@@1M'


def folder_name(name):
    """A folder under out/, which a run empties: one plain name, and no way out of there."""
    if not re.fullmatch(r'[A-Za-z0-9_][A-Za-z0-9._-]*', name):
        raise rigs.RigError(f'{name!r} is no name for a folder under out/: letters, digits and ._- alone')
    return name


class Busy(Exception):
    pass


def mtools(*arguments, **options):
    return subprocess.run(arguments, capture_output=True, **{'check': False, **options})


@contextlib.contextmanager
def alone(folder):
    """Nobody else has the folder meanwhile. The system lets go of it when this process ends, however it does."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside the folder: what is in it is removed. It stays, since who waits for it has it open.
    with open(folder.parent / f'.{folder.name}.lock', 'w', encoding='ascii') as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Busy(f'another run is using {os.path.relpath(folder)}; wait for its end, '
                       'or name another folder under out/ with IOVET_OUT=') from error
        yield


class Machine:
    """The caller holds the folder with alone()."""

    def __init__(self, rig, folder, read_only_variables=False, to_the_end=False):
        self.rig, self.folder = rig, folder
        self.to_the_end = to_the_end        # even if it forgets: what does the machine do by itself?
        self.program = qemu.find()
        lacking = qemu.lacking(self.program, rig.needs)
        if lacking:
            raise qemu.QemuError(lacking)
        if not qemu.FIRMWARE.is_dir():
            raise qemu.QemuError(f'there is no firmware in {qemu.FIRMWARE} (package ovmf)')
        self.read_only_variables = read_only_variables
        self.disk, self.variables = folder / 'disk.img', folder / 'variables.fd'
        self.session = None         # of the boot that is under way

    def prepare(self, image, configuration, variables=qemu.FIRMWARE / 'OVMF_VARS_4M.fd'):
        """A copy of the image, with this configuration (bytes); a copy of these firmware variables."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        subprocess.run(['cp', '--sparse=always', image, self.disk], check=True)
        (self.folder / 'iovet.conf').write_bytes(configuration)
        done = mtools('mcopy', '-o', '-i', f'{self.disk}{ESP_OFFSET}', self.folder / 'iovet.conf',
                      '::iovet/iovet.conf')
        if done.returncode:
            raise rigs.RigError(f'{image}: {done.stderr.decode(errors="replace").strip()}')
        shutil.copy(variables, self.variables)

    @contextlib.contextmanager
    def virtual_silicon(self, sockets):
        """The server behind the rig's functions while the machine runs; None for a rig without."""
        if not self.rig.silicon:
            yield None
            return
        with open(self.folder / 'silicon.log', 'ab') as log, \
                board.Board(self.rig.silicon, sockets, log) as behind:
            yield behind

    def boot(self, gathered, shown, on_event=None):
        """Until the machine is off. None, or the sentence that says why it did not come to its end."""
        gathered.patient = self.to_the_end

        def take(event):
            gathered.take(event)
            shown.event(event)
            if on_event:
                on_event(event)
            self.session.stall_limit = self.rig.stall_limit * (PATIENCE if gathered.in_firmware else 1)
            return gathered.enough

        with tempfile.TemporaryDirectory(prefix='iovet-') as private, \
                open(self.folder / 'serial.log', 'ab') as log, \
                open(self.folder / 'qemu.log', 'ab') as errors, \
                self.virtual_silicon(private) as behind:
            control = os.path.join(private, 'qmp')
            command = qemu.command(self.program, self.rig, self.disk, self.variables, control,
                                   self.read_only_variables, behind.devices() if behind else ())
            (self.folder / 'qemu.sh').write_text('#!/bin/sh\nexec ' + shlex.join(map(str, command)) + '\n',
                                                 encoding='utf-8')
            self.session = session.Session(command, control, log, errors, self.rig.time_limit,
                                           self.rig.stall_limit * PATIENCE, take, shown.refresh,
                                           behind.complaint if behind else lambda: None)
            complaint = self.session.run()
        return None if complaint == outcome.ENOUGH else complaint

    def fetch_reports(self):
        """Take the reports from the disk; the text of report.json, None if there is none."""
        for name in REPORTS:
            (self.folder / name).unlink(missing_ok=True)
            mtools('mcopy', '-o', '-n', '-i', f'{self.disk}{ESP_OFFSET}', f'::iovet/reports/{name}',
                   self.folder / name)
        report = self.folder / 'report.json'
        return report.read_text(encoding='utf-8', errors='replace') if report.exists() else None

    def run(self, stream=None, gathered=None, on_event=None):
        """Boot, take the reports and judge; what was gathered, to which an earlier boot may have added."""
        gathered = gathered or outcome.Outcome(self.rig.units)
        shown = display.Display(gathered, stream)
        shown.say(f'rig {self.rig.name}: {self.rig.description}')
        complaint = self.boot(gathered, shown, on_event)
        if complaint:
            gathered.complain(complaint)
        if complaint and complaint.startswith('QEMU ended'):
            for line in (self.folder / 'qemu.log').read_text(errors='replace').splitlines()[-3:]:
                gathered.complain(line)
        gathered.judge_end()
        gathered.judge_report(self.fetch_reports())
        shown.summary(os.path.relpath(self.folder), gathered.status)
        return gathered
