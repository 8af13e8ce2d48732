"""What no page that a student gets back may say: the hidden tests, their inputs, their numbers."""

import ast
import importlib
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from autograder.judge import judge
from autograder.program import LIBRARIES, Program
from autograder.rooms import Rooms
from autograder.seeds import course_key, seed
from tests.e2e.course import ASSIGNMENT

SUITES = Rooms().suite(ASSIGNMENT, "any").parent
LONG_NUMBER = re.compile(r"\d*\.\d{5,}(?:e[+-]?\d+)?")


def leaks(text: str, classroom: Path, student: str) -> list[str]:
    """Name everything hidden that stands in `text`, layout and the kind of quotes aside."""
    page = squeezed(text)
    drawn = numbers(classroom, student)
    return [each for each in statements() if squeezed(each) in page] + [
        each for each in LONG_NUMBER.findall(text) if rounded(each) in drawn
    ]


def squeezed(text: str) -> str:
    return "".join(text.replace('"', "'").split())


def statements() -> set[str]:
    """Return the hidden tests of the assignment: their names, and what they do, a line each."""
    found: set[str] = set()
    for file in SUITES.glob("test_*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found |= {f"{node.name}(", *(ast.unparse(each) for each in node.body[1:])}
    return found


@cache
def numbers(classroom: Path, student: str) -> set[str]:
    """Return the inputs drawn for a student and what is expected of them, rounded.

    Those that another seed gives as well are left out: worked examples, which students know.
    """
    number = seed(course_key(classroom), student, ASSIGNMENT)
    return _numbers(number) - _numbers(number + 1)


def _numbers(number: int) -> set[str]:
    peer = Listener(_reference())
    judge(ASSIGNMENT, peer, number)
    with np.printoptions(precision=17, threshold=sys.maxsize):
        return {rounded(each) for each in LONG_NUMBER.findall(repr(peer.heard))}


def rounded(shown: str) -> str:
    """Write a number with six digits: nobody prints fewer."""
    return f"{float(shown):.5e}"


@dataclass
class Listener:
    """Answers as the reference does, and keeps all inputs and results."""

    names: Mapping[str, object]
    heard: list[object] = field(default_factory=list[object])

    def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
        scope: dict[str, object] = {**LIBRARIES, **self.names}
        exec(program.source, scope)
        function = scope[program.name]
        assert callable(function)
        results: list[object] = [function(*inputs) for inputs in cases]
        self.heard += [list(cases), results]
        return results


def _reference() -> dict[str, object]:
    """Return what the suites import from the reference."""
    package = f"autograder.suites.{ASSIGNMENT}"
    modules = [importlib.import_module(f"{package}.{file.stem}") for file in SUITES.glob("test_*")]
    return {name: value for module in modules for name, value in vars(module).items()}
