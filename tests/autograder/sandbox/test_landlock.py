"""Landlock, in a fork of its own."""

import errno
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from autograder.sandbox.inside import confine, landlock
from tests.autograder.sandbox.forks import in_fork


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
        landlock.restrict(["/"], [str(mine)])
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
    if landlock.version() > 0:
        moved = answers.pop("move out")
        assert moved in ("EACCES", "EXDEV")
        done = {name for name, answer in answers.items() if answer == "done"}
        if landlock.version() < 3:
            done.discard("truncate")
        assert done == {"write in mine", "read"}
    else:
        assert set(answers.values()) == {"done"}, "an old kernel: the layer is left out"


def test_landlock_allows_reading_where_it_is_named_alone(tmp_path: Path):
    for name in ("read", "list", "deny"):
        (tmp_path / name / "below").mkdir(parents=True)
        (tmp_path / name / "below" / "file").write_text(name)

    def attempt() -> dict[str, str]:
        confine.forbid_new_privileges()
        landlock.restrict([str(tmp_path / "read")], [], [str(tmp_path / "list")])
        answers: dict[str, str] = {}
        for name in ("read", "list", "deny"):
            for what, look in (
                ("names", os.listdir),
                ("text", lambda at: (at / "file").read_text()),
            ):
                try:
                    look(tmp_path / name / "below")
                    answers[f"{name} {what}"] = "done"
                except PermissionError:
                    answers[f"{name} {what}"] = "refused"
        return answers

    answers = in_fork(attempt)
    if landlock.version() > 0:
        names = {"read names": "done", "list names": "done", "deny names": "refused"}
        texts = {"read text": "done", "list text": "refused", "deny text": "refused"}
        assert answers == names | texts


def test_landlock_keeps_signals_and_abstract_sockets_inside():
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("")
        server.listen()

        def attempt() -> dict[str, str]:
            confine.forbid_new_privileges()
            landlock.restrict(["/"], [])
            child = os.fork()
            if child == 0:
                signal.pause()
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            answers = {"child": "done"}
            with socket.socket(socket.AF_UNIX) as line:
                for name, out in (
                    ("parent", lambda: os.kill(os.getppid(), 0)),
                    ("socket", lambda: line.connect(server.getsockname())),
                ):
                    try:
                        out()
                        answers[name] = "done"
                    except PermissionError:
                        answers[name] = "refused"
            return answers

        kept = "refused" if landlock.version() >= landlock.SIGNALS else "done"
        assert in_fork(attempt) == {"child": "done", "parent": kept, "socket": kept}


def test_nobody_outside_can_be_traced():
    def attempt() -> bool:
        confine.forbid_new_privileges()
        landlock.restrict(["/"], [])
        try:
            open(f"/proc/{os.getppid()}/mem", "rb").close()
        except PermissionError:
            return False
        return True

    assert in_fork(attempt) is (landlock.version() == 0)
