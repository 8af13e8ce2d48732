"""The watch: what submissions hold, in memory and on disks that are memory, seen from outside.

Limits of the kernel's are for one process; a submission may have many. A look is cheap: what the
processes hold, shared pages counted for each, is at least what they hold together. Only if that is
too much is it counted exactly, shared pages divided among those that share them (PSS).
"""

import ctypes
import os
import signal
import time
from collections.abc import Collection, Iterable
from pathlib import Path

MOST_FILES = 10_000
SWEEP_SECONDS = 5.0
RESIDENT = (b"RssAnon", b"RssShmem", b"VmSwap")
PROPORTIONAL = (b"Pss_Anon", b"Pss_Shmem", b"SwapPss")


def below(process: int) -> list[int]:
    """Return the processes that descend from one, itself left out."""
    found: list[int] = []
    waiting = [process]
    while waiting:
        try:
            for thread in Path(f"/proc/{waiting.pop()}/task").iterdir():
                children = [int(word) for word in (thread / "children").read_text().split()]
                found += children
                waiting += children
        except OSError:
            continue  # it has ended
    return found


def exceeds(process: int, room: int) -> bool:
    """Say whether a process and all below it hold more bytes of memory than there is room for."""
    family = [process, *below(process)]
    if sum(map(resident, family)) <= room:
        return False
    return _held_together(family) > room


def _held_together(family: list[int]) -> int:
    """Return what processes hold beyond what they have in common with this one, the warm parent."""
    own = os.getpid()
    held = [own, *filter(resident, family)]  # what has ended holds nothing, and tells nothing
    shares = {process: _sizes(process, "smaps_rollup", PROPORTIONAL) for process in held}
    if all(shares.values()):
        lent = resident(own) - sum(shares.pop(own))
        return sum(map(sum, shares.values())) - max(0, lent)
    # Some may not be looked at: what they share is then counted for each.
    return sum(max(0, resident(process) - resident(own)) for process in family)


def resident(process: int) -> int:
    """Return what one process holds in memory, in bytes, without what lies in files."""
    return sum(_sizes(process, "status", RESIDENT))


def _sizes(process: int, file: str, names: Collection[bytes]) -> list[int]:
    """Return the sizes of these names in one of the kernel's files, [] if it cannot be read."""
    try:
        text = Path(f"/proc/{process}/{file}").read_bytes()
    except OSError:
        return []
    # Bytes, and no other ends of lines: a process chooses its name, which may stand there too.
    fields = (line.split(b":", 1) for line in text.split(b"\n") if b":" in line)
    return [1024 * int(size.split()[0]) for name, size in fields if name in names]


def on_disks(places: Iterable[str]) -> int:
    """Return how many bytes are taken on the disks at these places."""
    taken = 0
    for place in places:
        try:
            disk = os.statvfs(place)
        except OSError:
            continue  # the process whose disk it was has ended
        taken += (disk.f_blocks - disk.f_bfree) * disk.f_frsize
    return taken


def in_folder(folder: str) -> int:
    """Return how many bytes the files of a folder take; more than anybody may, if it is a maze."""
    taken, files = 0, 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    files += 1
                    taken += 512 * entry.stat(follow_symlinks=False).st_blocks
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    if files > MOST_FILES:
                        return 2**62
        except FileNotFoundError:
            continue
        except OSError:
            return 2**62  # closed, or deeper than a path can say
    return taken


def sweep(firsts: Collection[int]) -> None:
    """Kill all that descends from this process, but these children and what is below them.

    Raises:
        TimeoutError: it multiplies faster than it dies.
    """
    finish = time.monotonic() + SWEEP_SECONDS
    while strays := _children() - set(firsts):
        if time.monotonic() > finish:
            raise TimeoutError("processes of a submission could not be ended")
        for stray in strays:
            for process in (*below(stray), stray):
                _kill(process)
            os.waitpid(stray, 0)


def _children() -> set[int]:
    return {
        int(word) for word in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    }


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def give_back() -> None:
    """Give this process's free memory back to the system: glibc keeps what lies between objects."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none
    if trim is not None:
        trim(0)


def tasks_of(uid: int) -> int:
    """Return how many tasks of a user there are: the kernel's limit counts all of them."""
    tasks = 0
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if place.stat().st_uid == uid:
                tasks += len(os.listdir(place / "task"))
        except OSError:
            continue
    return tasks
