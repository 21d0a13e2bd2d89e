# SPDX-License-Identifier: BSD-2-Clause-Patent
"""compare: what explains a difference between two runs, what does not, and what cannot be compared at all."""
import copy
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
from unittest import mock

from runner import rig, silicon

PROGRAM = pathlib.Path(__file__).resolve().parent.parent / 'compare'
loader = importlib.machinery.SourceFileLoader('compare', str(PROGRAM))
compare = importlib.util.module_from_spec(importlib.util.spec_from_loader('compare', loader))
loader.exec_module(compare)

LINK = 'https://l'
RIG = rig.Rig('x', '''
description = "d"
units = 1
time_limit = 9
arguments = []
[[known]]
case = "a.known@*/first/*"
symptom = "flags are *"
link = "https://l"
reason = "QEMU forgets flags"
[[known]]
case = "a.reason*"
reasons = ["79/05", "79/06"]
link = "https://l"
reason = "QEMU has other reasons"
''')


def case(name, verdict, regime='first', leaf='4K', engine='e0', reason=''):
    variant = '/'.join(filter(None, ('vtd0', regime, leaf, engine)))
    return {'id': name, 'variant': variant, 'regime': regime, 'leaf': leaf, 'engine': engine, 'verdict': verdict,
            'reason': reason}


def report(cases, regimes=('first',), **more):
    return {'program': 'iovet', 'schema': 1, 'build': '1', 'complete': True, 'planned': len(cases), 'facts': [],
            'units': [{'name': 'vtd0', 'regimes': list(regimes)}], 'cases': cases, **more}


def differences(qemu, *models, regimes=('first',)):
    """{(test, place): (class, explanation)}"""
    sides = [compare.Side(f'silicon{n}', report(cases)) for n, cases in enumerate(models)]
    found = compare.compare(RIG, compare.Side('x', report(qemu, regimes)), compare.Silicon(sides))
    return {(test, place): (kind, why) for kind, why, test, place in found}


class Classes(unittest.TestCase):
    def check(self, kind, qemu, *models, why='', key=None):
        found = differences(qemu, *models)
        self.assertEqual(len(found), 1, found)
        (where, (got, explanation)), = found.items()
        self.assertEqual(got, kind, explanation)
        self.assertIn(why, explanation)
        if key:
            self.assertEqual(where, key)

    def test_the_same(self):
        self.check(compare.AGREE, [case('a.b', 'pass')], [case('a.b', 'pass', engine='e1')], key=('a.b', 'first/4K'))
        self.check(compare.NEITHER, [case('a.b', 'skip')], [case('a.b', 'unproven')])

    def test_a_planted_difference_is_seen(self):
        for verdict in ('fail', 'hang', 'broken', 'disputed'):
            self.check(compare.LEFT, [case('a.b', verdict, reason='lost')], [case('a.b', 'pass')], why='QEMU '
                       f'{verdict}: lost')
            self.check(compare.LEFT, [case('a.b', 'pass')], [case('a.b', verdict, reason='lost')],
                       why=f'{verdict}: lost')
            self.check(compare.LEFT, [case('a.b', 'skip')], [case('a.b', verdict)])
            self.check(compare.LEFT, [case('a.b', verdict)], [case('a.b', 'skip')])

    def test_one_engine_of_two_is_enough(self):
        self.check(compare.LEFT, [case('a.b', 'pass'), case('a.b', 'fail', engine='e1')], [case('a.b', 'pass')])
        self.check(compare.AGREE, [case('a.b', 'pass'), case('a.b', 'skip', engine='e1')], [case('a.b', 'pass')])

    def test_a_capability(self):
        skip = case('a.b', 'skip', leaf=None, engine=None, reason='missing: flags')
        self.check(compare.ONE_SIDED, [skip], [case('a.b', 'pass')], why='QEMU skip: missing: flags',
                   key=('a.b', 'first/4K'))
        self.check(compare.ONE_SIDED, [case('a.b', 'pass')], [skip], why='model skip: missing: flags')

    def test_a_known_defect(self):
        known = case('a.known', 'known', reason=f'{LINK}: flags are --')
        self.check(compare.KNOWN, [known], [case('a.known', 'pass')], why='QEMU forgets flags <https://l>')
        self.check(compare.KNOWN_ALONE, [known], [case('a.known', 'skip', reason='no flags')], why='no flags')
        self.check(compare.KNOWN, [case('a.reasons', 'known', reason=f'{LINK}: faults are recorded with reason '
                                        '05h for 79h, 06h for 79h')], [case('a.reasons', 'pass')])

    def test_a_known_defect_that_the_rig_does_not_name(self):
        for name, reason, regime in (('a.known', 'something else', 'first'), ('a.other', 'flags are --', 'first'),
                                     ('a.reasons', 'faults are recorded with reason 07h for 79h', 'first'),
                                     ('a.known', 'flags are --', None)):
            one = case(name, 'known', regime=regime, reason=f'{LINK}: {reason}')
            self.check(compare.LEFT, [one], [case(name, 'pass', regime=regime)])

    def test_a_known_defect_that_the_model_shares(self):
        known = case('a.known', 'known', reason=f'{LINK}: flags are --')
        for verdict in ('fail', 'known', 'hang', 'disputed', 'broken'):
            self.check(compare.BOTH, [known], [case('a.known', verdict)])
        self.check(compare.BOTH, [case('a.b', 'fail')], [case('a.b', 'fail')])

    def test_the_first_configuration_that_judges_has_the_word(self):
        skip, good, bad = (case('a.b', verdict) for verdict in ('skip', 'pass', 'fail'))
        self.check(compare.AGREE, [good], [skip], [good], [bad])
        self.check(compare.LEFT, [good], [skip], [bad], [good], why='silicon1')

    def test_leaves_and_regimes_that_one_side_lacks(self):
        both = [case('a.b', 'pass'), case('a.b', 'pass', leaf='1G')]
        found = differences([case('a.b', 'pass')], both)
        self.assertEqual(found['a.b', 'first/1G'], (compare.ONE_SIDED, 'model pass; QEMU lacks: no leaves of 1G in '
                                                                       'regime first'))
        found = differences([case('a.b', 'pass'), case('a.b', 'pass', regime='legacy')], [case('a.b', 'pass')],
                            regimes=('first', 'legacy'))
        self.assertIn('model lacks: no regime legacy', found['a.b', 'legacy/4K'][1])
        self.assertNotIn(('a.b', 'legacy/4K'), differences([case('a.b', 'pass')], [
            case('a.b', 'pass'), case('a.b', 'pass', regime='legacy')]))

    def test_a_case_that_was_never_planned(self):
        other = case('a.c', 'pass', leaf='2M')
        found = differences([case('a.b', 'pass'), other], [case('a.b', 'pass'), case('a.b', 'pass', leaf='2M'), other])
        self.assertEqual(found['a.b', 'first/2M'][0], compare.LEFT)


class Program(unittest.TestCase):
    """The whole of it, beside a model that is a file."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='iovet-test-'))
        self.addCleanup(subprocess.run, ['rm', '-r', self.folder], check=True)
        for target, name, value in ((compare, 'ROOT', self.folder), (compare, 'IMAGE', self.folder / 'image'),
                                    (compare, 'FULL', self.folder / 'out/compare.txt'),
                                    (compare.rigs, 'load', lambda name: RIG),
                                    (silicon, 'configurations', lambda: ['server']), (silicon, 'run', self.model)):
            self.addCleanup(mock.patch.stopall)
            mock.patch.object(target, name, value).start()
        self.model_report = report([case('a.b', 'pass'), case('a.c', 'pass')])
        self.report = copy.deepcopy(self.model_report)
        self.path = self.folder / 'out/x/report.json'
        self.path.parent.mkdir(parents=True)

    def model(self, config, folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / 'report.json').write_text(json.dumps(self.model_report), encoding='utf-8')
        return folder / 'report.json'

    def run_it(self, text=None, arguments=('x',)):
        """(status, what it printed)"""
        self.path.write_text(json.dumps(self.report) if text is None else text, encoding='utf-8')
        return self.status(arguments)

    def status(self, arguments=('x',)):
        with mock.patch('builtins.print') as printed:
            status = compare.main(list(arguments))
        return status, '\n'.join(' '.join(map(str, call.args)) for call in printed.call_args_list)

    def test_explained(self):
        status, text = self.run_it()
        self.assertEqual(status, 0, text)
        self.assertIn('every difference is explained', text)

    def test_unexplained_comes_last_and_is_told_in_full(self):
        self.report['cases'] += [case('a.b', 'fail', leaf=leaf, reason='lost') for leaf in ('2M', '1G')]
        self.report['planned'] += 2
        status, text = self.run_it()
        self.assertEqual(status, 1, text)
        self.assertRegex(text, r'(?s)!!! UNEXPLAINED.*a\.b \(first/1G\).*a\.b \(first/2M\)\n.*\ndifferences without an explanation: 2')

    def unusable(self, words, text=None, arguments=('x',)):
        status, said = self.run_it(text, arguments)
        self.assertEqual(status, 2, said)
        self.assertRegex(said, words)

    def test_no_report(self):
        status, text = self.status()
        self.assertEqual(status, 2)
        self.assertIn('there is no out/x/report.json', text)

    def test_a_report_that_is_cut_off(self):
        whole = json.dumps(self.report)
        for length in (0, 1, len(whole) // 2, len(whole) - 1):
            self.unusable('cannot be read, or is cut off', whole[:length])
        self.report['complete'] = False
        self.unusable('out/x/report.json is cut off: 2 of 2 cases, complete: false')
        self.report.update(complete=True, planned=3)
        self.unusable('is cut off: 2 of 3 cases')
        self.report.update(planned=0, cases=[])
        self.unusable('is cut off: 0 of 0')

    def test_something_else(self):
        for text in ('[]', '{}', '3', '{"program": "x", "schema": 1}'):
            self.unusable('x: out/x/report.json', text)
        self.report['cases'][0]['verdict'] = 'odd'
        self.unusable('verdicts that nobody knows: odd')

    def test_runs_that_say_nothing(self):
        self.report['build'] = '2'
        self.unusable('x is of build 2, the model of 1')
        self.report.update(build='1', facts=[{'key': 'sabotage', 'value': 'map-identity'}])
        self.unusable('sabotaged')
        self.report.update(facts=[], cases=self.report['cases'][:1], planned=1)
        self.unusable(r'not a run of all tests .* the first is a\.c')

    def test_a_report_older_than_the_image(self):
        self.path.write_text(json.dumps(self.report), encoding='utf-8')
        compare.IMAGE.write_text('')
        os.utime(self.path, (1, 1))
        status, text = self.status()
        self.assertEqual(status, 2)
        self.assertIn('older than the image', text)

    def test_no_model(self):
        with mock.patch.object(silicon, 'configurations', side_effect=silicon.SiliconError('no program')):
            self.unusable('no program')

    def test_nowhere_to_write(self):
        self.path.write_text(json.dumps(self.report), encoding='utf-8')
        (self.folder / 'file').write_text('')
        with mock.patch.object(compare, 'FULL', self.folder / 'file/compare.txt'):
            status, text = self.status()
        self.assertEqual(status, 2)
        self.assertIn('compare: [Errno', text)

    def test_usage(self):
        self.unusable('tools/compare', arguments=['--bot'])


class Silicon(unittest.TestCase):
    def test_a_program_that_is_not_there_or_dies(self):
        with mock.patch.object(silicon, 'PROGRAM', pathlib.Path('/no/such/program')):
            with self.assertRaisesRegex(silicon.SiliconError, 'no/such/program'):
                silicon.configurations()
        with self.assertRaisesRegex(silicon.SiliconError, r'ends with status 7: worse'):
            silicon.execute(['sh', '-c', 'echo bad; echo worse >&2; exit 7'], {0})


if __name__ == '__main__':
    unittest.main()
