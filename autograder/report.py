"""The report of one graded notebook, and its published schema."""

import zlib
from typing import Annotated, Literal

import msgspec

Failure = Literal["failed", "error", "timeout", "missing"]
Status = Literal["passed", "partial", Failure]


class Test(msgspec.Struct):
    """One hidden test, in words that a student may read.

    `fault` is why it did not pass, in a word; `reason` the part of the message that other tests
    share which fail for the same reason. Without a `required` one that passed there are no points.
    """

    name: str
    category: str
    passed: bool
    message: str
    misconception: str | None = None
    required: bool = False
    fault: Failure | None = None
    reason: str = ""


class Exercise(msgspec.Struct, omit_defaults=True):
    """One exercise: points x passed weight / total weight, rounded to 0.5.

    It has none unless a test of values passed, and every required one. Where exercises are
    `carried`, score and tests are of a second judgement in which those were right (see `carry`).
    """

    id: str
    score: float
    max_score: float
    status: Status
    tests: list[Test]
    carried: list[str] = []


class CellError(msgspec.Struct):
    """A cell that raised, hung, or ended the process.

    `cell` counts from 1, prose included; `name` says which it is to the one who wrote it.
    """

    cell: int
    name: str
    error: str


class Receipt(msgspec.Struct):
    """What replays the very run: for the instructor alone.

    `key` is the hash of all that the report depends on; the `signature` says who wrote it.
    """

    assignment: str
    seed: Annotated[int, msgspec.Meta(ge=0)]
    key: str
    signature: str = ""


class Report(msgspec.Struct, omit_defaults=True):
    """The result of grading, whatever was handed in."""

    schema: int
    assignment: str
    notebook: str
    student: str
    score: float
    max_score: float
    exercises: list[Exercise]
    cells_with_errors: list[CellError]
    repairs: list[str]
    duration_s: float
    versions: dict[str, str]
    receipt: Receipt | None = None

    def for_students(self) -> "Report":
        """Return the edition without the receipt."""
        return msgspec.structs.replace(self, receipt=None)


def folded(report: Report) -> bytes:
    """Return a report in a tenth of its memory: a class has thousands."""
    return zlib.compress(msgspec.json.encode(report), 1)


def unfolded(data: bytes) -> Report:
    """Return the report that was folded."""
    return msgspec.json.decode(zlib.decompress(data), type=Report)


def schema() -> bytes:
    """Return the JSON Schema of a report."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Report)), indent=2)
