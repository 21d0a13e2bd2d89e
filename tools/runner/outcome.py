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
        self.forgotten = False      # the run began anew after it had ended: no journal survived the reset
        self.complaints = []        # why the run is broken
        self.evidence = {}
        self.notes = []

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
        self.starts += event.get('phase') == 'firmware'

    def on_broken(self, event):
        self.complain(f'the image gave up: {event["reason"]}')

    def on_trap(self, event):
        self.complain(f'a trap outside any case: {event["name"]} at {event.get("pc")}')

    @property
    def hopeless(self):
        """Why there is no sense in listening any longer; None if there is."""
        if self.forgotten:
            return 'the journal did not survive the reset: no reports, and the run begins anew'
        return 'the machine resets itself over and over' if self.starts > STARTS_MAX else None

    def on_plan(self, event):
        self.forgotten = self.finished
        self.planned = int(event['cases'])
        if 'units' in event:
            self.units = int(event['units'])

    def on_begin(self, event):
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
        self.ended[number] = event
        self.verdicts[verdict] += 1
        self.open = None

    def on_done(self, event):
        self.finished = True

    def judge_report(self, text):
        """Compare report.json with what the image announced. `text` is None if there is no report."""
        if text is None:
            self.complain('there is no report.json')
            return
        try:
            cases = json.loads(text)['cases']
            found = len(cases)
            verdicts = [case['verdict'] for case in cases]
        except (ValueError, KeyError, TypeError) as error:
            self.complain(f'report.json cannot be read: {error!r}')
            return
        if found != self.planned:
            self.complain(f'report.json has {found} cases, the image announced {self.planned}')
        for verdict in VERDICTS:
            told, reported = self.verdicts[verdict], verdicts.count(verdict)
            # A case that hung never ended on the serial line.
            if told != reported and verdict != 'hang':
                self.complain(
                    f'report.json has {reported} x {verdict}, the serial line {told}')
            if verdict == 'hang':
                self.verdicts['hang'] = max(told, reported)

    def judge_end(self):
        """After the machine is off."""
        if self.planned is None:
            self.complain('the image announced no plan')
            return
        if self.units is not None and self.expected_units is not None \
                and self.units != self.expected_units:
            self.complain(
                f'the image found {self.units} units, the rig has {self.expected_units}')
        if not self.finished:
            self.complain('the image did not come to the end of the plan')

    @property
    def status(self):
        if self.complaints or self.verdicts['broken']:
            return BROKEN
        if self.verdicts['fail'] or self.verdicts['hang']:
            return FAILED
        if self.planned == 0 or self.units == 0 or self.verdicts['skip'] == self.planned:
            return NOTHING
        return OK
