# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Rigs: tools/rigs/NAME.toml. What each key means is said in tools/rigs/README.md."""
import pathlib
import re
import tomllib

FOLDER = pathlib.Path(__file__).resolve().parent.parent / 'rigs'
# What each key holds: a type, [of what is in a list], {of the values of a table}, (one of these).
KEYS = {'description': str, 'arguments': [str], 'units': int, 'time_limit': int, 'stall_limit': int, 'disk': str,
        'needs': {str: [str]}, 'conf': {str: (str, int)},
        'known': [{'case': str, 'link': str, 'symptom': str, 'reason': str, 'reasons': [str]}],
        'silicon': {'model': str, 'config': str, 'unit': str, 'exercisers': [str]}}
WORDS = {str: 'a text', int: 'a number'}


class RigError(Exception):
    pass


def expected(kind):
    """A kind of KEYS in words."""
    if isinstance(kind, tuple):
        return ' or '.join(map(expected, kind))
    if isinstance(kind, list):
        return 'a list, each ' + expected(kind[0])
    return 'a table' if isinstance(kind, dict) else WORDS[kind]


def check_kind(where, value, kind):
    """RigError that names the place where a value is not of the kind that KEYS says."""
    if isinstance(kind, list) and isinstance(value, list):
        for n, one in enumerate(value, 1):
            check_kind(f'{where}, entry {n}', one, kind[0])
    elif isinstance(kind, dict) and isinstance(value, dict):
        check_table(where + '.', value, kind)
    elif isinstance(kind, (list, dict)) or isinstance(value, bool) or not isinstance(value, kind):
        raise RigError(f'{where} must be {expected(kind)}, not {value!r}')


def check_table(where, table, kinds):
    unknown = set() if str in kinds else set(table) - set(kinds)
    if unknown:
        raise RigError(f'{where}{", ".join(sorted(unknown))}: unknown key, there are {", ".join(kinds)}')
    for key, value in table.items():
        check_kind(where + key, value, kinds.get(key, kinds.get(str)))


def check_silicon(name, plan):
    """A [silicon] table that can be."""
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
        check_table(f'rig {name}: ', table, KEYS)
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
    try:
        return Rig(name, path.read_text(encoding='utf-8'))
    except (OSError, ValueError) as error:
        raise RigError(f'rig {name}: {path} cannot be read: {error}') from error
