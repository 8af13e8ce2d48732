"""Confinement of one submission: namespaces, mounts, user, capabilities, Landlock, seccomp, limits.

Called once in a fresh fork, before any of the student's code. Each layer is a function of its own;
the order matters: mounts need capabilities, the filter comes last because it forbids the rest.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
NAMESPACES = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
MEGABYTE = 2**20
SCRATCH = {"/tmp": 256, "/work": 64, "/dev/shm": 16}
STUDENT_UID = 1000
PROCESSES = 48


class ConfinementError(OSError):
    """A layer of the wall could not be had: nothing of the student's may run."""


def _check(result: int, what: str) -> int:
    if result < 0:
        raise ConfinementError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def become_subreaper() -> None:
    """Adopt orphans, so that the parent of all sessions can end and count them."""
    _check(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "subreaper")


def end_with_parent() -> None:
    """Let the kernel end this process when the one that forked it ends."""
    _check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "parent death signal")


def unshare() -> None:
    """Give the next child namespaces of its own: mounts, processes, network, IPC, host name."""
    _check(libc.unshare(NAMESPACES), "unshare")


def mount_scratch() -> None:
    """Mount a /proc of this process namespace and small scratch disks that vanish with it."""
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    _check(libc.mount(b"proc", b"/proc", b"proc", flags, None), "mount /proc")
    for place, size in SCRATCH.items():
        options = f"size={size}m,nr_inodes=10000,mode=1777".encode()
        _check(
            libc.mount(b"tmpfs", place.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, options),
            f"mount {place}",
        )


def become_student(uid: int) -> None:
    """Change to the student's user, whose processes the kernel counts apart."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def set_limits(memory: int, cpu_seconds: int) -> None:
    """Bound address space, CPU time, processes, files and core dumps."""
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_NPROC: PROCESSES,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_FSIZE: 64 * MEGABYTE,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        resource.setrlimit(kind, (limit, limit))


def drop_bounds() -> None:
    """Let no program started later have a capability; a change of user takes the right to it."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        _check(libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "capability bounds")


def drop_privileges() -> None:
    """Drop every capability that this process has, for good."""
    header = struct.pack("Ii", 0x20080522, 0)
    _check(libc.capset(header, struct.pack("6I", 0, 0, 0, 0, 0, 0)), "capset")
    forbid_new_privileges()


def forbid_new_privileges() -> None:
    """No set-uid program regains what was dropped."""
    _check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def first_victim_of_memory() -> None:
    """If the machine runs out of memory, the kernel takes this process first."""
    Path("/proc/self/oom_score_adj").write_text("1000")


# --- Landlock ------------------------------------------------------------------------------------

LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
READ_ACCESS = (1 << 0) | (1 << 2) | (1 << 3)  # execute, read file, read directory
WRITE_ACCESS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
ALL_TCP, ALL_SCOPES = 3, 3


def landlock_version() -> int:
    """Return the kernel's Landlock ABI, 0 where it has none."""
    return max(0, libc.syscall(LANDLOCK_CREATE, None, 0, 1))


def landlock(writable: list[str]) -> None:
    """Allow reading everywhere, writing in `writable` alone, and no TCP; skip on old kernels."""
    version = landlock_version()
    if version == 0:
        return
    access = WRITE_ACCESS[min(version, 3)]
    attributes = struct.pack(
        "QQQ", access, ALL_TCP if version >= 4 else 0, ALL_SCOPES if version >= 6 else 0
    )
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _check(libc.syscall(LANDLOCK_CREATE, attributes, size, 0), "landlock")
    for place, allowed in [("/", READ_ACCESS), *[(place, access) for place in writable]]:
        folder = os.open(place, os.O_PATH)
        rule = struct.pack("=Qi", allowed, folder)
        _check(libc.syscall(LANDLOCK_ADD, ruleset, 1, rule, 0), f"landlock {place}")
        os.close(folder)
    _check(libc.syscall(LANDLOCK_RESTRICT, ruleset, 0), "landlock")
    os.close(ruleset)


# --- seccomp -------------------------------------------------------------------------------------

# Names in the order of the two columns of numbers: x86-64, AArch64.
DENIED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "unshare": (272, 97), "setns": (308, 268),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194),
    "io_uring_setup": (425, 425), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "kexec_load": (246, 104), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264), "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    "swapon": (167, 224), "reboot": (169, 142), "acct": (163, 89), "quotactl": (179, 60),
    "syslog": (103, 116), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "sethostname": (170, 161), "iopl": (172, -1), "ioperm": (173, -1), "personality": (135, 92),
}  # fmt: skip
CLONE = (56, 220)
CLONE3 = (435, 435)
SOCKET = (41, 198)
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS, EACCES = 1, 38, 13
AF_UNIX = 1
LOAD, JUMP_EQUAL, JUMP_GREATER_EQUAL, JUMP_SET, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06


def seccomp_program(machine: str) -> bytes:
    """Return the filter as BPF: what is denied answers EPERM, so that Python raises and goes on.

    Raises:
        ConfinementError: the machine's architecture has no table here.
    """
    if machine not in ARCHITECTURES:
        raise ConfinementError(f"seccomp has no table for {machine}")
    column, audit = ARCHITECTURES[machine]
    code = [(LOAD, 0, 0, 4), (JUMP_EQUAL, 1, 0, audit), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    code += [(JUMP_GREATER_EQUAL, 0, 1, 0x40000000), (RETURN, 0, 0, KILL)]  # x32 calls
    for numbers in DENIED.values():
        if numbers[column] >= 0:
            code += [(JUMP_EQUAL, 0, 1, numbers[column]), (RETURN, 0, 0, ERRNO | EPERM)]
    # clone3's flags lie in memory, where a filter cannot look: libc falls back to clone.
    code += [(JUMP_EQUAL, 0, 1, CLONE3[column]), (RETURN, 0, 0, ERRNO | ENOSYS)]
    namespaces = NAMESPACES | CLONE_NEWUSER
    code += [(JUMP_EQUAL, 0, 4, CLONE[column]), (LOAD, 0, 0, 16)]
    code += [(JUMP_SET, 0, 1, namespaces), (RETURN, 0, 0, ERRNO | EPERM), (RETURN, 0, 0, ALLOW)]
    code += [(JUMP_EQUAL, 0, 4, SOCKET[column]), (LOAD, 0, 0, 16)]
    code += [(JUMP_EQUAL, 1, 0, AF_UNIX), (RETURN, 0, 0, ERRNO | EACCES), (RETURN, 0, 0, ALLOW)]
    code += [(RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)


def seccomp() -> None:
    """Refuse the calls that reach other processes, mounts, namespaces, networks or the kernel."""
    program = seccomp_program(platform.machine())
    buffer = ctypes.create_string_buffer(program, len(program))
    holder = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    _check(libc.prctl(PR_SET_SECCOMP, 2, holder, 0, 0), "seccomp")


def confine(memory: int, cpu_seconds: int, separate_user: bool) -> None:
    """Put up every layer, in the child that `unshare` prepared.

    Raises:
        ConfinementError: one of them could not be had.
    """
    mount_scratch()
    first_victim_of_memory()
    set_limits(memory, cpu_seconds)
    drop_bounds()
    if separate_user:
        become_student(STUDENT_UID)
    os.chdir("/work")
    drop_privileges()
    landlock(["/tmp", "/work", "/dev"])
    seccomp()
