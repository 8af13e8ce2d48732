"""What the canary tries behind the wall: it is run there as a cell, and never imported here.

Each function says whether it could do what a submission must not. What it could not do it leaves as
it was: where it succeeds, nothing is lost.
"""

import contextlib
import ctypes
import errno
import mmap
import os
import socket
import time

PLACES: list[str] = []
PROCESSES: list[int] = []
TCP, UDP = 0, 0
STREAMS: list[str | bytes] = []
DATAGRAMS: list[str | bytes] = []
PROCESS_VM_READV = {"x86_64": 310, "aarch64": 270}
PTRACE_SEIZE = 0x4206
NEW_USER, NEW_MOUNTS = 0x10000000, 0x00020000
libc = ctypes.CDLL(None, use_errno=True)


def reads_the_classroom() -> bool:
    """Read a file or a folder's names."""
    for place in PLACES:
        try:
            os.close(os.open(place, os.O_RDONLY))
            return True
        except OSError:
            continue
    return False


def changes_the_classroom() -> bool:
    """Give a file the mode that it has, or open it for writing."""
    for place in PLACES:
        try:
            os.chmod(place, os.stat(place).st_mode)
            return True
        except OSError:
            pass
        try:
            os.close(os.open(place, os.O_WRONLY))
            return True
        except OSError:
            continue
    return False


def reaches_the_network() -> bool:
    """Connect, or send a datagram, also from a socket that came as one of a pair."""
    targets = [(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", TCP))]
    targets += [(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", UDP))]
    targets += [(socket.AF_UNIX, socket.SOCK_STREAM, address) for address in STREAMS]
    targets += [(socket.AF_UNIX, socket.SOCK_DGRAM, address) for address in DATAGRAMS]
    for family, kind, address in targets:
        for pair in (False, True):
            try:
                opened = socket.socketpair(type=kind)[0] if pair else socket.socket(family, kind)
                with opened as line:
                    line.settimeout(1)
                    if kind == socket.SOCK_DGRAM:
                        line.sendto(b"x", address)
                    else:
                        line.connect(address)
                return True
            except (OSError, TypeError):
                continue
    return False


def others() -> set[int]:
    """Return the processes that can be named from here, but for this one."""
    found = set(PROCESSES)
    with contextlib.suppress(OSError):
        found |= {int(entry) for entry in os.listdir("/proc") if entry.isdigit()}
    return found - {os.getpid()}


def reads_anothers_memory() -> bool:
    """Open a process's memory, or copy from it."""
    number = PROCESS_VM_READV.get(os.uname().machine, -1)
    space = ctypes.create_string_buffer(8)
    piece = (ctypes.c_size_t * 2)(ctypes.addressof(space), 8)
    for process in others():
        try:
            os.close(os.open(f"/proc/{process}/mem", os.O_RDONLY))
            return True
        except OSError:
            pass
        done = libc.syscall(number, process, piece, 1, piece, 1, 0)
        if done >= 0 or ctypes.get_errno() == errno.EFAULT:
            return True
    return False


def traces_another() -> bool:
    """Take hold of a process as a debugger does."""
    return any(libc.ptrace(PTRACE_SEIZE, process, 0, 0) == 0 for process in others())


def signals_another() -> bool:
    """See whether the grader or a sibling would get a signal."""
    for process in set(PROCESSES) - {os.getpid()}:
        try:
            os.kill(process, 0)
            return True
        except OSError:
            continue
    return False


def mounts() -> bool:
    """Mount a disk, or make a namespace in which one could."""
    if libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None) == 0:
        return True
    return any(libc.unshare(kind) == 0 for kind in (NEW_USER, NEW_MOUNTS))


def forks_without_end() -> bool:
    """Start more processes than anybody needs."""
    children: list[int] = []
    try:
        for _ in range(200):
            child = os.fork()
            if child == 0:
                time.sleep(30)
                os._exit(0)
            children.append(child)
        return True
    except OSError:
        return False
    finally:
        for child in children:
            os.kill(child, 9)
            os.waitpid(child, 0)


def takes_uncounted_memory() -> bool:
    """Open a file that lies in memory and belongs to no disk, or map memory that others keep."""

    def maps_zero() -> None:
        with open("/dev/zero", "r+b") as zero:
            mmap.mmap(zero.fileno(), mmap.PAGESIZE).close()

    for way in (
        lambda: os.close(os.memfd_create("x")),
        lambda: mmap.mmap(-1, mmap.PAGESIZE).close(),
        maps_zero,
    ):
        try:
            way()
            return True
        except OSError:
            continue
    return False


def writes_outside() -> bool:
    """Make a file where none of ours may be, and take it away again."""
    for place in ("/site/x", "/wall/x", "/etc/x", "/x", "/usr/x", "/dev/x", *PLACES):
        name = f"{place}/autograder-canary" if place in PLACES else place
        try:
            open(name, "x").close()
            os.unlink(name)
            return True
        except OSError:
            continue
    return False
