"""Five submissions made from the release: what a class hands in, in small."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias, cast

from autograder.assignment import Assignment
from autograder.demo import hostile
from autograder.misconception import Misconception, read_misconceptions

Notebook: TypeAlias = dict[str, list[dict[str, object]]]
MARKER = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
PLOT = """
import matplotlib.pyplot as plt
import numpy as np
x = np.linspace(-2, 8, 100)
plt.plot(x, (x - 6) ** 2)
plt.title("the loss of the game L = (w - 6)^2")
plt.xlabel("w"); plt.ylabel("L")
plt.show()
"""
ESSAY = (
    "The backward pass visits every node once and reuses what later nodes have already found, "
    "so all slopes cost about as much as two forward passes."
)


class Samples:
    """Makes notebooks from a release and the source notebook that belongs to it.

    Args:
        assignment: what is answered.
        release: nbgrader's release notebook.
        source: the built notebook with the answers.
    """

    def __init__(self, assignment: Assignment, release: Path, source: Path) -> None:
        self.assignment = assignment
        self._release: Notebook = json.loads(release.read_text(encoding="utf-8"))
        solved: Notebook = json.loads(source.read_text(encoding="utf-8"))
        self.answers = {str(c["id"]): MARKER.sub("", _source(c)) for c in solved["cells"]}
        self.exercises = [exercise.id for exercise in assignment.exercises]

    @property
    def release(self) -> Notebook:
        """The release untouched, a copy for each who asks."""
        return copy.deepcopy(self._release)

    def all(self) -> dict[str, Notebook]:
        """Return the samples by the name of their student."""
        makers: dict[str, Callable[[], Notebook]] = {
            "full_marks": self.full_marks,
            "half_done": self.half_done,
            "untouched": lambda: self.release,
            "subtle_mistakes": self.subtle_mistakes,
            "hostile": self.hostile,
        }
        return {name: make() for name, make in makers.items()}

    def full_marks(self) -> Notebook:
        """Everything right."""
        return self._filled({name: self.answers[name] for name in self.exercises}, ESSAY)

    def half_done(self) -> Notebook:
        """The first half right, the rest untouched, and a plot of the student's own."""
        half = self.exercises[: len(self.exercises) // 2]
        notebook = self._filled({name: self.answers[name] for name in half}, "")
        notebook["cells"].append(_code_cell("own-plot", PLOT))
        return notebook

    def subtle_mistakes(self) -> Notebook:
        """One mistake in every exercise: the first misconception that is known of it."""
        first: dict[str, Misconception] = {}
        for misconception in read_misconceptions(self.assignment):
            first.setdefault(misconception.entry.exercise, misconception)
        wrong = {name: _edit(self.answers[name], first[name]) for name in self.exercises}
        return self._filled(wrong, ESSAY)

    def hostile(self) -> Notebook:
        """One exercise right; for the others, tricks."""
        notebook = self._filled({hostile.EARNED: self.answers[hostile.EARNED]}, hostile.ESSAY)
        for number, source in enumerate(hostile.CELLS):
            notebook["cells"].append(_code_cell(f"trick-{number}", source))
        return notebook

    def _filled(self, answers: dict[str, str], essay: str) -> Notebook:
        notebook = self.release
        essays = {each.id for each in self.assignment.essays}
        for cell in notebook["cells"]:
            name = str(cell["id"])
            if name in answers:
                cell["source"] = answers[name]
            elif name in essays and essay:
                cell["source"] = essay
        return notebook


def _source(cell: dict[str, object]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(cast(list[str], source))


def _edit(answer: str, misconception: Misconception) -> str:
    """Make the mistake; a method that became a function lost four spaces on every line."""
    old, new = misconception.entry.old, misconception.entry.new
    if old not in answer:
        old, new = old.replace("\n    ", "\n"), new.replace("\n    ", "\n")
    if answer.count(old) != 1:
        raise ValueError(
            f"the misconception {misconception.entry.name!r} of {misconception.entry.exercise!r} "
            "does not fit the built cell"
        )
    return answer.replace(old, new)


def _code_cell(name: str, source: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": source.strip(),
    }
