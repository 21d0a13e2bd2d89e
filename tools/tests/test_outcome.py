# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Serial logs as a machine may leave them, and the exit status of each."""
import json
import unittest

from runner import outcome, protocol

START = 'iovet event=start version=0.1 build=abc'


def log(verdicts, planned=None, units=1, done=True):
    yield START
    yield f'iovet event=plan cases={len(verdicts) if planned is None else planned} units={units} seed=7'
    for n, verdict in enumerate(verdicts, 1):
        yield f'iovet event=begin n={n} case=dirty.x variant=vtd0/first/4K/nvme0 claim="A claim."'
        if verdict != 'hang':
            yield f'iovet event=end n={n} case=dirty.x variant=v verdict={verdict} us=1 reason="why"'
    if done:
        yield 'iovet event=done'


def report(verdicts):
    return json.dumps({'cases': [{'number': n, 'verdict': verdict}
                                 for n, verdict in enumerate(verdicts, 1)]})


def judge(lines, text, expected_units=1):
    gathered = outcome.Outcome(expected_units)
    for line in lines:
        event = protocol.parse(line)
        if event:
            gathered.take(event)
    gathered.judge_end()
    gathered.judge_report(text)
    return gathered


class Status(unittest.TestCase):
    def check(self, status, verdicts, reported=None, expected_units=1, **shape):
        gathered = judge(log(verdicts, **shape), report(verdicts if reported is None else reported),
                         expected_units)
        self.assertEqual(gathered.status, status, gathered.complaints)

    def test_nothing_failed(self):
        self.check(0, ['pass', 'skip', 'known', 'unproven', 'disputed'])

    def test_a_failure(self):
        self.check(1, ['pass', 'fail'])

    def test_a_hang_is_known_from_the_report(self):
        self.check(1, ['pass', 'hang', 'pass'])

    def test_a_broken_case(self):
        self.check(2, ['pass', 'fail', 'broken'])

    def test_a_case_missing_from_the_report(self):
        self.check(2, ['pass', 'pass'], reported=['pass'])

    def test_a_case_that_the_image_announced_but_never_ran(self):
        self.check(2, ['pass', 'pass'], planned=3)

    def test_a_report_that_contradicts_the_serial_line(self):
        self.check(2, ['pass', 'fail'], reported=['pass', 'pass'])

    def test_the_machine_died(self):
        self.check(2, ['pass'], done=False)

    def test_no_report(self):
        self.assertEqual(judge(log(['pass']), None).status, 2)

    def test_a_report_that_is_cut_off(self):
        self.assertEqual(judge(log(['pass']), report(['pass'])[:-2]).status, 2)

    def test_reports_of_another_shape(self):
        for text in ('[]', '{}', '{"cases": 3}', '{"cases": [3]}', '{"cases": [{}]}', ''):
            self.assertEqual(judge(log(['pass']), text).status, 2, text)

    def test_no_plan(self):
        self.assertEqual(judge([START], report([])).status, 2)

    def test_nothing_to_test(self):
        self.check(4, [])
        self.check(4, ['skip', 'skip'])
        self.check(4, ['pass'], units=0, expected_units=0)

    def test_a_unit_that_the_rig_has_and_the_image_misses(self):
        self.check(2, ['pass'], units=0, expected_units=1)

    def test_a_garbled_event(self):
        lines = [*log(['pass']), 'iovet event=end n=x verdict=pass', 'iovet event=end n=9 verdict=odd']
        self.assertEqual(judge(lines, report(['pass'])).status, 2)

    def test_the_image_gives_up(self):
        for line in ('iovet event=broken reason="no memory"', 'iovet event=trap name="page fault" pc=0x1'):
            self.assertEqual(judge([*log(['pass']), line], report(['pass'])).status, 2)

    def test_a_machine_that_resets_itself_over_and_over(self):
        starts = ['iovet event=boot phase=firmware'] * 30
        self.assertIn('over and over', judge(starts, None).enough)
        self.assertIsNone(judge(starts[:2], None).enough)

    def test_a_run_that_begins_anew(self):
        self.assertIn('anew', judge([*log(['pass']), *log(['pass'])], None).enough)

    def restarted(self, first, second, reported, **shape):
        """A machine that died after the cases of `first`; `second` ran afterwards. Pairs (number, verdict)."""
        lines = ['iovet event=boot phase=firmware', START, 'iovet event=plan cases=3 units=1 seed=7']
        for pairs in (first, second):
            for n, verdict in pairs:
                lines.append(f'iovet event=begin n={n} case=dirty.x variant=v')
                lines.append(f'iovet event=end n={n} case=dirty.x variant=v verdict={verdict} us=1')
            lines.append('iovet event=boot phase=firmware')
        return judge([*lines, 'iovet event=done'], report(reported))

    def test_a_machine_that_died(self):
        gathered = self.restarted([(1, 'pass')], [(3, 'pass')], ['pass', 'hang', 'pass'])
        self.assertEqual((gathered.status, gathered.remarks), (1, []))

    def test_verdicts_that_were_not_stored(self):
        gathered = self.restarted([(1, 'pass'), (2, 'skip')], [(2, 'skip'), (3, 'pass')],
                                  ['pass', 'skip', 'pass'])
        self.assertEqual(gathered.status, 0, gathered.complaints)
        self.assertIn('1 verdicts were not stored', gathered.remarks[0])

    def test_a_verdict_that_does_not_come_again(self):
        gathered = self.restarted([(1, 'pass'), (2, 'fail')], [(2, 'pass'), (3, 'pass')], ['pass'] * 3)
        self.assertEqual(gathered.status, 2)
        self.assertIn('case 2 was fail', gathered.complaints[0])

    def test_a_verdict_that_became_a_hang(self):
        gathered = self.restarted([(1, 'pass'), (2, 'pass')], [(3, 'pass')], ['pass', 'hang', 'pass'])
        self.assertEqual(gathered.status, 1, gathered.complaints)
        self.assertIn('case 2 was pass', gathered.remarks[0])

    def test_the_last_word_is_the_report_s(self):
        text = json.dumps({'finished': True, 'cases': [{'number': 1, 'verdict': 'pass'}]})
        self.assertEqual(judge(log(['pass'], done=False), text).status, 0)

    def test_a_report_without_room(self):
        line = 'iovet event=report name=report.html bytes=9 status=EXHAUSTED reason="no room"'
        gathered = judge([*log(['pass']), line], report(['pass']))
        self.assertEqual(gathered.status, 2)
        self.assertIn('report.html (9 bytes) was not written: no room', gathered.complaints)

    def test_the_firmware_says_why_it_ends(self):
        line = 'iovet event=boot phase=end reason="nothing could be stored"'
        self.assertEqual(judge([*log(['pass']), line], None).complaints[0], 'nothing could be stored')

    def test_a_journal_without_room_for_its_end(self):
        start = 'iovet event=boot phase=firmware'
        lines = [start, *log(['pass']), start, 'iovet event=boot phase=reports', *log(['pass'])]
        self.assertIsNone(judge(lines, report(['pass'])).enough)
        self.assertEqual(judge(lines, report(['pass'])).status, 0)
        self.assertEqual(judge([*lines[:-1], start], None).finished, False)

    def test_what_the_machine_does_after_the_reports(self):
        start = 'iovet event=boot phase=firmware'
        for following, again, enough in (('stay', [], True), ('reboot', [], False), ('reboot', [start], True),
                                         ('poweroff', [start], False)):
            lines = [start, *log(['pass']), start, f'iovet event=boot phase=end next={following}', *again]
            self.assertEqual(judge(lines, None).enough == outcome.ENOUGH, enough, following)

    def test_a_case_that_ended_twice(self):
        lines = [*log(['pass']), 'iovet event=end n=1 case=dirty.x variant=v verdict=pass us=1']
        self.assertEqual(judge(lines, report(['pass'])).status, 2)


class Protocol(unittest.TestCase):
    def test_values(self):
        self.assertEqual(protocol.parse(r'iovet event=note text="a \"b\" c\\d" n=3 e='),
                         {'event': 'note', 'text': r'a "b" c\d', 'n': '3', 'e': ''})

    def test_after_escape_sequences_of_the_firmware(self):
        self.assertEqual(protocol.parse('\x1b[2J\x1b[01;01Hiovet event=done')['event'], 'done')

    def test_lines_that_are_no_event(self):
        for line in ('', 'ok 1 - iovet', 'iovet', 'iovet event=note text="cut o', 'iovet event=a ="'):
            self.assertIsNone(protocol.parse(line), line)

    def test_lines_cut_anywhere(self):
        stream = b'one\r\ntwo\n' + 'drei \u00e4\n'.encode() + b'rest'
        for cut in range(len(stream)):
            lines = protocol.Lines()
            self.assertEqual([*lines.feed(stream[:cut]), *lines.feed(stream[cut:])],
                             ['one', 'two', 'drei \u00e4'])


if __name__ == '__main__':
    unittest.main()
