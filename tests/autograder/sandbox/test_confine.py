"""Each layer of the confinement alone, in a fork of its own."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox.inside import confine, seccomp
from autograder.sandbox.inside.kernel import ConfinementError
from tests.autograder.sandbox.forks import in_fork


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

    assert 100 < int(str(in_fork(attempt))) <= 128


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
        confine.forbid_new_privileges()
        seccomp.install()
        try:
            confine.unshare()
        except ConfinementError as error:
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


@pytest.mark.parametrize("name", ["confine", "kernel", "landlock", "seccomp", "watch"])
def test_these_modules_need_nothing_of_ours(name):
    """They are mounted behind the wall alone."""
    folder = Path(confine.__file__).parent.parent
    code = f"import sys; sys.path.append({str(folder)!r}); import inside.{name}"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
