"""What is kept of the trials, and what is known of the mutants that survive them.

`results.json` has the figures of each exercise, and a key: a hash of its answers, of its suite and
of the names of its mutants. While the key fits, the figures hold and nothing need be tried again.

`survivors/<id>.toml` says of every mutant that no hidden test sees why that is so: it does the
`same` for all inputs, or what it does otherwise is `free`, left to the student by the exercise, or
it is `missed`, since no test that is fair to right answers would see it.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from autograder.rooms import Rooms
from tests.autograder.suites.rights import parts
from tests.mutation.mutants import mutants
from tests.mutation.trial import Outcome

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
SHARED = ("unseen_digits.py",)


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of the mutants of one exercise.

    `seen` were seen by a visible check: None where there is none, for a question.
    """

    key: str
    mutants: int
    seen: int | None
    survivors: list[str]


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mutants of one line of an answer that no hidden test sees, and why."""

    exercise: str
    line: str
    kind: Literal["same", "free", "missed"]
    why: str
    mutants: list[str]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    survivor: list[Known]


Results = dict[str, dict[str, Result]]


def read_results() -> Results:
    """Return the results that are kept, by assignment and exercise."""
    if not RESULTS.exists():
        return {}
    return msgspec.json.decode(RESULTS.read_bytes(), type=Results)


def write_results(results: Results) -> None:
    """Keep results, in the order of the course."""
    ordered = {
        assignment: {name: results[assignment][name] for name in parts(assignment) if name in found}
        for assignment in Rooms().known()
        if (found := results.get(assignment))
    }
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(ordered), indent=1) + b"\n")


def result(assignment: str, exercise: str, outcomes: Sequence[Outcome]) -> Result:
    """Sum up the outcomes of all mutants of an exercise."""
    checked = bool(parts(assignment)[exercise].programs)
    return Result(
        key=key(assignment, exercise),
        mutants=len(outcomes),
        seen=sum(outcome.seen for outcome in outcomes) if checked else None,
        survivors=sorted(outcome.mutant for outcome in outcomes if outcome.killer is None),
    )


def key(assignment: str, exercise: str) -> str:
    """Hash what the outcomes depend on."""
    suite = Rooms().suite(assignment, exercise)
    answers = parts(assignment)[exercise].answers
    texts = ["\n".join(answer.source for answer in answers)]
    texts += [file.read_text() for file in (suite, *(suite.parent.parent / n for n in SHARED))]
    texts += [mutant.name for mutant in mutants(assignment, exercise)]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


@cache
def known(assignment: str) -> tuple[Known, ...]:
    """Read what is known of an assignment's survivors."""
    text = (HERE / "survivors" / f"{assignment}.toml").read_text()
    return tuple(msgspec.convert(tomllib.loads(text), _File).survivor)


def flaws(assignment: str, exercise: str, survivors: Sequence[str]) -> Iterator[str]:
    """Yield what does not fit between the survivors and what is known of them."""
    entries = [entry for entry in known(assignment) if entry.exercise == exercise]
    lines = {mutant.name: mutant.line for mutant in mutants(assignment, exercise)}
    listed = [name for entry in entries for name in entry.mutants]
    for name in sorted({name for name in listed if listed.count(name) > 1}):
        yield f"{name} is listed twice"
    for entry in entries:
        for name in entry.mutants:
            if lines.get(name) != entry.line:
                yield f"{name} is listed for {entry.line!r}, but stands in {lines.get(name)!r}"
            elif name not in survivors:
                yield f"{name} is listed, but a hidden test sees it: take it off the list"


def as_entry(exercise: str, line: str, names: Sequence[str]) -> str:
    """Write down mutants of one line for the list of survivors; what is known of them is asked."""
    listed = "".join(f"    {_quoted(name)},\n" for name in names)
    return (
        f'[[survivor]]\nexercise = "{exercise}"\nline = {_quoted(line)}\n'
        f'kind = "same, free or missed?"\nwhy = "?"\nmutants = [\n{listed}]\n'
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if "'" in text else f"'{text}'"


def unexplained(assignment: str, exercise: str, survivors: Sequence[str]) -> list[str]:
    """List the survivors that nobody has explained."""
    explained = {
        name for entry in known(assignment) if entry.exercise == exercise for name in entry.mutants
    }
    return [name for name in survivors if name not in explained]
