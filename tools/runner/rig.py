# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Rigs: tools/rigs/NAME.toml. What each key means is said in tools/rigs/README.md."""
import pathlib
import re
import tomllib

FOLDER = pathlib.Path(__file__).resolve().parent.parent / 'rigs'
KEYS = {'description', 'arguments', 'needs', 'units', 'time_limit', 'stall_limit', 'conf', 'known',
        'disk', 'silicon'}
SILICON_KEYS = {'model', 'config', 'unit', 'exercisers'}


class RigError(Exception):
    pass


def check_silicon(name, plan):
    """A [silicon] table that can be."""
    unknown = set(plan) - SILICON_KEYS
    if unknown:
        raise RigError(f'rig {name}: unknown key silicon.{", silicon.".join(sorted(unknown))}')
    addresses = [plan.get('unit', ''), *plan.get('exercisers', [])]
    for address in addresses:
        if not re.fullmatch(r'[01][0-9a-f]\.[0-7]', address):
            raise RigError(f'rig {name}: {address!r} in [silicon] is no address like "05.0"')
    if len(set(addresses)) != len(addresses):
        raise RigError(f'rig {name}: two functions of [silicon] have one address')


class Rig:
    def __init__(self, name, text):
        self.name = name
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise RigError(f'rig {name}: {error}') from error
        unknown = set(table) - KEYS
        if unknown:
            raise RigError(f'rig {name}: unknown key {", ".join(sorted(unknown))}')
        try:
            self.description = table['description']
            self.arguments = [word for line in table['arguments'] for word in line.split()]
            self.units = table['units']
            self.time_limit = table['time_limit']       # seconds, of the whole run
            self.known = [(k['case'], ','.join(k.get('reasons', [])), k['link'],
                           '' if 'reasons' in k else k['symptom'], k['reason'])
                          for k in table.get('known', [])]
        except KeyError as error:
            raise RigError(f'rig {name}: no {error}') from error
        self.stall_limit = table.get('stall_limit', 30) # seconds without a line before a reset
        self.needs = table.get('needs', {})             # device -> options that it must have
        self.conf = table.get('conf', {})               # keys of iovet.conf
        self.disk = table.get('disk', 'ide-hd') # the device that the image is booted from
        self.silicon = table.get('silicon')     # virtual silicon: runner/board.py
        if self.silicon is not None:
            check_silicon(name, self.silicon)

    def configuration(self, **more):
        """The text of iovet.conf for a run: the rig's keys, the caller's, and the known defects."""
        lines = [f'# rig {self.name}']
        lines += [f'{key}={value}' for key, value in {**self.conf, **more}.items()
                  if value not in (None, '')]
        for case, reasons, link, symptom, reason in self.known:
            key = f'known_reason={case} {reasons}' if reasons else f'known={case}'
            lines += [f'# {reason}', f'{key} {link} {symptom}'.rstrip()]
        return '\n'.join(lines) + '\n'


def names():
    return sorted(path.stem for path in FOLDER.glob('*.toml'))


def load(name):
    path = FOLDER / f'{name}.toml'
    if not path.is_file():
        raise RigError(f'there is no rig {name}; there are: {", ".join(names())}')
    return Rig(name, path.read_text(encoding='utf-8'))
