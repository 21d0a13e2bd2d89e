# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Virtual silicon: the whole suite in one process, and the reports of such a run."""
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / 'build/host/iovet-inproc'
REPORTER = ROOT / 'build/iovet-report'
SANITIZERS = {'ASAN_OPTIONS': 'detect_leaks=0:allocator_may_return_null=1',
              'UBSAN_OPTIONS': 'print_stacktrace=1'}
COMPARED = ('vtd-first', 'vtd-second', 'vtd-legacy')    # rigs to which it gives a second opinion
LIMIT = 120                     # seconds of one run
SEED = '1'


class SiliconError(Exception):
    pass


def steady(command):
    """The sanitizers of older compilers need a fixed address layout where the kernel spreads it widely."""
    prefix = ['setarch', '-R']
    fixed = shutil.which('setarch') and not subprocess.run(
        prefix + ['true'], capture_output=True, check=False).returncode
    return prefix + command if fixed else command


def execute(command, accepted):
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors='replace', timeout=LIMIT,
                              env={**os.environ, **SANITIZERS}, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SiliconError(f'{error}; make inproc report-tool builds what is missing') from error
    if done.returncode not in accepted:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise SiliconError(f'{" ".join(map(str, command))} ends with status {done.returncode}: '
                           f'{" ".join(said)}')
    return done.stdout


def configurations():
    lines = execute(steady([str(PROGRAM), '--list']), {0}).splitlines()
    return [line.removeprefix('config ') for line in lines if line.startswith('config ')]


def run(config, folder):
    """Run the suite; the path of its report.json. What the verdicts are is for the reader of it to judge."""
    folder.mkdir(parents=True, exist_ok=True)
    journal = folder / 'journal.bin'
    (folder / 'report.json').unlink(missing_ok=True)
    execute(steady([str(PROGRAM), '--config', config, '--seed', SEED, '--journal', str(journal)]), {0, 1, 2})
    execute([str(REPORTER), str(journal), str(folder)], {0, 1})
    return folder / 'report.json'
