"""seccomp: which calls to the kernel a submission may make.

The filter refuses what reaches other processes, mounts, namespaces, the network or the kernel
itself. A refused call answers an error, so that Python raises and goes on.
"""

import ctypes
import platform
import struct

from .kernel import ConfinementError, check, libc

PR_SET_SECCOMP = 22
# Names in the order of the two columns of numbers: x86-64, AArch64; -1 where there is no such call.
DENIED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440), "kcmp": (312, 272),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "unshare": (272, 97), "setns": (308, 268),
    "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190),
    "mq_open": (240, 180), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "io_uring_setup": (425, 425), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "kexec_load": (246, 104), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264), "swapon": (167, 224), "reboot": (169, 142),
    "acct": (163, 89), "quotactl": (179, 60), "syslog": (103, 116), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "sethostname": (170, 161), "iopl": (172, -1), "ioperm": (173, -1),
    "personality": (135, 92), "setpriority": (141, 140), "ioprio_set": (251, 30),
    "sched_setaffinity": (203, 122), "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119), "sched_setattr": (314, 274),
}  # fmt: skip
# Landlock says nothing of these, and without mounts of its own a submission sees others' files.
ATTRIBUTES = {
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, -1), "fchown": (93, 55), "lchown": (94, -1), "fchownat": (260, 54),
    "utime": (132, -1), "utimes": (235, -1), "futimesat": (261, -1), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "removexattrat": (466, 466), "file_setattr": (469, 469),
}  # fmt: skip
CLONE, CLONE3 = (56, 220), (435, 435)
SOCKET, SOCKETPAIR, PRLIMIT, MMAP = (41, 198), (53, 199), (302, 261), (9, 222)
SHARED_ANONYMOUS = 0x21  # MAP_SHARED and MAP_ANONYMOUS
NAMESPACES = 0x7E020000  # mount, control groups, host name, IPC, user, process, network
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS, EACCES = 1, 38, 13
KIND, DATAGRAM, RAW = 15, 2, 3  # of a socket: the bits that say it, and two that need no connection
LOAD, AND, JUMP_EQUAL, JUMP_GREATER_EQUAL = 0x20, 0x54, 0x15, 0x35
JUMP_SET, RETURN = 0x45, 0x06
NUMBER, MACHINE, FIRST, SECOND, FOURTH = (
    0,
    4,
    16,
    24,
    40,
)  # where the kernel shows the call and its arguments

Instruction = tuple[int, int, int, int]


def program(machine: str, attributes: bool = True) -> bytes:
    """Return the filter as BPF.

    Args:
        machine: the architecture, as `platform.machine` tells it.
        attributes: whether modes, owners and times of files may be changed.

    Raises:
        ConfinementError: the machine's architecture has no table here.
    """
    if machine not in ARCHITECTURES:
        raise ConfinementError(f"seccomp has no table for {machine}")
    column, audit = ARCHITECTURES[machine]
    code = [(LOAD, 0, 0, MACHINE), (JUMP_EQUAL, 1, 0, audit), (RETURN, 0, 0, KILL)]
    code += [(LOAD, 0, 0, NUMBER)]
    code += [(JUMP_GREATER_EQUAL, 0, 1, 0x40000000), (RETURN, 0, 0, KILL)]  # x32 calls
    for numbers in [*DENIED.values(), *(() if attributes else ATTRIBUTES.values())]:
        if numbers[column] >= 0:
            code += [(JUMP_EQUAL, 0, 1, numbers[column]), (RETURN, 0, 0, ERRNO | EPERM)]
    # clone3's flags lie in memory, where a filter cannot look: libc falls back to clone.
    code += [(JUMP_EQUAL, 0, 1, CLONE3[column]), (RETURN, 0, 0, ERRNO | ENOSYS)]
    code += _look_at(
        CLONE[column], FIRST, (JUMP_SET, 0, 1, NAMESPACES), (RETURN, 0, 0, ERRNO | EPERM)
    )
    # A pair of sockets is a pipe and has its use; any other socket leads out. Datagrams do from a
    # pair too: they go where their address says.
    code += [(JUMP_EQUAL, 0, 1, SOCKET[column]), (RETURN, 0, 0, ERRNO | EACCES)]
    code += _look_at(
        SOCKETPAIR[column],
        SECOND,
        (AND, 0, 0, KIND),
        (JUMP_EQUAL, 1, 0, DATAGRAM),
        (JUMP_EQUAL, 0, 1, RAW),
        (RETURN, 0, 0, ERRNO | EACCES),
    )
    # Shared pages stay when the process that filled them has ended, and count for nobody then.
    code += _look_at(
        MMAP[column],
        FOURTH,
        (AND, 0, 0, SHARED_ANONYMOUS),
        (JUMP_EQUAL, 0, 1, SHARED_ANONYMOUS),
        (RETURN, 0, 0, ERRNO | EPERM),
    )
    # Limits are a process's own: 0 means itself.
    code += _look_at(PRLIMIT[column], FIRST, (JUMP_EQUAL, 1, 0, 0), (RETURN, 0, 0, ERRNO | EPERM))
    code += [(RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)


def _look_at(call: int, argument: int, *judge: Instruction) -> list[Instruction]:
    """Let instructions judge one argument of a call; what they do not refuse is allowed."""
    body = [(LOAD, 0, 0, argument), *judge, (RETURN, 0, 0, ALLOW)]
    return [(JUMP_EQUAL, 0, len(body), call), *body]


def install(attributes: bool = True) -> None:
    """Put the filter up, for good.

    Raises:
        ConfinementError: it could not be had.
    """
    code = program(platform.machine(), attributes)
    buffer = ctypes.create_string_buffer(code, len(code))
    holder = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    check(libc.prctl(PR_SET_SECCOMP, 2, holder, 0, 0), "seccomp")
