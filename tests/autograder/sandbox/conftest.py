"""One wall for all tests of the sandbox, and short ways to run cells and programs behind it."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from autograder.assignment import Limits
from autograder.program import Program
from autograder.sandbox.submission import CellRun, Submission
from autograder.sandbox.wall import Wall

LIMITS = Limits(cell_seconds=3.0, notebook_seconds=20.0, call_seconds=2.0)

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
