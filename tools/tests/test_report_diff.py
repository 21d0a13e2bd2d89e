# SPDX-License-Identifier: BSD-2-Clause-Patent
"""report-diff: what counts as a change between two reports."""
import copy
import importlib.machinery
import importlib.util
import json
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = pathlib.Path(__file__).resolve().parent.parent / 'report-diff'
loader = importlib.machinery.SourceFileLoader('report_diff', str(PROGRAM))
report_diff = importlib.util.module_from_spec(importlib.util.spec_from_loader('report_diff', loader))
loader.exec_module(report_diff)

REPORT = {
    'program': 'iovet', 'schema': 1, 'version': '0.1', 'build': '01', 'seed': '1', 'complete': True,
    'facts': [{'key': 'vtd0.CAP', 'value': '0x1'}, {'key': 'arena', 'value': '0x1000'}],
    'cases': [{'id': 'a.b', 'variant': 'vtd0/first', 'verdict': 'pass', 'us': 1},
              {'id': 'a.c', 'variant': '', 'verdict': 'skip', 'us': 1}],
    'rules': [{'id': 'VTD-AD-10', 'places': [{'place': 'vtd0', 'status': 'pass'}]}],
}


class Changes(unittest.TestCase):
    def setUp(self):
        self.new = copy.deepcopy(REPORT)

    def check(self, lines, changed):
        self.assertEqual(report_diff.compare(REPORT, self.new), (lines, changed))

    def test_nothing(self):
        self.check([], False)

    def test_what_may_differ(self):
        self.new.update(seed='2', build='02')
        self.new['cases'][0]['us'] = 2
        self.new['cases'].reverse()
        self.new['facts'][1]['value'] = '0x2000'
        self.check(['run build: 01 -> 02'], False)

    def test_a_verdict(self):
        self.new['cases'][0]['verdict'] = 'fail'
        self.check(['case a.b vtd0/first: pass -> fail'], True)

    def test_a_case_that_is_gone_and_one_that_came(self):
        self.new['cases'][1]['id'] = 'a.d'
        self.check(['case a.c: skip -> (absent)', 'case a.d: (absent) -> skip'], True)

    def test_a_repeated_case(self):
        self.new['cases'].append(dict(REPORT['cases'][0], verdict='fail'))
        self.check(['case a.b vtd0/first: pass -> fail+pass'], True)

    def test_a_rule_and_an_ability(self):
        self.new['rules'][0]['places'][0]['status'] = 'known'
        self.new['facts'][0]['value'] = '0x3'
        self.check(['fact vtd0.CAP: 0x1 -> 0x3', 'rule VTD-AD-10 on vtd0: pass -> known'], True)

    def test_an_incomplete_run(self):
        self.new['complete'] = False
        self.check(['run complete: true -> false'], True)

    def test_exit_status(self):
        with tempfile.TemporaryDirectory() as folder:
            old, new, bad = (pathlib.Path(folder) / name for name in ('old', 'new', 'bad'))
            old.write_text(json.dumps(REPORT), encoding='utf-8')
            self.new['cases'].pop()
            new.write_text(json.dumps(self.new), encoding='utf-8')
            bad.write_text('{"program": "iovet"}', encoding='utf-8')
            for files, status in (((old, old), 0), ((old, new), 1), ((old, bad), 2), ((old,), 2)):
                done = subprocess.run([PROGRAM, *files], capture_output=True, check=False)
                self.assertEqual(done.returncode, status)


if __name__ == '__main__':
    unittest.main()
