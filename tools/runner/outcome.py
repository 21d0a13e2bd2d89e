# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What the events and the report of a run add up to."""
import json

VERDICTS = ('pass', 'fail', 'disputed', 'skip', 'known', 'unproven', 'hang', 'broken')

# The statuses of `make run`. A run that is broken proves nothing, whatever else it says: 2 goes before 1.
OK, FAILED, BROKEN, NO_SETUP, NOTHING = 0, 1, 2, 3, 4
MEANING = {
    OK: 'nothing failed',
    FAILED: 'something failed',
    BROKEN: 'broken, or there is no complete report',
    NO_SETUP: 'set-up is impossible',
    NOTHING: 'nothing to test',
}


ENOUGH = 'the machine has done what it was asked to do'
STARTS_MAX = 12     # of the image in one run; more is a machine that resets itself over and over


class Outcome:
    """Gathers events as they come; afterwards `status` is what the run is worth."""

    def __init__(self, expected_units=None):
        self.expected_units = expected_units
        self.planned = self.units = None
        self.verdicts = dict.fromkeys(VERDICTS, 0)
        self.ended = {}             # case number -> the event that ended it
        self.open = None            # the event of the case that is running
        self.finished = False       # the image says that it came to the end
        self.starts = 0
        self.next = None            # what the image does after the reports, as it says itself,
        self.starts_at_end = 0      # ... and in which start it said so
        self.ended_by = {}          # case number -> the start that ended it
        self.again = {}             # case number -> the event that ended it in vain: see on_begin()
        self.phase = None           # of the boot that the image named last
        self.journal_found = False  # by the present start
        self.patient = False        # go on although it is forgotten
        self.forgotten = False      # the run began anew after it had ended: no journal survived the reset
        self.complaints = []        # why the run is broken
        self.evidence = {}
        self.notes = []             # of the image
        self.remarks = []           # of ours, on what became of its verdicts

    def take(self, event):
        kind = event.get('event')
        handler = getattr(self, 'on_' + kind, None) if kind else None
        if handler:
            try:
                handler(event)
            except (KeyError, ValueError) as error:
                self.complain(f'event {kind} lacks or garbles {error}')

    def complain(self, sentence):
        if sentence not in self.complaints:
            self.complaints.append(sentence)

    def on_boot(self, event):
        self.phase = event.get('phase')
        if self.phase == 'firmware':
            self.starts += 1
            self.journal_found = False
        self.journal_found |= self.phase == 'reports'
        if self.phase == 'end':
            self.next, self.starts_at_end = event.get('next'), self.starts
            if 'reason' in event:
                self.complain(event['reason'])

    def on_report(self, event):
        if event['status'] != 'OK':
            self.complain(f'{event["name"]} ({event.get("bytes")} bytes) was not written: '
                          f'{event.get("reason")}')

    def on_broken(self, event):
        self.complain(f'the image gave up: {event["reason"]}')

    def on_trap(self, event):
        self.complain(f'a trap outside any case: {event["name"]} at {event.get("pc")}')

    @property
    def enough(self):
        """Why there is no sense in listening any longer; None if there is."""
        if self.next == 'stay' or (self.next == 'reboot' and self.starts > self.starts_at_end):
            return ENOUGH
        if self.forgotten and not self.patient:
            return 'the journal did not survive the reset: no reports, and the run begins anew'
        return 'the machine resets itself over and over' if self.starts > STARTS_MAX else None

    @property
    def in_firmware(self):
        """No case is running: what takes long is the firmware, which writes its variables, perhaps."""
        return self.phase != 'bare' or self.finished

    def on_plan(self, event):
        # A journal that found no room for its end goes on where it was cut off.
        self.forgotten = self.finished and not self.journal_found
        self.finished = False
        self.planned = int(event['cases'])
        if 'units' in event:
            self.units = int(event['units'])

    def on_begin(self, event):
        """A case that ended, but was not stored yet when the machine died, runs again."""
        number = int(event['n'])
        if number in self.ended and self.ended_by[number] != self.starts:
            old = self.again[number] = self.ended.pop(number)
            self.verdicts[old['verdict']] -= 1
            self.evidence.pop(event['n'], None)
        self.open = event

    def on_evidence(self, event):
        self.evidence.setdefault(event['n'], []).append(event['text'])

    def on_note(self, event):
        self.notes.append(event['text'])

    def on_end(self, event):
        number, verdict = int(event['n']), event['verdict']
        if verdict not in self.verdicts:
            raise ValueError(f'verdict {verdict}')
        if number in self.ended:
            self.complain(f'case {number} ended twice')
            return
        before = self.again.get(number, event)['verdict']
        if before != verdict:
            self.complain(f'case {number} was {before} before the machine died and {verdict} when it ran again')
        self.ended[number] = event
        self.ended_by[number] = self.starts
        self.verdicts[verdict] += 1
        self.open = None

    def on_done(self, event):
        self.finished = True

    def judge_end(self):
        """After the machine is off."""
        if self.again:
            self.remarks.append(f'{len(self.again)} verdicts were not stored yet when the machine died; '
                                'these cases ran again')
        if self.planned is None:
            self.complain('the image announced no plan')
            return
        if self.units is not None and self.expected_units is not None \
                and self.units != self.expected_units:
            self.complain(
                f'the image found {self.units} units, the rig has {self.expected_units}')

    def judge_report(self, text):
        """Compare report.json with what the image announced. `text` is None if there is no report."""
        report, cases = {}, None
        if text is None:
            self.complain('there is no report.json')
        else:
            try:
                report = json.loads(text)
                cases = {case['number']: case['verdict'] for case in report['cases']}
            except (ValueError, KeyError, TypeError) as error:
                self.complain(f'report.json cannot be read: {error!r}')
                report, cases = {}, None
        # The machine may die between the last word to the journal and the last to the serial line.
        if not self.finished and self.planned is not None and report.get('finished') is not True:
            self.complain('the image did not come to the end of the plan')
        if cases is not None:
            self.judge_cases(cases, len(report['cases']))

    def judge_cases(self, cases, found):
        if found != self.planned or found != len(cases):
            self.complain(f'report.json has {found} cases, the image announced {self.planned}')
        for number, verdict in cases.items():
            event = self.ended.get(number)
            told = event['verdict'] if event else None
            if verdict == 'hang' and told != 'hang':
                # It never ended on the serial line, or the machine died before that was stored.
                if told:
                    self.verdicts[told] -= 1
                    self.remarks.append(f'case {number} was {told}, and the machine died before that was '
                                        'stored: it counts as hang')
                self.verdicts['hang'] += 1
            elif verdict != told:
                self.complain(f'report.json has {verdict} for case {number}, '
                              f'the serial line {told or "nothing"}')
        for number in sorted(self.ended.keys() - cases.keys()):
            self.complain(f'case {number} is not in report.json')

    @property
    def status(self):
        if self.complaints or self.verdicts['broken']:
            return BROKEN
        if self.verdicts['fail'] or self.verdicts['hang']:
            return FAILED
        if self.planned == 0 or self.units == 0 or self.verdicts['skip'] == self.planned:
            return NOTHING
        return OK
