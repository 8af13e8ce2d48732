"""Run a command as in a stock container: no namespaces, no mounts, Docker's own capabilities.

`python container.py [--ordinary] [--nest-nothing] COMMAND...`

Started by root it also opens the folders above Python and the project to other users, in a mount
namespace of its own, and with `--ordinary` becomes one of them. `--nest-nothing` refuses nothing
but `unshare` with a mount namespace: bubblewrap starts (it uses clone), but no wall nests in it.
"""

import ctypes
import os
import struct
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
ROOT = os.geteuid() == 0
NOBODY = 65_534
NEW_MOUNTS, BIND, RECURSIVE, PRIVATE = 0x20000, 4096, 16384, 1 << 18
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 24, 38, 22
DOCKERS = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}
ERRNO, ALLOW, EPERM, ENOSYS = 0x50000, 0x7FFF0000, 1, 38
CALLS = {  # unshare, then clone, clone3, mount, setns
    "x86_64": (272, 56, 435, 165, 308),
    "aarch64": (97, 220, 435, 40, 268),
}
NAMESPACES = 0x7E020000
libc = ctypes.CDLL(None, use_errno=True)


def must(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def mount(source: str, target: Path, kind: str, flags: int, options: str = "") -> None:
    texts = [source.encode(), str(target).encode(), kind.encode()]
    must(libc.mount(*texts, flags, options.encode()))


def open_folders() -> None:
    """Lay open folders in the place of closed ones, with what is needed below them."""
    must(libc.unshare(NEW_MOUNTS))
    mount("none", Path("/"), "", RECURSIVE | PRIVATE)
    needed = {PROJECT, Path(sys.prefix), Path(sys.base_prefix)}
    for closed in [Path(each) for each in ("/root", "/work", "/home")]:
        if closed.is_dir() and not closed.stat().st_mode & 1:
            below = [place for place in needed if place.is_relative_to(closed)]
            kept = [(place, os.open(place, os.O_PATH)) for place in below]
            mount("tmpfs", closed, "tmpfs", 0, "mode=755")
            for place, opened in kept:
                place.mkdir(parents=True)
                mount(f"/proc/self/fd/{opened}", place, "", BIND | RECURSIVE)
                os.close(opened)


def refuse(nesting_alone: bool) -> None:
    unshare, clone, clone3, *others = CALLS[os.uname().machine]
    code = [(0x20, 0, 0, 0)]
    if nesting_alone:
        code += [(0x15, 0, 3, unshare), (0x20, 0, 0, 16)]
        code += [(0x45, 0, 1, NEW_MOUNTS), (0x06, 0, 0, ERRNO | EPERM)]
    else:
        for number in [unshare, *others]:
            code += [(0x15, 0, 1, number), (0x06, 0, 0, ERRNO | EPERM)]
        code += [(0x15, 0, 1, clone3), (0x06, 0, 0, ERRNO | ENOSYS)]
        code += [(0x15, 0, 3, clone), (0x20, 0, 0, 16)]
        code += [(0x45, 0, 1, NAMESPACES), (0x06, 0, 0, ERRNO | EPERM)]
    code.append((0x06, 0, 0, ALLOW))
    program = b"".join(struct.pack("HBBI", *each) for each in code)
    buffer = ctypes.create_string_buffer(program, len(program))
    holder = struct.pack("HxxxxxxP", len(code), ctypes.addressof(buffer))
    if not ROOT:
        must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    must(libc.prctl(PR_SET_SECCOMP, 2, holder, 0, 0))


def main() -> None:
    words = sys.argv[1:]
    options = {word for word in words[:2] if word.startswith("--")}
    nest_nothing = "--nest-nothing" in options
    if ROOT:
        open_folders()
    refuse(nest_nothing)
    if ROOT and "--ordinary" in options:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    elif ROOT and not nest_nothing:
        for capability in set(range(41)) - DOCKERS:
            must(libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
    command = words[len(options) :]
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
