# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What a person sees of a run: a live line on a terminal, plain lines elsewhere."""
import os
import shutil
import sys
import time

from runner import outcome

PLAIN_STEP_SECONDS = 10
COLOURS = {'fail': '31', 'hang': '31', 'broken': '35', 'disputed': '33', 'known': '33',
           'unproven': '36', 'skip': '2'}


class Display:
    def __init__(self, gathered, stream=None):
        self.gathered = gathered
        self.stream = stream or sys.stdout
        self.live = self.stream.isatty()
        self.verbose = os.environ.get('V') == '1'       # evidence too, which the report has in any case
        self.drawn = False
        self.told = time.monotonic()
        self.start = time.monotonic()

    def say(self, text, colour=None):
        """A line that stays."""
        self.clear()
        if self.live and colour:
            text = f'\x1b[{colour}m{text}\x1b[0m'
        print(text, file=self.stream, flush=True)

    def clear(self):
        if self.drawn:
            self.stream.write('\r\x1b[K')
            self.drawn = False

    def counts(self):
        return ' '.join(f'{verdict} {count}' for verdict, count in self.gathered.verdicts.items()
                        if count or verdict in ('pass', 'fail'))

    def progress(self):
        g = self.gathered
        where = f'[{len(g.ended)}/{g.planned}]' if g.planned is not None else \
            f'[firmware, {time.monotonic() - self.start:.0f} s]'
        return f'{where} {self.counts()}'

    def refresh(self):
        if self.live:
            line, case = self.progress(), self.gathered.open
            if self.gathered.finished:
                line += '  the machine starts again and writes the reports'
            if case:
                line += f'  {case.get("case")} {case.get("variant")}: {case.get("claim", "")}'
            width = shutil.get_terminal_size().columns - 1
            self.stream.write('\r\x1b[K' + line[:width])
            self.stream.flush()
            self.drawn = True
        elif time.monotonic() > self.told + PLAIN_STEP_SECONDS:
            self.told = time.monotonic()
            self.say(self.progress())

    def event(self, event):
        """Called after `gathered` has taken the event."""
        kind = event.get('event')
        if kind == 'start':
            self.say(f'iovet {event.get("version", "?")} build {event.get("build", "?")}')
        elif kind == 'plan':
            self.say(f'{event.get("cases")} cases, seed {event.get("seed")}')
        elif kind == 'note':
            self.say(f'note: {event.get("text")}')
        elif kind == 'end' and event.get('verdict') != 'pass':
            verdict = event.get('verdict')
            self.say(f'{verdict:9}{event.get("case")} {event.get("variant")}: '
                     f'{event.get("reason", "")}', COLOURS.get(verdict))
            if self.verbose:
                for line in self.gathered.evidence.get(event.get('n'), []):
                    self.say('           ' + line)
        self.refresh()

    def summary(self, folder, status):
        self.clear()
        g = self.gathered
        self.say(f'{len(g.ended)} of {g.planned or 0} cases in '
                 f'{time.monotonic() - self.start:.1f} s: {self.counts()}')
        for remark in g.remarks:
            self.say(remark)
        for complaint in g.complaints:
            self.say(f'broken: {complaint}', COLOURS['broken'])
        self.say(f'reports: {folder}')
        self.say(f'exit status {status}: {outcome.MEANING[status]}')
