"""Tiers: which layers make a wall, from the strongest to none.

The grader chooses one and the warm parent carries it out; it crosses between them as data. What a
wall must have, below which nothing is graded (the canary tries what it can):

- `bwrap` and `bwrap-each`: namespaces for mounts, processes, network, IPC and users, no capability,
  no_new_privs, seccomp, limits, the memory watch. Root's submissions need another user as well,
  for the kernel counts no processes of root's. Landlock is a second line, left out on old kernels.
- `landlock`: no_new_privs, seccomp, limits, the memory watch and Landlock; of any version with
  another user of the host, which only root can give; of version 6 (Linux 6.12) under the grader's
  own, where nothing else keeps signals from the grader. Files below are hidden, but not their names
  and sizes from one who guesses a path, and disk space is watched rather than set aside.
"""

import os
import signal
import site
from collections.abc import Collection
from contextlib import suppress

import msgspec

from . import confine, landlock, seccomp, watch

SCRATCH = tuple(confine.SCRATCH)
DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")


class Bwrap(msgspec.Struct, tag="bwrap"):
    """All submissions in one bubblewrap, each in namespaces of its own: the usual way."""

    separate_user: bool

    def settle(self) -> None:
        """Prepare the warm parent, before it imports anything."""
        confine.become_subreaper()

    def unshare(self) -> None:
        """Prepare the fork whose child becomes the submission."""
        confine.unshare()

    def confine(self, number: int, memory: int, cpu_seconds: int) -> None:
        """Put up every layer: mounts need capabilities, the filter forbids the rest.

        Raises:
            ConfinementError: one of them could not be had.
        """
        confine.mount_scratch()
        confine.first_victim_of_memory()
        confine.set_limits(memory, cpu_seconds)
        confine.drop_bounds()
        if self.separate_user:
            confine.become_student(confine.STUDENT_UID)
        os.chdir("/work")
        confine.drop_privileges()
        landlock.restrict(["/"], ["/tmp", "/work", "/dev"])
        seccomp.install()

    def stored(self, number: int, process: int) -> int:
        """Return how many bytes lie on the submission's disks, which are memory."""
        return watch.on_disks([f"/proc/{process}/root{place}" for place in SCRATCH])

    def end(self, process: int) -> None:
        """Kill a submission's first process; the kernel takes its whole namespace with it."""
        os.kill(process, signal.SIGKILL)

    def sweep(self, firsts: Collection[int]) -> None:
        """End what is left of submissions whose first process is not among these: nothing is."""


class BwrapEach(Bwrap, tag="bwrap-each"):
    """A bubblewrap for each submission, where namespaces cannot be nested; a cold start each.

    The warm parent is the first process in there: no signal from inside reaches it.
    """

    def settle(self) -> None:
        """Prepare the warm parent: Python's own answer to SIGINT would let one through."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    def unshare(self) -> None:
        """Do nothing: bubblewrap has made the namespaces."""

    def confine(self, number: int, memory: int, cpu_seconds: int) -> None:
        """Put up every layer that bubblewrap has not.

        Raises:
            ConfinementError: one of them could not be had.
        """
        confine.become_subreaper()
        confine.first_victim_of_memory()
        confine.set_limits(memory, cpu_seconds)
        if self.separate_user:
            confine.become_student(confine.STUDENT_UID)
        os.chdir("/work")
        confine.drop_privileges()
        landlock.restrict(["/"], ["/tmp", "/work", "/dev"])
        seccomp.install()

    def stored(self, number: int, process: int) -> int:
        """Return how many bytes lie on the submission's disks, which are memory."""
        return watch.on_disks(SCRATCH)

    def sweep(self, firsts: Collection[int]) -> None:
        """Kill what the submission left behind or let go of."""
        watch.sweep(firsts)


class Landlocked(msgspec.Struct, tag="landlock"):
    """No namespaces: another user where root grades (`uid` or the next), Landlock, seccomp, limits.

    For one submission per container: its disk, its network address and its processes' names are
    shared with whatever else runs there.
    """

    uid: int | None
    readable: list[str]
    listable: list[str]
    scratch: str

    def user(self, number: int) -> int | None:
        """Return whom a submission runs as; who comes after it is another."""
        return None if self.uid is None else self.uid + number % 2

    def settle(self) -> None:
        """Let the warm parent see no more than a submission: what it finds, they must find."""
        confine.become_subreaper()
        site.sethelper()  # started without `site`, Python has no `help`
        confine.forbid_new_privileges()
        landlock.restrict(self.readable, [self.scratch, "/proc", *_devices()], self.listable)

    def unshare(self) -> None:
        """Do nothing: there are no namespaces."""

    def confine(self, number: int, memory: int, cpu_seconds: int) -> None:
        """Put up every layer.

        Raises:
            ConfinementError: one of them could not be had.
        """
        own = f"{self.scratch}/{number}"
        confine.become_subreaper()
        confine.first_victim_of_memory()
        user = self.user(number)
        tasks = watch.tasks_of(os.getuid() if user is None else user)
        confine.set_limits(memory, cpu_seconds, confine.PROCESSES + tasks)
        if user is not None:
            confine.become_student(user)
        os.chdir(own)
        os.environ.update(HOME=own, TMPDIR=own)
        confine.drop_privileges()
        landlock.restrict(self.readable, [own, *_devices()], self.listable)
        seccomp.install(attributes=False)

    def stored(self, number: int, process: int) -> int:
        """Return how many bytes lie in the submission's folder, roughly."""
        return watch.in_folder(f"{self.scratch}/{number}")

    def end(self, process: int) -> None:
        """Kill a submission's first process; `sweep` ends the others."""
        os.kill(process, signal.SIGKILL)

    def sweep(self, firsts: Collection[int]) -> None:
        """Kill what submissions left behind or let go of."""
        watch.sweep(firsts)


class Plain(msgspec.Struct, tag="none"):
    """No wall: a process like any other, for code that is our own."""

    def settle(self) -> None:
        """Adopt orphans."""
        confine.become_subreaper()

    def unshare(self) -> None:
        """Do nothing."""

    def confine(self, number: int, memory: int, cpu_seconds: int) -> None:
        """Set limits, against accidents."""
        os.setsid()
        confine.set_limits(memory, cpu_seconds)
        os.chdir(os.environ["HOME"])

    def stored(self, number: int, process: int) -> int:
        """Return 0: the disk is everybody's."""
        return 0

    def end(self, process: int) -> None:
        """Kill a session: no namespace, so this is the nearest thing."""
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        os.kill(process, signal.SIGKILL)

    def sweep(self, firsts: Collection[int]) -> None:
        """Leave the rest alone."""


Tier = Bwrap | BwrapEach | Landlocked | Plain


def _devices() -> list[str]:
    return [place for place in DEVICES if os.path.exists(place)]
