"""The filter of system calls, in a fork of its own."""

import errno
import mmap
import os
import platform
import resource
import socket
import struct
import threading
from collections.abc import Callable
from functools import partial

import pytest

from autograder.sandbox.inside import confine, seccomp
from autograder.sandbox.inside.kernel import ConfinementError
from tests.autograder.sandbox.forks import in_fork, syscall


def filtered() -> None:
    confine.forbid_new_privileges()
    seccomp.install()


COLUMN = seccomp.ARCHITECTURES[platform.machine()][0]


@pytest.mark.parametrize("name", [n for n, v in seccomp.DENIED.items() if v[COLUMN] >= 0])
def test_the_filter_denies(name):
    def attempt() -> str:
        filtered()
        return syscall(seccomp.DENIED[name][COLUMN], 0, 0, 0, 0, 0, 0)

    assert in_fork(attempt) == "EPERM"


def test_the_filter_denies_namespaces_but_not_processes_and_threads():
    def attempt() -> list[object]:
        filtered()
        namespaces = [
            confine.CLONE_NEWUSER,
            confine.CLONE_NEWNS,
            confine.CLONE_NEWPID | 17,
            confine.CLONE_NEWNET,
        ]
        clones = [syscall(seccomp.CLONE[COLUMN], flags, 0, 0, 0, 0) for flags in namespaces]
        clones.append(syscall(seccomp.CLONE3[COLUMN], 0, 0))
        child = os.fork()
        if child == 0:
            os._exit(7)
        thread = threading.Thread(target=lambda: clones.append("thread"))
        thread.start()
        thread.join()
        return [*clones, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]

    assert in_fork(attempt) == ["EPERM"] * 4 + ["ENOSYS", "thread", 7]


def refusals(attempts: dict[str, Callable[[], object]]) -> dict[str, str]:
    """Return for each attempt the error's name, or "done"."""
    answers: dict[str, str] = {}
    for name, attempt in attempts.items():
        try:
            attempt()
            answers[name] = "done"
        except OSError as error:
            answers[name] = errno.errorcode[error.errno or 0]
    return answers


def test_the_filter_allows_pairs_of_sockets_alone():
    families = ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_UNIX"]

    def attempt() -> dict[str, str]:
        filtered()
        pair = socket.socketpair()
        return refusals(
            {
                **{name: partial(socket.socket, getattr(socket, name)) for name in families},
                "stream": socket.socketpair,
                "packets": partial(socket.socketpair, type=socket.SOCK_SEQPACKET),
                "datagrams": partial(socket.socketpair, type=socket.SOCK_DGRAM),
                "raw": partial(socket.socketpair, type=socket.SOCK_RAW),
                "connect": partial(pair[0].connect, "\0anywhere"),
                "bind": partial(pair[0].bind, "\0anywhere"),
            }
        )

    pairs = {"stream": "done", "packets": "done", "datagrams": "EACCES", "raw": "EACCES"}
    ways_out = {"connect": "EPERM", "bind": "EPERM"}
    assert in_fork(attempt) == dict.fromkeys(families, "EACCES") | pairs | ways_out


def test_the_filter_lets_limits_be_changed_of_ones_own_alone():
    def attempt() -> dict[str, str]:
        filtered()
        limit = (16, 16)
        return refusals(
            {
                "own": partial(resource.setrlimit, resource.RLIMIT_NOFILE, limit),
                "another's": partial(resource.prlimit, os.getppid(), resource.RLIMIT_NOFILE, limit),
            }
        )

    assert in_fork(attempt) == {"own": "done", "another's": "EPERM"}


def test_the_filter_refuses_memory_that_outlives_who_filled_it(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(bytes(mmap.PAGESIZE))
    private, shared = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS

    def attempt() -> dict[str, str]:
        filtered()
        with file.open("r+b") as opened:
            return refusals(
                {
                    "own": partial(mmap.mmap, -1, mmap.PAGESIZE, private),
                    "a file's": partial(mmap.mmap, opened.fileno(), mmap.PAGESIZE),
                    "shared": partial(mmap.mmap, -1, mmap.PAGESIZE, shared),
                }
            )

    assert in_fork(attempt) == {"own": "done", "a file's": "done", "shared": "EPERM"}


@pytest.mark.parametrize("allowed", [True, False])
def test_modes_and_times_of_files_are_kept_where_files_are_shared(allowed, tmp_path):
    file = tmp_path / "file"
    file.touch()
    attempts: dict[str, Callable[[], object]] = {
        "mode": partial(os.chmod, file, 0o600),
        "owner": partial(os.chown, file, os.getuid(), -1),
        "times": partial(os.utime, file),
        "open file": lambda: os.fchmod(os.open(file, os.O_RDONLY), 0o600),
        "attribute": partial(os.setxattr, file, "user.x", b"1"),
    }

    def attempt() -> dict[str, str]:
        confine.forbid_new_privileges()
        seccomp.install(attributes=allowed)
        return refusals(attempts)

    answers = in_fork(attempt)
    assert isinstance(answers, dict)
    if allowed:  # the disk may have no such attributes
        assert answers.pop("attribute") in ("done", "ENOTSUP", "EOPNOTSUPP")
    assert set(answers.values()) == {"done" if allowed else "EPERM"}


def test_the_filter_is_for_known_machines_only():
    with pytest.raises(ConfinementError, match="no table for riscv64"):
        seccomp.program("riscv64")
    for machine in seccomp.ARCHITECTURES:
        program = seccomp.program(machine, attributes=False)
        steps = [struct.unpack_from("HBBI", program, at) for at in range(0, len(program), 8)]
        for at, (operation, yes, no, _) in enumerate(steps[:-1]):
            assert operation == seccomp.RETURN or at + 1 + max(yes, no) < len(steps)
        assert steps[-1][0] == seccomp.RETURN


def test_without_the_filter_the_calls_reach_the_kernel():
    assert in_fork(lambda: syscall(seccomp.DENIED["memfd_create"][COLUMN], 0, 0)) == "EFAULT"
