# SPDX-License-Identifier: BSD-2-Clause-Patent
"""
What becomes of a run when the world around it fails: each step boots the image under one such misfortune and raises
an AssertionError that says which promise was not kept. Called by tools/test, which shows what `stream` was told.
"""
import json
import random
import subprocess
import threading
import time

from runner import machine, outcome, qemu, rig as rigs, variables

# RISKY is stored before it begins, and takes a tenth of a second; the ones after it are neither.
RISKY = 'vtd_queue.device_tlb_without_device_tlbs'
TESTS = f'*asfound.*,vtd_capability.*,translate.write_lands,{RISKY},vtd_register.*'
RIG = 'vtd-legacy'
COMMIT_SECONDS, COMMIT_CASES = 2, 53    # what a death may cost at most: tests/harness/run.c, COMMIT_NS, COMMIT_BYTES
SLACK_SECONDS = 1.5                     # for the case after which the image looks at the clock
KILLS = 3
VARIABLES = qemu.FIRMWARE / 'OVMF_VARS_4M.fd'
SCARCE = 24000                          # bytes free of variables: for a part of TESTS, beside what the firmware needs
# Each a line and what must be said about it. The image names 16 and counts the rest.
MISTAKES = (
    (b'colour=red', 'unknown key "colour"'),
    (b'repeat=0', 'repeat=0 is refused: 1 to 1000'),
    (b'seed=12x', 'seed=12x is refused: a number below 2^64'),
    (b'deadline_ms=99999999999999999999', 'deadline_ms=99999999999999999999 is refused'),
    (b'skip=' + b'x' * 600, 'longer than 512 bytes'),
    (b'skip=' + b'y' * 200, 'is refused: a list of at most 16 patterns of at most 95 bytes'),
    (b'skip=a,,b', 'skip=a,,b is refused'),
    (b'engines=', 'engines= is refused'),
    (b'devices=nvme0', 'devices=nvme0 is refused: a list of at most 16 functions'),
    (b'evidence=\x01\x1b[31m7', 'evidence=??[31m7 is refused'),
    (b'\x07\xff\xfe', '"???" is not key=value'),
    (b'after=sleep', 'after=sleep is refused: poweroff, reboot or stay'),
    (b'k\0n\0', 'there is a zero byte in the line'),
    (b'known=translate.*', 'known=translate.* is refused: a pattern, a link, and a symptom'),
    (b'shuffle', '"shuffle" is not key=value'),
    (b'sabotage=no-such-thing', 'sabotage=no-such-thing is refused: there is no such sabotage'),
)


def require(kept, *what):
    if not kept:
        raise AssertionError(' '.join(str(word) for word in what))


class Bench:
    """Where the steps find what they share."""

    def __init__(self, root, image, stream):
        self.root, self.image, self.stream = root, image, stream

    def machine(self, name, rig=RIG, **options):
        return machine.Machine(rigs.load(rig), self.root / 'out' / f'robustness-{name}', **options)

    def run(self, one, extra=b'', tests=TESTS, prepared=False, vars_file=VARIABLES, image=None, **options):
        """One run from a fresh disk; what was gathered."""
        with machine.alone(one.folder):
            if not prepared:
                one.prepare(image or self.image, one.rig.configuration(tests=tests).encode() + extra, vars_file)
            return one.run(self.stream, **options)

    def full_disk(self, target, free):
        """The image's program on a disk that is full."""
        program = target.with_suffix('.efi')
        target.parent.mkdir(parents=True, exist_ok=True)
        machine.mtools('mcopy', '-o', '-n', '-i', f'{self.image}@@1M', '::EFI/BOOT/BOOTX64.EFI', program, check=True)
        subprocess.run([self.root / 'tools/make-disk', target, program, 'BOOTX64.EFI',
                        self.root / 'tools/iovet.conf', str(free)], check=True)
        return target


def report_of(one):
    return json.loads((one.folder / 'report.json').read_text(encoding='utf-8'))


def listing(one, path):
    """Names in a folder of the disk."""
    done = machine.mtools('mdir', '-b', '-i', f'{one.disk}{machine.ESP_OFFSET}', path, text=True)
    return {line.rsplit('/', 1)[-1] for line in done.stdout.split()}


def volume_without_room(bench):
    """Reports that find no room are named, none is half written, and the journal waits until there is room."""
    one = bench.machine('volume')
    g = bench.run(one, image=bench.full_disk(bench.root / 'build/test/full.img', 12288))
    require(g.status == outcome.BROKEN, 'status', g.status)
    told = '\n'.join(g.complaints)
    for name in ('report.json', 'report.html'):
        require(f'{name} (' in told and 'was not written' in told, name, 'is not named:', told)
    require('bytes are free on the volume: the journal is kept' in told, 'the limit is not named:', told)
    left = listing(one, '::iovet/reports')
    require(left and left <= {'report.xml', 'report.tap', 'journal.bin'}, 'half of a report was left:', left)
    machine.mtools('mdel', '-i', f'{one.disk}{machine.ESP_OFFSET}', '::filler', check=True)
    again = outcome.Outcome(one.rig.units)      # hears of no case: all that it knows comes from the journal
    with machine.alone(one.folder):
        one.boot(again, machine.display.Display(again, bench.stream))
        one.fetch_reports()
    require(again.starts == 1 and not again.ended and not again.complaints, 'the run was repeated: the journal was lost')
    require({c['number']: c['verdict'] for c in report_of(one)['cases']} ==
            {n: e['verdict'] for n, e in g.ended.items()}, 'the late report differs from the serial line')


def mistakes_in_the_configuration(bench):
    """Every mistake is named on the serial line and in the report, and changes nothing else."""
    one = bench.machine('configuration')
    g = bench.run(one, b'\n'.join(line for line, _ in MISTAKES) + b'\r\n')
    in_report = [note['text'] if isinstance(note, dict) else note for note in report_of(one)['notes']]
    for line, sentence in MISTAKES:
        for where, notes in (('serial line', g.notes), ('report', in_report)):
            require(any(sentence in note for note in notes), f'the {where} does not name {line[:40]}:', notes)
    require(g.status == outcome.OK, 'status', g.status, g.complaints)
    require(g.planned > 20 and g.verdicts['pass'] > 20, 'the suite was not run')


def check_death(one, g, dead, times, died, was_open=None):
    """
    What a run promises that died at `died`: `dead` are the events of cases that had ended until then, `was_open`
    that of the case that was announced.
    """
    cases = {case['number']: case for case in report_of(one)['cases']}
    require(sorted(cases) == list(range(1, g.planned + 1)), 'cases are missing, or stand twice:', sorted(cases))
    require(not g.complaints, g.complaints)
    lost = [n for n in dead if n in g.again or cases[n]['verdict'] == 'hang']
    require(len(lost) <= COMMIT_CASES, len(lost), 'verdicts were lost')
    for n in lost:
        require(died - times[n] < COMMIT_SECONDS + SLACK_SECONDS,
                f'case {n} ended {died - times[n]:.1f} s before the end, and was lost')
    for n in dead:
        require(n in lost or cases[n]['verdict'] == dead[n]['verdict'], 'case', n, 'changed its verdict')
    hung = [n for n, case in cases.items() if case['verdict'] == 'hang']
    require(len(hung) <= 1, 'one death and several hangs:', hung)
    # Between two cases: an end may be told just before it is stored, a beginning is stored just before it is told.
    last = max(dead, default=0)
    blamed = [int(was_open['n'])] if was_open else [last, last + 1]
    require(not hung or hung[0] in blamed, f'case {blamed[-1]} was the last, and {hung} is blamed')
    require(g.status == (outcome.FAILED if hung else outcome.OK), 'status', g.status)
    return lost, hung


def kill_and_go_on(bench, one, rng, moment):
    """
    QEMU is killed, then the machine is switched on again: a sentence on what came of it. `moment` is 'any', or
    'in' a case that was stored first, or 'after' it.
    """
    g = outcome.Outcome(one.rig.units)
    shown = machine.display.Display(g, bench.stream)
    times, begun, killer = {}, [], []
    portion, delay = rng.random(), rng.random() * 0.05
    died = []

    def kill():
        died.append(time.monotonic())
        one.session.process.kill()

    def is_time(event):
        if moment == 'any':
            return len(begun) > portion * g.planned
        return RISKY in begun if moment == 'after' else event['case'] == RISKY

    def on_event(event):
        if event['event'] == 'end':
            times[int(event['n'])] = time.monotonic()
        if event['event'] == 'begin':
            if not killer and is_time(event):
                killer.append(threading.Timer(delay if moment == 'any' else 0, kill))
                killer[0].start()
            begun.append(event['case'])

    with machine.alone(one.folder):
        one.prepare(bench.image, one.rig.configuration(tests=TESTS).encode())
        one.boot(g, shown, on_event)
        killer[0].join()
        dead, was_open, finished = dict(g.ended), g.open, g.finished
        one.run(bench.stream, g)
    lost, hung = check_death(one, g, dead, times, died[0], was_open)
    if moment == 'in':
        require(was_open and hung == [int(was_open['n'])], 'the case that was stored first is not blamed:', hung)
    return (f'killed after {len(dead)} of {g.planned} cases{" and the end" if finished else ""}, '
            f'{"case " + was_open["n"] + " open" if was_open else "none open"}: '
            f'{len(lost)} verdicts lost, hang {hung or "none"}')


def machine_that_dies(bench, kills=KILLS, seed=None):
    """A machine that loses its power loses what it had not stored, says so, and goes on after it."""
    seed = seed or random.SystemRandom().randrange(1 << 32)
    rng = random.Random(seed)
    for n in range(kills):
        moment = ('any', 'in', 'after')[n % 3]
        print(f'seed {seed}, kill {n + 1}, {moment}', file=bench.stream)
        print(kill_and_go_on(bench, bench.machine('death'), rng, moment), file=bench.stream, flush=True)


def variables_without_room(bench):
    """A machine whose variables are full, or do not survive: the run ends by itself and says what is lost."""
    full = bench.root / 'build/test/variables.fd'
    variables.fill(VARIABLES, full, 0)
    g = bench.run(bench.machine('variables', to_the_end=True), vars_file=full)
    told = '\n'.join(g.complaints)
    require(g.status == outcome.BROKEN and g.starts == 1, 'status', g.status, 'after', g.starts, 'starts')
    require('nothing could be stored: no reports but these lines' in told, told)
    require(any('variables cannot be written' in note for note in g.notes), g.notes)
    require(g.finished and len(g.ended) == g.planned, 'the run did not come to its end')


def variables_that_fill_up(bench):
    """A machine whose variables take a part of the run: its reports hold that part, and accuse no case."""
    scarce = bench.root / 'build/test/variables.fd'
    variables.fill(VARIABLES, scarce, SCARCE)
    one = bench.machine('scarce', to_the_end=True)
    g = bench.run(one, vars_file=scarce)
    told = '\n'.join(g.complaints)
    require(g.status == outcome.BROKEN and g.starts == 2, 'status', g.status, 'after', g.starts, 'starts')
    require('no more can be stored' in told and 'cases, the image announced' in told, told)
    report = report_of(one)
    require(0 < report['run'] < report['planned'] and not report['complete'], report['run'], 'of', report['planned'])
    require({case['number']: case['verdict'] for case in report['cases']} ==
            {n: g.ended[n]['verdict'] for n in range(1, report['run'] + 1)}, 'the report differs from the serial line')


def variables_that_are_forgotten(bench):
    """Variables that a reset takes away: the run is not repeated for ever."""
    g = bench.run(bench.machine('forgetful', read_only_variables=True, to_the_end=True), tests='*asfound.*')
    told = '\n'.join(g.complaints)
    require(g.status == outcome.BROKEN and g.starts <= 4, 'status', g.status, 'after', g.starts, 'starts')
    require("the firmware's variables do not survive a reset" in told, told)


def keys_of_the_configuration(bench):
    """tests, skip, engines, repeat and after do what docs/configuration.md says."""
    one = bench.machine('keys')
    g = bench.run(one, b'skip=vtd_capability.dr*,vtd_asfound.d*\nengines=nvme*\nrepeat=2\nafter=reboot\nseed=5\n',
                  tests='vtd_asfound.*,vtd_capability.d*,translate.write_lands')
    require(g.status == outcome.OK, 'status', g.status, g.complaints)
    require(g.next == 'reboot' and g.starts == 3, 'after=reboot:', g.next, g.starts, 'starts')
    report = report_of(one)
    names = [(case['id'], case['variant']) for case in report['cases']]
    topics = {name.split('.')[0] for name, _ in names}
    require(topics == {'vtd_asfound', 'vtd_capability', 'translate'}, 'tests=', topics)
    require(not any(name.startswith(('vtd_capability.dr', 'vtd_asfound.d')) for name, _ in names), 'skip=', names)
    require({case['engine'] for case in report['cases']} == {None, 'nvme0'}, 'engines=', names)
    require(all(names.count(name) == 2 for name in names), 'repeat=', names)
    require(report['seed'] == '5', 'seed=', report['seed'])
    g = bench.run(one, b'after=stay\n', tests='*asfound.*')
    require(g.status == outcome.OK and g.next == 'stay' and g.starts == 2, 'after=stay:', g.next, g.complaints)


def verdicts_of(bench, rig, extra, tests):
    one = bench.machine('order', rig)
    g = bench.run(one, extra, tests)
    require(not g.complaints, g.complaints)
    return {(case['id'], case['variant']): case['verdict'] for case in report_of(one)['cases']}


def order(bench, rig=RIG, tests='', seeds=(1, 2, 3)):
    """No test depends on another: any order gives the same verdicts."""
    straight = verdicts_of(bench, rig, b'seed=1\n', tests)
    differences = []
    for seed in seeds:
        mixed = verdicts_of(bench, rig, f'seed={seed}\nshuffle=1\n'.encode(), tests)
        differences += [f'{rig}, seed {seed}: {" ".join(case)} is {mixed.get(case)}, in the usual order {verdict}'
                        for case, verdict in straight.items() if mixed.get(case) != verdict]
    require(not differences, '\n'.join(differences))


STEPS = (volume_without_room, mistakes_in_the_configuration, machine_that_dies, variables_without_room,
         variables_that_fill_up, variables_that_are_forgotten, keys_of_the_configuration)
