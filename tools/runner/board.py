# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The board of virtual silicon in a rig: the server behind its functions, started before QEMU and ended after it."""
import json
import os
import pathlib
import selectors
import subprocess
import time

from runner import rig as rigs

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / 'build/iovet-silicon'
START_LIMIT = 20        # seconds until it must listen
END_LIMIT = 5           # seconds until it must be gone when it is told to end


class BoardError(rigs.RigError):
    pass


class Board:
    """
    `plan` is the [silicon] table of the rig. `folder` holds the sockets (a short path: they have little room)
    and `log` takes what the server says. The caller's SILICON and DEFECT choose another configuration
    of the model, and a defect of its catalogue.
    """

    def __init__(self, plan, folder, log):
        self.plan, self.folder, self.log = plan, folder, log
        self.config = os.environ.get('SILICON') or plan.get('config')
        self.defect = os.environ.get('DEFECT') or None
        self.process = None

    def functions(self):
        """(address in QEMU's form, socket) of each function; the unit's first."""
        addresses = [self.plan['unit'], *self.plan['exercisers']]
        return [(address, os.path.join(self.folder, address.replace('.', '-'))) for address in addresses]

    def devices(self):
        """The functions on QEMU's command line. A device of several functions says so in its first."""
        functions = self.functions()
        slots = [address.split('.')[0] for address, _ in functions]
        for address, path in functions:
            slot, number = address.split('.')
            yield '-device'
            yield json.dumps({'driver': 'vfio-user-pci', 'addr': address,
                              'multifunction': number == '0' and slots.count(slot) > 1,
                              'socket': {'type': 'unix', 'path': path}}, separators=(',', ':'))

    def command(self):
        (_, unit), *exercisers = self.functions()
        words = [str(PROGRAM), '--until-eof', '--model', self.plan.get('model', 'vtd')]
        for option, value in (('--config', self.config), ('--defect', self.defect)):
            words += [option, value] if value else []
        words += ['--unit', unit]
        for address, path in exercisers:
            slot, number = address.split('.')
            words += ['--exerciser', f'{path}@00:{slot}.{number}']
        return words

    def said(self):
        """The end of what it said, to be told with a complaint."""
        self.log.flush()
        lines = pathlib.Path(self.log.name).read_text(encoding='utf-8', errors='replace').splitlines()
        return ': ' + lines[-1] if lines else ''

    def complaint(self):
        """None while it runs."""
        status = self.process.poll()
        return None if status is None else f'the virtual silicon ended with status {status}{self.said()}'

    def wait_until_ready(self):
        end = time.monotonic() + START_LIMIT
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while not selector.select(timeout=0.5):
                if time.monotonic() > end:
                    raise BoardError(f'the virtual silicon does not listen within {START_LIMIT} s')
        if self.process.stdout.readline().strip() != b'ready':
            self.end()
            raise BoardError(f'the virtual silicon did not begin; it ended with status '
                             f'{self.process.returncode}{self.said()}')

    def __enter__(self):
        if not PROGRAM.exists():
            raise BoardError(f'there is no {PROGRAM.relative_to(ROOT)}; make {PROGRAM.relative_to(ROOT)} builds it')
        # It ends when its standard input does, which also this program's sudden death closes.
        self.process = subprocess.Popen(self.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log)
        try:
            self.wait_until_ready()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(END_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
