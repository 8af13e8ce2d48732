"""Misconceptions: known mistakes, each one edit of an answer, kept as data."""

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import msgspec

from autograder.answers import Answer, AnswerError, find_answer, first_line, last_line, methods_of
from autograder.assignment import Assignment
from autograder.directives import Prose
from autograder.flaws import DirectiveError, raise_any
from autograder.rooms import Rooms

EXAMPLE = re.compile(r"\bW(?:[1-9]|[1-3]\d|40)\b")
ENTRY = re.compile(r"\s*\[\[\s*misconception\s*\]\]")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A misconception as its file has it: `old`, which occurs once in the answer, becomes `new`.

    `see` is a worked example that the notebook names, W1 to W40.
    """

    exercise: str
    name: str
    old: str
    new: str
    idea: str
    hint: str
    see: str


@dataclass(frozen=True)
class Misconception:
    """A misconception, and the module of the reference with its edit made.

    Its exercise is `single` if it asks for one definition, which is then what all tests are about.
    """

    entry: Entry
    module: str
    file: Path
    source: str
    single: bool


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    misconception: list[Entry]


def read_misconceptions(assignment: Assignment) -> list[Misconception]:
    """Read `misconceptions/<id>.toml`; an assignment may do without.

    Raises:
        DirectiveError: an entry is not complete or does not fit its exercise.
    """
    file = assignment.rooms.misconceptions(assignment.id)
    shown = assignment.rooms.shown(file)
    if not file.exists():
        return []
    text = file.read_text(encoding="utf-8")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if ENTRY.match(line)]
    try:
        entries = msgspec.convert(tomllib.loads(text), _File).misconception
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        line = _line_of(str(error), lines)
        raise DirectiveError(shown, line, f"the misconceptions cannot be read: {error}") from error
    lines = lines if len(lines) == len(entries) else [1] * len(entries)
    seen: set[tuple[str, str]] = set()
    errors: list[DirectiveError] = []
    found: list[Misconception] = []
    for entry, line in zip(entries, lines, strict=True):
        try:
            if (entry.exercise, entry.name) in seen:
                raise AnswerError("this name was used already; give each its own")
            seen.add((entry.exercise, entry.name))
            found.append(_edited(entry, assignment))
        except AnswerError as error:
            name = f"misconception {entry.name!r} of {entry.exercise!r}"
            errors.append(DirectiveError(shown, line, f"{name}: {error}"))
    raise_any(errors)
    return found


@cache
def entries(assignment: str) -> dict[tuple[str, str], Entry]:
    """Return misconceptions by exercise and name, to put a report into words.

    What they say of the answers is not checked, and no answer is read.
    """
    file = Rooms().misconceptions(assignment)
    if not file.exists():
        return {}
    listed = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _File).misconception
    return {(entry.exercise, entry.name): entry for entry in listed}


def mutant(misconception: Misconception) -> dict[str, object]:
    """Run the edited module afresh and return what it defines, by name.

    Functions of the module see the edited definition; other modules of the reference do not.
    """
    module = ModuleType(misconception.module)
    module.__package__ = misconception.module.rpartition(".")[0]
    exec(compile(misconception.source, str(misconception.file), "exec"), vars(module))
    return {name: value for name, value in vars(module).items() if not name.startswith("__")}


def _edited(entry: Entry, assignment: Assignment) -> Misconception:
    specs = {exercise.id: exercise.answers for exercise in assignment.exercises}
    if entry.exercise not in specs:
        raise AnswerError(f"the assignment has no such exercise; it has {', '.join(specs)}")
    _check_example(entry.see, assignment)
    claimed = {spec for answers in specs.values() for spec in answers}
    places = [
        (answer, start + match.start())
        for answer in map(find_answer, specs[entry.exercise])
        for start, text in _spans(answer, claimed)
        for match in re.finditer(re.escape(entry.old), text)
    ]
    if len(places) != 1 or not entry.old:
        raise AnswerError(
            f"old = {entry.old!r} occurs {len(places)} times in the exercise's answers; "
            "choose a piece of the reference that occurs exactly once"
        )
    if entry.new == entry.old:
        raise AnswerError("new is the same as old: it is no mistake")
    answer, start = places[0]
    source = answer.source[:start] + entry.new + answer.source[start + len(entry.old) :]
    try:
        compile(source, str(answer.file), "exec")
    except SyntaxError as error:
        raise AnswerError(f"with new = {entry.new!r} it is not Python ({error.msg})") from error
    single = len(specs[entry.exercise]) == 1
    return Misconception(entry, answer.module, answer.file, source, single)


def _line_of(said: str, headings: Sequence[int]) -> int:
    """Return where the entry begins that an error counts from 0; 1 if it tells none."""
    counted = re.search(r"\$\.misconception\[(\d+)\]", said)
    number = int(counted[1]) if counted else len(headings)
    return headings[number] if number < len(headings) else 1


def _check_example(see: str, assignment: Assignment) -> None:
    prose = "\n".join(cell.source for cell in assignment.cells if isinstance(cell, Prose))
    named = set(EXAMPLE.findall(prose))
    if see not in named:
        known = ", ".join(sorted(named, key=lambda name: int(name[1:])))
        raise AnswerError(
            f"see = {see!r} is not a worked example that the notebook names; its text names {known}"
        )


def _spans(answer: Answer, claimed: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield the answer's unbroken pieces of text, and where in the module each starts.

    A class is broken where other exercises claim its methods.
    """
    lines = answer.source.splitlines(keepends=True)
    kept = set(range(first_line(answer.node), last_line(answer.node) + 1))
    for name, method in methods_of(answer.node).items():
        if f"{answer.spec}.{name}" in claimed:
            kept -= set(range(first_line(method), last_line(method) + 1))
    starts = sorted(number for number in kept if number - 1 not in kept)
    ends = sorted(number for number in kept if number + 1 not in kept)
    for first, last in zip(starts, ends, strict=True):
        yield len("".join(lines[: first - 1])), "".join(lines[first - 1 : last])
