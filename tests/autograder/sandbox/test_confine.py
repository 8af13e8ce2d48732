"""Each layer of the confinement alone, in a fork of its own."""

import ctypes
import errno
import json
import os
import platform
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.sandbox.inside import confine

KERNEL_HAS_LANDLOCK = confine.landlock_version() > 0


def in_fork(work: Callable[[], object]) -> object:
    """Run `work` in a fork and return its answer; an OSError is returned as its errno's name."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            try:
                answer = work()
            except OSError as error:
                answer = errno.errorcode.get(error.errno or 0, "OSError")
            os.write(writer, json.dumps(answer).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as said:
        text = said.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else "died"


def syscall(number: int, *arguments: int) -> str:
    """Make a system call and return how it ended."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    done = libc.syscall(number, *(ctypes.c_long(each) for each in arguments))
    return "done" if done >= 0 else errno.errorcode[ctypes.get_errno()]


def filtered() -> None:
    confine.forbid_new_privileges()
    confine.seccomp()


COLUMN = confine.ARCHITECTURES[platform.machine()][0]


@pytest.mark.parametrize("name", [n for n, v in confine.DENIED.items() if v[COLUMN] >= 0])
def test_the_filter_denies(name):
    def attempt() -> str:
        filtered()
        return syscall(confine.DENIED[name][COLUMN], 0, 0, 0, 0, 0, 0)

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
        clones = [syscall(confine.CLONE[COLUMN], flags, 0, 0, 0, 0) for flags in namespaces]
        clones.append(syscall(confine.CLONE3[COLUMN], 0, 0))
        child = os.fork()
        if child == 0:
            os._exit(7)
        thread = threading.Thread(target=lambda: clones.append("thread"))
        thread.start()
        thread.join()
        return [*clones, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]

    assert in_fork(attempt) == ["EPERM"] * 4 + ["ENOSYS", "thread", 7]


def test_the_filter_allows_sockets_of_this_machine_alone():
    def attempt() -> list[str]:
        filtered()
        answers = ["unix"]
        socket.socketpair()[0].close()
        for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET):
            try:
                socket.socket(family).close()
                answers.append("opened")
            except OSError as error:
                answers.append(errno.errorcode[error.errno or 0])
        return answers

    assert in_fork(attempt) == ["unix", *["EACCES"] * 4]


def test_the_filter_is_for_known_machines_only():
    with pytest.raises(confine.ConfinementError, match="no table for riscv64"):
        confine.seccomp_program("riscv64")
    for machine in confine.ARCHITECTURES:
        program = confine.seccomp_program(machine)
        steps = [struct.unpack_from("HBBI", program, at) for at in range(0, len(program), 8)]
        for at, (operation, yes, no, _) in enumerate(steps[:-1]):
            assert operation == confine.RETURN or at + 1 + max(yes, no) < len(steps)
        assert steps[-1][0] == confine.RETURN


def test_without_the_filter_the_calls_reach_the_kernel():
    assert in_fork(lambda: syscall(confine.DENIED["memfd_create"][COLUMN], 0, 0)) == "EFAULT"


def test_limits_hold():
    def attempt() -> dict[str, object]:
        confine.set_limits(2**31, 5)
        try:
            bytearray(3 * 2**30)
            memory = "had"
        except MemoryError:
            memory = "MemoryError"
        return {
            "memory": memory,
            "cpu": resource.getrlimit(resource.RLIMIT_CPU),
            "processes": resource.getrlimit(resource.RLIMIT_NPROC),
            "core": resource.getrlimit(resource.RLIMIT_CORE),
            "file": resource.getrlimit(resource.RLIMIT_FSIZE)[1],
        }

    assert in_fork(attempt) == {
        "memory": "MemoryError",
        "cpu": [5, 5],
        "processes": [confine.PROCESSES] * 2,
        "core": [0, 0],
        "file": 64 * confine.MEGABYTE,
    }


def test_open_files_are_limited():
    def attempt() -> int:
        confine.set_limits(2**33, 5)
        for number in range(1000):
            try:
                os.open("/dev/null", os.O_RDONLY)
            except OSError as error:
                return number if error.errno == errno.EMFILE else -1
        return 1000

    assert 100 < int(str(in_fork(attempt))) < 256


def test_landlock_allows_reading_and_writing_in_named_folders_alone(tmp_path: Path):
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.mkdir()
    other.mkdir()
    (other / "file").write_text("x")
    changes: dict[str, Callable[[], object]] = {
        "write in mine": lambda: (mine / "new").write_text("x"),
        "write in other": lambda: (other / "new").write_text("x"),
        "change": lambda: (other / "file").write_text("y"),
        "delete": lambda: (other / "file").unlink(),
        "truncate": lambda: os.truncate(other / "file", 0),
        "make a folder": lambda: (other / "folder").mkdir(),
        "move out": lambda: (mine / "new").rename(other / "new"),
        "read": lambda: (other / "file").read_text(),
    }

    def attempt() -> dict[str, object]:
        confine.forbid_new_privileges()
        confine.landlock([str(mine)])
        answers: dict[str, object] = {}
        for name, change in changes.items():
            try:
                change()
                answers[name] = "done"
            except OSError as error:
                answers[name] = errno.errorcode[error.errno or 0]
        return answers

    answers = in_fork(attempt)
    assert isinstance(answers, dict)
    if KERNEL_HAS_LANDLOCK:
        moved = answers.pop("move out")
        assert moved in ("EACCES", "EXDEV")
        done = {name for name, answer in answers.items() if answer == "done"}
        if confine.landlock_version() < 3:
            done.discard("truncate")
        assert done == {"write in mine", "read"}
    else:
        assert set(answers.values()) == {"done"}, "an old kernel: the layer is left out"


def test_no_capability_is_left_and_none_comes_back():
    def attempt() -> str:
        if os.geteuid() == 0:
            confine.drop_bounds()
        confine.drop_privileges()
        return Path("/proc/self/status").read_text()

    fields = dict(line.split(":\t") for line in str(in_fork(attempt)).splitlines() if ":\t" in line)
    assert {fields[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert fields["NoNewPrivs"] == "1"
    if os.geteuid() == 0:
        assert fields["CapBnd"] == "0" * 16


def test_end_with_parent():
    """The grandchild ends when the child does, which leaves it behind."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            confine.end_with_parent()
            os.write(writer, b"ready")
            signal.pause()
        os.read(reader, 5)
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader, "rb") as said:
        assert said.read() == b"", "the pipe ends when its last writer does"


def test_a_layer_that_cannot_be_had_is_an_error():
    def attempt() -> object:
        filtered()
        try:
            confine.unshare()
        except confine.ConfinementError as error:
            return str(error)
        return "unshared"

    assert "unshare: Operation not permitted" in str(in_fork(attempt))


def test_every_layer_is_put_up_behind_the_wall(said):
    """In the real place: another user, no capability, the filter, limits, a scratch folder."""
    facts = json.loads(
        said(
            "import json, os, resource\n"
            "status = open('/proc/self/status').read()\n"
            "fields = dict(l.split(':\\t') for l in status.splitlines() if ':\\t' in l)\n"
            "print(json.dumps({'uid': os.getuid(), 'bound': fields['CapBnd'].strip(),\n"
            " 'filter': fields['Seccomp'], 'privileges': fields['NoNewPrivs'],\n"
            " 'pid': os.getpid(), 'folder': os.getcwd(), 'host': os.uname().nodename,\n"
            " 'oom': open('/proc/self/oom_score_adj').read().strip()}))"
        ).removeprefix("ok\n")
    )
    assert facts == {
        "uid": confine.STUDENT_UID if os.geteuid() == 0 else os.getuid(),
        "bound": "0" * 16,
        "filter": "2",
        "privileges": "1",
        "pid": 1,
        "folder": "/work",
        "host": "submission",
        "oom": "1000",
    }


def test_this_module_needs_nothing_of_ours():
    """It is mounted behind the wall alone."""
    code = "import runpy, sys; runpy.run_path(sys.argv[1])"
    subprocess.run([sys.executable, "-I", "-S", "-c", code, confine.__file__], check=True)
