"""The warm parent: what is slow is done once, and every submission is a fork of it.

Runs as `python -m inside.zygote FD TIER`; FD is the grader's socket, TIER a tier as JSON. It is
told to open and to kill submissions, and tells which ended and why. No student's code runs in it.
"""

import gc
import os
import select
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

# BLAS reads its number of threads when NumPy is imported.
from . import session, shell, tiers, watch, wire
from .messages import Kill, Open, ToParent

LOOK_SECONDS = 0.05
UNHURRIED = 4  # before: a canary, its sibling, and all there is in a short run, which do not wait
GARBAGE = 10_000  # objects between two looks for garbage: large graphs are made, and are none


@dataclass
class Opened:
    """A submission under way: its first process, its end to wait for, what it may use."""

    process: int
    ended: int
    memory: int
    reason: str = "exited"


class Parent:
    """Forks submissions, ends them, and watches their memory."""

    def __init__(self, control: socket.socket, tier: tiers.Tier) -> None:
        self.control = control
        self.tier = tier
        self.sessions: dict[int, Opened] = {}
        self.ipython = shell.start()
        gc.freeze()
        gc.set_threshold(GARBAGE)
        self.next_look = 0.0

    def serve(self) -> None:
        """Serve until the grader hangs up, and leave nothing running."""
        wire.send(self.control, {"ended": 0, "reason": "warm"})
        try:
            while True:
                ends = [opened.ended for opened in self.sessions.values()]
                wait = LOOK_SECONDS if ends else None
                if self.control in select.select([self.control, *ends], [], [], wait)[0]:
                    self.obey(*wire.receive_with_files(self.control))
                self.watch_memory()
                self.reap()
        except (EOFError, KeyboardInterrupt):
            for opened in self.sessions.values():
                self.tier.end(opened.process)
            self.tier.sweep(())

    def obey(self, message: object, descriptors: list[int]) -> None:
        """Open or end a submission."""
        request: ToParent = msgspec.convert(message, ToParent)
        match request:
            case Open(number, memory, cpu_seconds):
                if number == UNHURRIED:
                    warm_up(self.ipython)
                process = self.start(lambda: self.run(descriptors[0], number, memory, cpu_seconds))
                os.close(descriptors[0])
                self.sessions[number] = Opened(process, os.pidfd_open(process), memory)
            case Kill(number):
                opened = self.sessions.get(number)
                if opened is not None:
                    opened.reason = "memory" if opened.reason == "memory" else "killed"
                    self.tier.end(opened.process)

    def run(self, channel: int, number: int, memory: int, cpu_seconds: int) -> None:
        """Be the submission: confined first, then at the grader's service."""
        self.control.close()
        for opened in self.sessions.values():
            os.close(opened.ended)
        self.tier.confine(number, 2 * memory, cpu_seconds)
        # The log speaks for the wall: a submission must not write in it.
        with open(os.devnull, "r+") as nowhere:
            for standard in (0, 1, 2):
                os.dup2(nowhere.fileno(), standard)
            session.serve(socket.socket(fileno=channel), self.ipython, nowhere)

    def start(self, run: Callable[[], None]) -> int:
        """Start `run` as the first process of fresh namespaces and return its process number.

        The child that calls unshare stays outside the new process namespace, so it forks once
        more, tells the number and ends; the orphan comes to this process, a subreaper.
        """
        reader, writer = os.pipe()
        middle = os.fork()
        if middle == 0:
            try:
                self.tier.unshare()
                first = os.fork()
                if first:
                    os.write(writer, str(first).encode())
                else:
                    os.close(reader)
                    os.close(writer)
                    run()
            except OSError as error:
                print(error, file=sys.stderr, flush=True)
            finally:
                os._exit(0)
        os.close(writer)
        number = os.read(reader, 20)
        os.close(reader)
        os.waitpid(middle, 0)
        if not number:  # it has said why
            sys.exit(1)
        return int(number)

    def reap(self) -> None:
        """Tell of the submissions that have ended."""
        for number, opened in list(self.sessions.items()):
            if os.waitpid(opened.process, os.WNOHANG)[0]:
                os.close(opened.ended)
                del self.sessions[number]
                self.sweep()
                wire.send(self.control, {"ended": number, "reason": opened.reason})

    def watch_memory(self) -> None:
        """End submissions whose processes together hold more memory than allowed."""
        if not self.sessions or time.monotonic() < self.next_look:
            return
        self.next_look = time.monotonic() + LOOK_SECONDS
        self.sweep()
        for number, opened in self.sessions.items():
            room = opened.memory - self.tier.stored(number, opened.process)
            if room < 0 or watch.exceeds(opened.process, room):
                opened.reason = "memory"
                self.tier.end(opened.process)

    def sweep(self) -> None:
        """End what no submission holds any longer."""
        self.tier.sweep({opened.process for opened in self.sessions.values()})


def warm_up(ipython: shell.Runner) -> None:
    """Import what notebooks import and draw once, so that no later submission pays for it."""
    before = set(ipython.user_ns)
    # Cells are counted, and the numbers stand in reports: they are to be those of a cold shell.
    shell.run_cell(ipython, 0, WARM_CELL, store_history=False)
    for name in set(ipython.user_ns) - before:
        del ipython.user_ns[name]
    gc.collect()
    watch.give_back()
    gc.freeze()


WARM_CELL = """
import matplotlib.pyplot as plt
from course import check, check_backward, datasets, plots, progress, quiz, widgets
plt.plot([1, 2], label="$x^2$"); plt.title("$x^2$"); plt.xlabel("x"); plt.legend(); plt.show()
"""


if __name__ == "__main__":
    descriptor = int(sys.argv[1])
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 1_024)
    tier = msgspec.json.decode(sys.argv[2], type=tiers.Tier)
    tier.settle()
    Parent(socket.socket(fileno=descriptor), tier).serve()
