# SPDX-License-Identifier: BSD-2-Clause-Patent
"""QEMU: which one, whether it fits, and its command line."""
import os
import pathlib
import re
import shutil
import subprocess

NEEDED = (11, 1)
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PRIVATE = ROOT / 'build/qemu/qemu-system-x86_64'
FIRMWARE = pathlib.Path('/usr/share/OVMF')


class QemuError(Exception):
    pass


def version(program):
    """(major, minor), or a QemuError that says why there is none."""
    try:
        answer = subprocess.run([program, '--version'], capture_output=True, text=True, timeout=60,
                                check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise QemuError(f'{program} does not run: {error}') from error
    match = re.search(r'version (\d+)\.(\d+)', answer.stdout)
    if not match:
        raise QemuError(f'{program} does not say its version: {(answer.stderr or answer.stdout).strip()!r}')
    return int(match[1]), int(match[2])


def checked(program):
    """The program's path if it is new enough."""
    path = shutil.which(program)
    if not path:
        raise QemuError(f'there is no QEMU at {program}; the rigs need version '
                        f'{NEEDED[0]}.{NEEDED[1]} or newer')
    found = version(path)
    if found < NEEDED:
        raise QemuError(f'{path} is version {found[0]}.{found[1]}; the rigs need '
                        f'{NEEDED[0]}.{NEEDED[1]} or newer')
    return path


def find():
    """The caller's QEMU= if there is one, else the system's if it is new enough, else the private copy."""
    named = os.environ.get('QEMU')
    if named:
        return checked(named)
    try:
        return checked('qemu-system-x86_64')
    except QemuError:
        if PRIVATE.exists():
            return checked(str(PRIVATE))
        raise


def lacking(program, needs):
    """The first of a rig's needs that this QEMU does not meet, as a text; None if it meets all."""
    for device, options in needs.items():
        answer = subprocess.run([program, '-device', f'{device},help'], capture_output=True, text=True,
                                timeout=60, check=False)
        if answer.returncode:
            return f'{program} has no device {device}'
        has = set(re.findall(r'^\s*([\w.-]+)=', answer.stdout, re.MULTILINE))
        for option in options:
            if option not in has:
                return f'{program}: its {device} has no option {option}'
    return None


def command(program, rig, disk, variables, control, read_only_variables=False, devices=()):
    """The whole command line. `control` is the path of the QMP socket; `devices` are words beside the rig's."""
    return [
        program, '-accel', 'tcg', '-nodefaults', '-display', 'none', '-no-user-config',
        '-boot', 'menu=off,splash-time=0',
        '-drive', f'if=pflash,format=raw,unit=0,readonly=on,file={FIRMWARE}/OVMF_CODE_4M.fd',
        '-drive', f'if=pflash,format=raw,unit=1,file={variables}' + ',readonly=on' * read_only_variables,
        '-drive', f'if=none,id=stick,format=raw,file={disk}',
        *rig.arguments, *devices,
        '-device', f'{rig.disk},drive=stick,bootindex=0',
        '-chardev', 'stdio,id=serial,signal=off', '-serial', 'chardev:serial',
        '-qmp', f'unix:{control},server=on,wait=off',
    ]
