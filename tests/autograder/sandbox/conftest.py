"""One wall for all tests of the sandbox, and short ways to run cells and programs behind it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

import pytest

from autograder.assignment import Limits
from autograder.commands import command_env
from autograder.program import Program
from autograder.rooms import PROJECT
from autograder.sandbox.replies import CellRun
from autograder.sandbox.submission import Submission
from autograder.sandbox.wall import Wall
from tests.autograder.sandbox import container

LIMITS = Limits(cell_seconds=3.0, notebook_seconds=20.0, call_seconds=2.0)

# Where root runs the tests, they are run as an ordinary user as well.
USERS = {"ordinary": ["--ordinary"]} if os.geteuid() else {"root": [], "ordinary": ["--ordinary"]}

Open = Callable[..., Submission]


@pytest.fixture
def submission(wall: Wall) -> Iterator[Open]:
    """Open a submission of these cells, numbered from 0; it is closed when the test ends."""
    opened: list[Submission] = []

    def open_one(*cells: str, limits: Limits = LIMITS, files: dict[str, bytes] | None = None):
        opened.append(Submission(wall, dict(enumerate(cells)), files or {}, limits))
        return opened[-1].__enter__()

    yield open_one
    for each in opened:
        each.__exit__()


@pytest.fixture
def said(submission: Open) -> Callable[..., str]:
    """Run cells and return what the last of them printed or raised, as one text."""

    def run(*cells: str) -> str:
        return text(submission(*cells).run()[len(cells) - 1])

    return run


def text(run: CellRun) -> str:
    """Put the outputs of a cell into one text."""
    parts = [run.fate]
    for output in run.outputs:
        parts += [output.text, *output.data.values(), output.ename, output.evalue]
    return "\n".join(part for part in parts if part)


def program(source: str, *names: str) -> Program:
    """Make a program of a function's source; it is called as the function is."""
    return Program(source.split("(")[0].removeprefix("def ").strip(), "", source, names)


def call(peer: Submission, source: str, *inputs: object, names: Sequence[str] = ()) -> object:
    """Run a program on one case."""
    return peer.call(program(source, *names), [inputs])[0]


def contained(options: Sequence[str], *words: str, said: str = "", **env: str) -> str:
    """Run Python in a container (see `container`) and return what it wrote."""
    done = subprocess.run(
        [sys.executable, container.__file__, *options, sys.executable, *words],
        input=said,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**command_env(), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/tmp", **env},
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return done.stdout


def run_behind(
    options: Sequence[str], sandbox: str, submissions: dict[str, list[str]], **more: int
) -> dict[str, str]:
    """Run submissions behind a wall in a container and return what `behind` tells."""
    asked = {"sandbox": sandbox, "submissions": submissions, **more}
    words = ("-m", "tests.autograder.sandbox.behind")
    return json.loads(contained(options, *words, said=json.dumps(asked)))
