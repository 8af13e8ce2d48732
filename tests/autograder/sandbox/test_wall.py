"""The wall: what our canary tries, what a submission tries, and how it all ends."""

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from importlib import metadata
from pathlib import Path

import pytest

from autograder.assignment import Limits
from autograder.rooms import PROJECT
from autograder.sandbox import canary, launch, mounts
from autograder.sandbox.canary import TRIALS, send_canary
from autograder.sandbox.inside.watch import below
from autograder.sandbox.launch import find_bwrap
from autograder.sandbox.replies import Fault
from autograder.sandbox.submission import Submission
from autograder.sandbox.wall import Wall, WallError
from tests.autograder.sandbox.conftest import LIMITS, call, text


def test_the_canary_finds_no_way_through(wall, tmp_path):
    send_canary(wall, tmp_path)


def test_the_canary_refuses_where_there_is_no_wall(tmp_path):
    with Wall("none") as nothing, pytest.raises(WallError, match="a submission could read the"):
        send_canary(nothing, tmp_path)


def test_a_later_submission_finds_the_shell_as_the_first_one_did():
    """What is loaded for later ones leaves no trace: numbers of cells stand in reports."""
    look = (
        "x = 1\nprint(get_ipython().execution_count, In, sorted(k for k in vars() if k[0] != '_'))"
    )
    with Wall("bwrap") as fresh:
        told: list[str] = []
        for _ in range(6):
            with Submission(fresh, {0: look, 1: look}, {}, LIMITS) as peer:
                told.append("".join(text(run) for run in peer.run().values()))
    assert told == [told[0]] * 6
    assert "'get_ipython'" in told[0]


@pytest.mark.parametrize("trial", TRIALS)
def test_each_trial_of_the_canary_can_succeed(trial, monkeypatch, wall, tmp_path):
    """Code behind the wall that could do it is found out, and the refusal says what."""
    monkeypatch.setattr(canary, "ATTEMPTS", f"{canary.ATTEMPTS}\n{trial} = lambda: True\n")
    with pytest.raises(WallError, match=f"a submission could {TRIALS[trial]}; nothing is graded"):
        send_canary(wall, tmp_path)


def test_root_needs_a_second_user_and_an_ordinary_user_does_not(monkeypatch, tmp_path):
    """The kernel counts no processes of root's: only another user makes the limit hold."""
    monkeypatch.setattr(launch, "separate_user", lambda: nullcontext(None))
    root = pytest.raises(WallError, match="processes without end")
    with Wall("bwrap") as raised, root if os.geteuid() == 0 else nullcontext():
        send_canary(raised, tmp_path)


def test_a_canary_that_does_not_answer_is_a_refusal(wall, monkeypatch, tmp_path):
    monkeypatch.setattr(canary, "ATTEMPTS", "import os; os._exit(0)")
    with pytest.raises(WallError, match="did not answer"):
        send_canary(wall, tmp_path)


def test_without_bubblewrap_there_is_no_wall(monkeypatch):
    monkeypatch.setattr(launch, "find_bwrap", lambda: None)
    with pytest.raises(WallError, match="apt-get install bubblewrap"), Wall("bwrap"):
        pass


def test_bubblewrap_is_the_systems_or_the_wheels(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    wheels = find_bwrap()
    assert wheels is not None
    assert Path(wheels).name == "bwrap"
    assert "bubblewrap" in wheels

    def absent(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "files", absent)
    assert find_bwrap() is None


def test_a_wall_that_cannot_start_says_why(monkeypatch):
    monkeypatch.setattr(mounts, "WALL", "/elsewhere")
    monkeypatch.setattr(mounts, "INSIDE", Path("/nowhere"))
    with pytest.raises(WallError, match=r"the wall does not answer: .*nowhere"), Wall("bwrap"):
        pass


def test_a_wall_that_fell_says_so():
    before = behind_walls()
    with Wall("bwrap") as fallen:
        for process in behind_walls() - before:
            with suppress(ProcessLookupError):  # the first takes the others with it
                os.kill(process, signal.SIGKILL)
        assert soon_gone(lambda: behind_walls() - before)
        with pytest.raises(WallError, match="does not answer"):
            Submission(fallen, {0: "1"}, {}, LIMITS).run()


# --- what a submission sees ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [
        str(PROJECT),
        str(PROJECT / "reference" / "scalar.py"),
        str(PROJECT / "classroom"),
        "/etc/passwd",
        "/home",
        "/bin/sh",
        "/usr/bin/env",
        "/sys",
        "/var",
    ],
)
def test_a_submission_cannot_see(place, said):
    assert said(f"import os; print(os.path.lexists({place!r}))") == "ok\nFalse\n"


@pytest.mark.parametrize("module", ["reference", "autograder", "scipy", "nbgrader", "pytest"])
def test_a_submission_cannot_import(module, said):
    assert "ModuleNotFoundError" in said(f"import {module}")


def test_no_file_of_the_graders_is_mounted():
    shown = [source.resolve() for source, _ in mounts.course()]
    shown += [source.resolve() for source, _ in mounts.distributions()]
    for room in ("reference", "source_notebooks", "autograder/suites", "classroom", "tests"):
        assert not any(source.is_relative_to(PROJECT / room) for source in shown)
    assert not any(source.name == "site-packages" for source in shown)
    names = {Path(target).parts[2] for _, target in mounts.distributions()}
    assert {"numpy", "matplotlib", "IPython", "ipywidgets"} <= names
    assert names.isdisjoint({"scipy", "sklearn", "pytest", "nbgrader", "reference", "autograder"})


def test_the_kit_behind_the_wall_is_the_grading_edition():
    by_target = {target: source for source, target in mounts.course()}
    for file in mounts.EDITION.glob("*.py"):
        assert by_target[f"/site/course/{file.name}"] == file
    assert by_target["/site/course/__init__.py"] == mounts.KIT / "__init__.py"


def test_a_submission_cannot_see_what_another_wrote_or_does(submission, said):
    first = submission(
        "for place in ('/tmp/x', '/work/x', '/dev/shm/x'): open(place, 'w').write('answers')",
        "import numpy\nnumpy.pi = 3.0",
    )
    assert [run.fate for run in first.run().values()] == ["ok", "ok"]
    look = (
        "import os, numpy\n"
        "print([p for p in ('/tmp/x', '/work/x', '/dev/shm/x') if os.path.exists(p)])\n"
        "print([p for p in os.listdir('/proc') if p.isdigit()], numpy.pi)"
    )
    assert said(look) == "ok\n[]\n['1'] 3.141592653589793\n"


def test_a_submission_cannot_write_outside_its_scratch_disks(said):
    places = ["/", "/dev", "/site", "/site/numpy", "/wall/inside", "/usr/lib", "/proc/sys/kernel"]
    attempt = (
        "for place in PLACES:\n"
        "    try: open(place + '/zz', 'w'); print('wrote', place)\n"
        "    except OSError: pass\n"
        "open('/tmp/mine', 'w'); open('/work/mine', 'w'); print('scratch')"
    )
    assert said(attempt.replace("PLACES", repr(places))) == "ok\nscratch\n"


def test_a_submission_cannot_reach_a_server(said):
    with socket.create_server(("127.0.0.1", 0)) as server:
        attempt = (
            f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}))"
        )
        assert "PermissionError" in said(attempt)


def test_a_submission_knows_nothing_of_the_graders_environment(said, monkeypatch):
    monkeypatch.setenv("GRADERS_SECRET", "hunter2")
    with Wall("bwrap") as fresh:
        show = "import os\nprint(dict(os.environ), open('/proc/self/cmdline').read())"
        with Submission(fresh, {0: show}, {}, LIMITS) as peer:
            seen = text(peer.run()[0])
    assert "hunter2" not in seen
    assert "GRADERS" not in seen


def test_a_submission_is_another_user_of_the_host_where_root_grades(submission):
    before = behind_walls()
    submission("x = 1").run()
    owners = {Path(f"/proc/{number}").stat().st_uid for number in behind_walls() - before}
    assert owners == {200_000 if os.geteuid() == 0 else os.geteuid()}


# --- what it may use -----------------------------------------------------------------------------

FORK_MANY = """
import os, time
children = 0
try:
    while children < 300:
        if os.fork() == 0:
            time.sleep(60); os._exit(0)
        children += 1
except OSError:
    pass
print(children)
"""


def test_processes_are_limited(said):
    assert 5 < int(said(FORK_MANY).removeprefix("ok\n")) < 60


def test_memory_asked_for_at_once_is_refused(said):
    assert "MemoryError" in said("import numpy as np\nx = np.ones(10 * 2**30 // 8)")


@pytest.mark.parametrize(
    "eater",
    [
        "for _ in range(6):\n    if os.fork() == 0: break\nx = bytearray(400 * 2**20)\n"
        "time.sleep(60)",
        "import mmap\nx = [mmap.mmap(-1, 2**30, mmap.MAP_PRIVATE | 32) for _ in range(2)]\n"
        "for y in x:\n    for at in range(0, 2**30, 4096): y[at] = 1\ntime.sleep(60)",
    ],
    ids=["many processes", "mapped memory"],
)
def test_memory_taken_bit_by_bit_ends_the_submission(eater, submission):
    patient = Limits(cell_seconds=30.0, notebook_seconds=60.0, call_seconds=2.0)
    runs = submission("import os, time\n" + eater, "print('after')", limits=patient).run()
    assert runs[0].fate == "memory"
    assert text(runs[1]) == "ok\nafter\n"


@pytest.mark.parametrize("name", [rb"\xff\xfe", rb"\x1cRssAnon:", rb"RssAnon:\t1 kB", rb"a\nPPid:"])
def test_no_name_of_a_process_confuses_the_memory_watch(name, submission):
    """The kernel tells names and sizes in one file; also of a child that has ended."""
    chosen = (
        "import ctypes, os, time\n"
        f"ctypes.CDLL(None).prctl(15, b'{name.decode()}', 0, 0, 0)\n"
        "if os.fork() == 0: os._exit(0)\n"
        "time.sleep(0.7); print('still here')"
    )
    (run,) = submission(chosen).run().values()
    assert (run.fate, text(run)) == ("ok", "ok\nstill here\n")


def test_disks_are_limited(said):
    fill = "for n in range(9): open(f'/work/{n}', 'wb').write(b'0' * 30 * 2**20)"
    assert "No space left" in said(fill)


def test_a_hundred_megabytes_printed_are_cut(said):
    assert 100_000 < len(said("print('x' * 100_000_000)")) < 300_000
    assert len(said("for _ in range(20_000): print('y' * 5_000)")) < 300_000


def test_a_submission_does_not_speak_in_the_walls_name(submission, wall):
    peer = submission("import os\nfor fd in (1, 2): os.write(fd, b'I am the wall')")
    assert peer.run()[0].fate == "ok"
    assert "I am the wall" not in (wall._folder / "log").read_text()


def behind_walls() -> set[int]:
    """Return the processes of the walls that this process put up."""
    walls: set[int] = set()
    for number in below(os.getpid()):
        with suppress(OSError):
            command = Path(f"/proc/{number}/cmdline").read_bytes()  # empty of one that has ended
            if b"inside.zygote" in command:  # a browser's processes descend from this one too
                walls.add(number)
    return walls


def soon_gone(processes: Callable[[], set[int]]) -> bool:
    deadline = time.monotonic() + 5
    while processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not processes()


def test_what_a_submission_leaves_behind_ends_with_it(submission):
    before = behind_walls()
    peer = submission(
        "import ctypes, os, threading, time\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "for _ in range(3):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid(); ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)\n"
        "        if os.fork() == 0: time.sleep(60)\n"
        "        os._exit(0)\n"
        "def g():\n"
        "    if os.fork() == 0: os.setsid(); time.sleep(60)\n"
        "    return 1"
    )
    assert peer.run()[0].fate == "ok"
    assert call(peer, "def p(): return g()", names=["g"]) == 1
    assert len(behind_walls() - before) >= 4
    peer.__exit__()
    assert soon_gone(lambda: behind_walls() - before)


def test_a_closed_wall_leaves_nothing_behind():
    before = behind_walls()
    with Wall("bwrap") as raised:
        raised.open()
        assert behind_walls() - before
    assert soon_gone(lambda: behind_walls() - before)


def test_without_a_wall_our_own_code_runs_all_the_same():
    cells = {0: "def g(x): return x + 1"}
    with Wall("none") as nothing, Submission(nothing, cells, {}, LIMITS) as peer:
        assert peer.run()[0].fate == "ok"
        assert call(peer, "def p(x): return g(x)", 1, names=["g"]) == 2
        with pytest.raises(Fault, match="missing h"):
            call(peer, "def p(): return h()", names=["h"])
