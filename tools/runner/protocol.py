# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The serial line: one event per line, `iovet key=value key="a text"`, among whatever else is printed."""
import re

PAIR = re.compile(r'([a-z_]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))(?:\s+|$)')
MARK = 'iovet event='


def parse(line):
    """The event in a line as a dictionary of texts; None if there is none that is whole."""
    at = line.find(MARK)
    if at < 0:
        return None
    rest = line[at + len('iovet '):].strip()
    event = {}
    while rest:
        match = PAIR.match(rest)
        if not match:
            return None
        key, quoted, plain = match.groups()
        event[key] = re.sub(r'\\(.)', r'\1', quoted) if quoted is not None else plain
        rest = rest[match.end():]
    return event


class Lines:
    """Cuts a stream of bytes into lines."""

    def __init__(self):
        self.rest = b''

    def feed(self, data):
        *lines, self.rest = (self.rest + data).split(b'\n')
        for line in lines:
            yield line.decode('utf-8', 'replace').rstrip('\r')
