# SPDX-License-Identifier: BSD-2-Clause-Patent
"""docs/report.schema.json knows every word that the program's lists can put into a report."""
import json
import pathlib
import re
import unittest

TREE = pathlib.Path(__file__).resolve().parent.parent.parent


def words(header, name):
    """The texts of an X-list."""
    start = (TREE / header).read_text(encoding='utf-8').split(f'#define {name}(X)', 1)[1]
    lines = re.match(r'(?:[^\n]*\\\n)*[^\n]*', start).group(0)
    return re.findall(r'X\(\w+,\s*"([^"]*)"\)', lines)


class Schema(unittest.TestCase):
    def test_the_schema_has_the_words_of_each_list(self):
        schema = json.loads((TREE / 'docs/report.schema.json').read_text(encoding='utf-8'))['$defs']
        rule = schema['rule']['properties']
        for known, header, name in [
                (rule['regimes']['items'], 'tests/rules/rules.h', 'RULE_REGIME_LIST'),
                (rule['strength'], 'tests/rules/rules.h', 'RULE_STRENGTH_LIST'),
                (rule['certainty'], 'tests/rules/rules.h', 'RULE_CERTAINTY_LIST'),
                (rule['places']['items']['properties']['status'], 'tests/report/report.h', 'REPORT_STATUS_LIST'),
                (schema['verdict'], 'tests/harness/verdict.h', 'VERDICT_LIST')]:
            with self.subTest(name):
                self.assertGreater(len(known['enum']), 3)
                self.assertEqual(sorted(known['enum']), sorted(words(header, name)))


if __name__ == '__main__':
    unittest.main()
