# SPDX-License-Identifier: BSD-2-Clause-Patent
"""One run of a machine: start it, listen, end it."""
import json
import selectors
import signal
import socket
import subprocess
import time

from runner import protocol

RESETS_MAX = 5


def reset(control):
    """Press the machine's reset button, as a lab's watchdog would. False if QEMU does not answer."""
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(5)
            link.connect(control)
            talk = link.makefile('rw', encoding='utf-8')
            talk.readline()
            for command in ('qmp_capabilities', 'system_reset'):
                talk.write(json.dumps({'execute': command}) + '\n')
                talk.flush()
                while 'return' not in json.loads(talk.readline()):
                    pass
        return True
    except (OSError, ValueError):
        return False


def stop(process):
    """End QEMU: ask, then insist."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Session:
    """
    Runs `command` until it ends, its time is up, or the caller interrupts. Every line of its standard
    output goes to `log` and, as far as it is an event, to `on_event`, which may answer with the reason to
    give up. A machine that says nothing for `stall_limit` seconds is reset through `control`; it goes on
    after the case that killed it. `complaint` says what else has made the run hopeless, None while nothing has.
    """

    def __init__(self, command, control, log, errors, time_limit, stall_limit, on_event, on_idle,
                 complaint=lambda: None):
        self.command, self.control = command, control
        self.log, self.errors = log, errors
        self.time_limit, self.stall_limit = time_limit, stall_limit
        self.on_event, self.on_idle, self.complaint = on_event, on_idle, complaint
        self.resets = 0
        self.process = None

    def run(self):
        """None, or the sentence that says why the run did not come to its end."""
        process = self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                                  stdout=subprocess.PIPE, stderr=self.errors)
        # SIGTERM takes QEMU along, like Ctrl-C does.
        previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            return self.listen(process)
        finally:
            stop(process)
            signal.signal(signal.SIGTERM, previous)

    def listen(self, process):
        lines = protocol.Lines()
        selector = selectors.DefaultSelector()
        selector.register(process.stdout, selectors.EVENT_READ)
        end = time.monotonic() + self.time_limit
        heard = time.monotonic()
        while True:
            hopeless = self.complaint()
            if hopeless:
                return hopeless
            if not selector.select(timeout=0.5):
                self.on_idle()
                now = time.monotonic()
                if now > end:
                    return f'the time limit of {self.time_limit} s has passed'
                if now > heard + self.stall_limit:
                    self.resets += 1
                    if self.resets > RESETS_MAX:
                        return f'the machine hung {self.resets} times'
                    if not reset(self.control):
                        return f'the machine is silent for {self.stall_limit} s and cannot be reset'
                    heard = now
                continue
            data = process.stdout.read1(65536)
            if not data:
                break
            heard = time.monotonic()
            if heard > end:
                return f'the time limit of {self.time_limit} s has passed'
            self.log.write(data)
            self.log.flush()
            for line in lines.feed(data):
                event = protocol.parse(line)
                hopeless = event and self.on_event(event)
                if hopeless:
                    return hopeless
        status = process.wait()
        return f'QEMU ended with status {status}' if status else None
