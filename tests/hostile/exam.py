"""The exam room: every case is graded by the engine itself, beside a student who is still there."""

import copy
import dataclasses
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec

from autograder.assignment import Assignment, Limits
from autograder.cells import assemble
from autograder.exercise import parts_of
from autograder.grade import Graded, grade
from autograder.notebooks import BuiltCell
from autograder.sandbox.wall import Wall
from autograder.stubs import stub_of
from tests.hostile import course
from tests.hostile.case import ALL, Case, Notebook, lay_over

MARKER = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
HURRIED = Limits(cell_seconds=1.0, notebook_seconds=6.0, call_seconds=0.4)
HURRIED_REAL = Limits(cell_seconds=10.0, notebook_seconds=30.0, call_seconds=1.0)


@dataclass(frozen=True)
class Paper:
    """An assignment, with the notebook that students get and the answers to it."""

    assignment: Assignment

    @cached_property
    def built(self) -> list[BuiltCell]:
        """The cells with the answers."""
        return assemble(self.assignment, parts_of(self.assignment))

    def notebook(self, solves: tuple[str, ...] = ()) -> Notebook:
        """Return the release, with the right answers to some exercises."""
        cells = [
            {
                "cell_type": cell.cell_type,
                "id": cell.id,
                "metadata": {"nbgrader": dict(cell.nbgrader)} if cell.nbgrader else {},
                "source": self._source(cell, solves),
            }
            for cell in self.built
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        metadata = {"kernelspec": kernel}
        return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}

    def _source(self, cell: BuiltCell, solves: tuple[str, ...]) -> str:
        solution = bool(cell.nbgrader) and bool(cell.nbgrader["solution"])
        if solution and cell.id not in solves and ALL not in solves:
            return stub_of(cell.source, cell.cell_type)
        return MARKER.sub("", cell.source)

    def due(self, case: Case) -> Mapping[str, float]:
        """Return the points that a case must get, by exercise."""
        if case.earns is not None:
            return case.earns
        worth = {each.id: float(each.points) for each in self.assignment.exercises}
        assert ALL in case.solves or worth.keys() >= set(case.solves), "no such exercise"
        return {name: n for name, n in worth.items() if ALL in case.solves or name in case.solves}


@dataclass(frozen=True)
class Exam:
    """All papers, and the wall that all submissions share."""

    wall: Wall
    papers: Mapping[str, Paper]

    def hand_in(self, case: Case) -> bytes:
        """Return the file that a case hands in."""
        made = case.make()
        notebook = self.papers[case.assignment].notebook(case.solves)
        if isinstance(made, str):
            made = lay_over(notebook, made)
        elif callable(made):
            made = made(copy.deepcopy(notebook))
        return made if isinstance(made, bytes) else json.dumps(made).encode()

    def grade(self, case: Case) -> Graded:
        """Grade a case."""
        assignment = self.papers[case.assignment].assignment
        if case.hurried:
            limits = HURRIED if case.assignment == course.NAME else HURRIED_REAL
            assignment = dataclasses.replace(assignment, limits=limits)
        data = self.hand_in(case)
        return grade(
            data, assignment, course.SEED, wall=self.wall, notebook="x.ipynb", student="eve"
        )


def earned(graded: Graded) -> dict[str, float]:
    """Return the exercises with points."""
    return {each.id: each.score for each in graded.report.exercises if each.score}


def told(graded: Graded) -> str:
    """Return all that people may read, without what the student wrote."""
    shown = [cell.outputs for cell in graded.cells]
    report = graded.report.for_students()
    return msgspec.json.encode([report, graded.accounts, shown]).decode()
