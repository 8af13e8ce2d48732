"""Layers that confine one submission: namespaces, mounts, user, capabilities, limits.

Each is a function of its own, called once in a fresh fork, before any of the student's code.
`tiers` says which of them, with Landlock and seccomp, make a wall, and in what order.
"""

import os
import resource
import signal
import struct
from pathlib import Path

from .kernel import check, libc

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
NAMESPACES = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 24, 36, 38
MEGABYTE = 2**20
SCRATCH = {"/tmp": 256, "/work": 64, "/dev/shm": 16}
STUDENT_UID = 1000
PROCESSES = 48


def become_subreaper() -> None:
    """Adopt orphans, so that the parent of all sessions can end and count them."""
    check(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "subreaper")


def end_with_parent() -> None:
    """Let the kernel end this process when the one that forked it ends."""
    check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "parent death signal")


def unshare(kinds: int = NAMESPACES) -> None:
    """Give the next child namespaces of its own: mounts, processes, network, IPC, host name."""
    check(libc.unshare(kinds), "unshare")


def mount_scratch() -> None:
    """Mount a /proc of this process namespace and small scratch disks that vanish with it."""
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    check(libc.mount(b"proc", b"/proc", b"proc", flags, None), "mount /proc")
    for place, size in SCRATCH.items():
        options = f"size={size}m,nr_inodes=10000,mode=1777".encode()
        check(
            libc.mount(b"tmpfs", place.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, options),
            f"mount {place}",
        )


def become_student(uid: int) -> None:
    """Change to the student's user, whose processes the kernel counts apart."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def set_limits(memory: int, cpu_seconds: int, processes: int = PROCESSES) -> None:
    """Bound address space, CPU time, processes, files and core dumps."""
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_NOFILE: 128,
        resource.RLIMIT_FSIZE: 64 * MEGABYTE,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        resource.setrlimit(kind, (limit, limit))
    # Where the grader starts a wall in the midst of a test, its own bound is not the student's.
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def drop_bounds() -> None:
    """Let no program started later have a capability; a change of user takes the right to it."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        check(libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "capability bounds")


def drop_privileges() -> None:
    """Drop every capability that this process has, for good."""
    header = struct.pack("Ii", 0x20080522, 0)
    check(libc.capset(header, struct.pack("6I", 0, 0, 0, 0, 0, 0)), "capset")
    forbid_new_privileges()


def forbid_new_privileges() -> None:
    """No set-uid program regains what was dropped."""
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def first_victim_of_memory() -> None:
    """If the machine runs out of memory, the kernel takes this process first."""
    Path("/proc/self/oom_score_adj").write_text("1000")
