"""What a case of the corpus is: a function that returns a submission, and what it may earn.

```python
@case(solves="double")
def says_that_it_equals_everything():
    '''An array that claims to equal everything.'''
    return '''
    class Liar(np.ndarray): ...

    # %% tally
    class Tally: ...
    '''
```

The text is laid over the release in percent format: a cell `# %% tally` takes the place of the
exercise's own, `# %% [markdown]` is prose, `# %% [markdown] essay` the essay, and every other cell
is added at the end. Exercises in `solves` hold the right answer and keep exactly their points; all
others get none. A case may also return a function of the notebook, for what no text can say; that
returns a notebook or bytes. Files of cases stand in `cases/`, a family each; a new file needs no
other mention.
"""

import importlib
import pkgutil
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from autograder.assignment import read_assignment
from tests.hostile import cases, course

Notebook: TypeAlias = dict[str, object]
Submission: TypeAlias = "str | bytes | Callable[[Notebook], Notebook | bytes]"
HEADING = re.compile(r"^# %%(.*)$", re.MULTILINE)
ALL = "*"
"""All exercises, for `solves`."""


@dataclass(frozen=True)
class Case:
    """One submission and its due.

    `earns` is only given where it is not what the solved exercises are worth. `hurried` gives it
    little time: it is about something that hangs. `tells` are words that its report must have.
    """

    name: str
    make: Callable[[], Submission]
    solves: tuple[str, ...]
    assignment: str
    earns: Mapping[str, float] | None
    hurried: bool
    tells: tuple[str, ...]
    hides: tuple[str, ...]


CASES: list[Case] = []
Maker: TypeAlias = Callable[[], Submission]


def case(
    *,
    solves: str = "",
    assignment: str = course.NAME,
    earns: Mapping[str, float] | None = None,
    hurried: bool = False,
    tells: tuple[str, ...] = (),
    hides: tuple[str, ...] = (),
) -> Callable[[Maker], Maker]:
    """Make a case of a function.

    Args:
        solves: the exercises that hold the right answer, or `ALL`.
        assignment: which one is answered.
        earns: the points by exercise, where they are others than those of `solves`.
        hurried: whether it gets little time.
        tells: what its graded notebook or report must say.
        hides: what they must not say, besides the secrets of the course.
    """

    def register(make: Maker) -> Maker:
        family = make.__module__.rpartition(".")[2]
        name = f"{family}-{make.__name__}"
        CASES.append(
            Case(name, make, tuple(solves.split()), assignment, earns, hurried, tells, hides)
        )
        return make

    return register


def all_but(assignment: str, **lost: float) -> dict[str, float]:
    """Return the points by exercise of somebody who lost these."""
    exercises = read_assignment(assignment).exercises
    worth = {each.id: each.points - lost.pop(each.id, 0) for each in exercises}
    assert not lost, "no such exercise"
    return {name: points for name, points in worth.items() if points}


def collect() -> list[Case]:
    """Import every family and return all cases."""
    for module in sorted(each.name for each in pkgutil.iter_modules(cases.__path__)):
        importlib.import_module(f"{cases.__name__}.{module}")
    return CASES


def lay_over(notebook: Notebook, text: str) -> Notebook:
    """Put the cells of a text in percent format into a release."""
    text = textwrap.dedent(text)
    bodies = HEADING.split(text if text.startswith("# %%") else f"# %%\n{text}")[1:]
    cells = notebook["cells"]
    assert isinstance(cells, list)
    by_id = {cell["id"]: cell for cell in cells}
    for heading, body in zip(bodies[::2], bodies[1::2], strict=True):
        *prose, name = ["", *heading.replace("[markdown]", "[markdown] ").split()][-2:]
        source = body.strip("\n")
        if name in by_id:
            by_id[name]["source"] = source
        else:
            kind = "markdown" if "[markdown]" in (*prose, name) else "code"
            cells.append({"cell_type": kind, "metadata": {}, "source": source})
    return notebook
