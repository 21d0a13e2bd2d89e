# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The seeds of the model's fuzz targets are those that their script makes."""
import filecmp
import pathlib
import subprocess
import tempfile
import unittest

CORPUS = pathlib.Path(__file__).resolve().parent.parent.parent / 'tests/model/corpus'


class Corpus(unittest.TestCase):
    def test_the_seeds_are_made_by_the_script(self):
        with tempfile.TemporaryDirectory() as made:
            subprocess.run([CORPUS / 'make', made], check=True)
            for folder in pathlib.Path(made).iterdir():
                names = {path.name for path in folder.iterdir()}
                self.assertTrue(names)
                self.assertEqual(names, {path.name for path in (CORPUS / folder.name).iterdir()})
                self.assertEqual(filecmp.cmpfiles(folder, CORPUS / folder.name, names, shallow=False)[1:], ([], []))


if __name__ == '__main__':
    unittest.main()
