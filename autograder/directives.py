"""The directives of one cell of the text notebook.

    # %% exercise="gates" points=10 answer=["reference.gates:add_forward", ...]
    # %% exercise="value_ops" points=24 answer="reference.scalar:Value" given=["__init__"]
    # %% exercise="mlp" points=10 answer="reference.mlp:mlp" builds_on=["linear"] needs=["shapes"]
    # %% exercise="quiz" points=4 answer="reference.quizzes.a1_graphs:answer" choices="ABCDE"
    # %% exercise="shapes" points=4 answer="reference.quizzes.a2_tensors:answers" form="table"
    # %% [markdown] essay="essay_chain_rule" points=10

A cell without a directive is prose or code that the students get as it stands.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Literal, TypeAlias, TypeVar

import msgspec

from autograder.notebooks import TextCell

ANSWER = re.compile(r"reference(\.\w+)+:\w+(\.\w+)?")
Points = Annotated[int, msgspec.Meta(gt=0)]


@dataclass(frozen=True)
class Prose:
    """Markdown that the students get as it stands."""

    source: str
    line: int
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Code:
    """Code that the students get as it stands."""

    source: str
    line: int
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """An empty cell whose answers stand in the reference, as `module:name`.

    An answer that is a value has `choices`, the letters that may be chosen, or another `form`.
    Earlier exercises that this one uses are `builds_on`, if an error there is not carried forward
    (see `carry`), else `needs`.
    """

    id: str
    points: int
    answers: tuple[str, ...]
    given: tuple[str, ...]
    choices: str | None
    form: Literal["table", "pairs"] | None
    line: int
    builds_on: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def is_question(self) -> bool:
        """Whether the answer is a value, not code."""
        return self.choices is not None or self.form is not None


@dataclass(frozen=True)
class Essay:
    """An empty cell for a text that a person marks."""

    id: str
    points: int
    line: int


Cell: TypeAlias = Prose | Code | Exercise | Essay


class _ExerciseKeys(msgspec.Struct, frozen=True):
    exercise: str
    points: Points
    answer: str | list[str]
    given: list[str] = []
    choices: str | None = None
    form: Literal["table", "pairs"] | None = None
    builds_on: list[str] = []
    needs: list[str] = []


class _EssayKeys(msgspec.Struct, frozen=True):
    essay: str
    points: Points


class _CellKeys(msgspec.Struct, frozen=True):
    tags: list[str] = []


Keys = TypeVar("Keys", bound=msgspec.Struct)


def read_cell(cell: TextCell) -> Cell:
    """Read what a cell's metadata asks for.

    Raises:
        ValueError: the directive is wrong; the text is one sentence.
    """
    if "incorrectly_encoded_metadata" in cell.metadata:
        raise ValueError(
            f"the directive {cell.metadata['incorrectly_encoded_metadata']} cannot be read: "
            "write key=value, each value as in Python"
        )
    if cell.cell_type not in ("code", "markdown"):
        raise ValueError(f"a {cell.cell_type} cell was given; cells are code or [markdown]")
    if "exercise" in cell.metadata:
        return _exercise(cell)
    if "essay" in cell.metadata:
        return _essay(cell)
    tags = tuple(_keys(cell, _CellKeys, "a cell without a directive").tags)
    kind = Code if cell.cell_type == "code" else Prose
    return kind(cell.source, cell.line, tags)


def _exercise(cell: TextCell) -> Exercise:
    keys = _keys(cell, _ExerciseKeys, "an exercise")
    _check_empty(cell, "code", f"exercise {keys.exercise!r}")
    answers = (keys.answer,) if isinstance(keys.answer, str) else tuple(keys.answer)
    for answer in answers:
        if not ANSWER.fullmatch(answer):
            raise ValueError(
                f"the answer {answer!r} of {keys.exercise!r} is not of the form "
                "`reference.module:name` or `reference.module:Class.method`"
            )
    if not answers or len(set(answers)) < len(answers):
        raise ValueError(f"exercise {keys.exercise!r} needs an answer, and each answer only once")
    return Exercise(
        keys.exercise,
        keys.points,
        answers,
        tuple(keys.given),
        keys.choices,
        keys.form,
        cell.line,
        tuple(keys.builds_on),
        tuple(keys.needs),
    )


def _essay(cell: TextCell) -> Essay:
    keys = _keys(cell, _EssayKeys, "an essay")
    _check_empty(cell, "markdown", f"essay {keys.essay!r}")
    return Essay(keys.essay, keys.points, cell.line)


def _keys(cell: TextCell, kind: type[Keys], what: str) -> Keys:
    unknown = sorted(cell.metadata.keys() - set(kind.__struct_fields__))
    if unknown:
        raise ValueError(_about(unknown, kind.__struct_fields__, what))
    try:
        return msgspec.convert(cell.metadata, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"the directive of {what} cannot be read: {error}") from error


def _about(unknown: Sequence[str], fields: Sequence[str], what: str) -> str:
    """Say which key is meant where a misspelt one was given, else which keys there are."""
    for key in unknown:
        if meant := get_close_matches(key.lower(), {*fields, "exercise", "essay"} - {key}, 1):
            return f"unknown key `{key}`; did you mean `{meant[0]}`?"
    return f"unknown key `{unknown[0]}`: {what} takes {', '.join(fields)}"


def _check_empty(cell: TextCell, cell_type: str, what: str) -> None:
    if cell.cell_type != cell_type:
        raise ValueError(f"the cell of {what} is {cell.cell_type}; it must be {cell_type}")
    if cell.source.strip():
        raise ValueError(
            f"the cell of {what} holds text; it must be empty, the build fills it from the answer"
        )
