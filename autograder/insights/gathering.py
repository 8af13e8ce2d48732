"""Gather a class from the store: of each student the newest report, and the code it was made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment
from autograder.grade import Graded, to_run
from autograder.manifest import ManifestCell, manifest
from autograder.report import Report
from autograder.store import Store


@dataclass(frozen=True)
class HandedIn:
    """One student's newest report, its file, and the code cells that it is about, without tests."""

    report: Report
    file: Path
    code: list[str]

    @property
    def student(self) -> str:
        """Whose it is."""
        return self.report.student


@dataclass(frozen=True)
class Gathered:
    """A class: the newest reports in the order of the students' names, and what was left out.

    `older` reports have a newer one of the same student. `other` names the students whose report is
    about other exercises or points than the assignment now has. `damaged` files could not be read.
    """

    handed_in: list[HandedIn]
    older: int
    other: list[str]
    damaged: int

    @property
    def reports(self) -> list[Report]:
        """The reports alone."""
        return [each.report for each in self.handed_in]


def gather(classroom: Path, assignment: Assignment) -> Gathered:
    """Read the store of a classroom; which report is newest is told by its file's time.

    Raises:
        FileNotFoundError: it keeps no report of the assignment.
    """
    store, cells = Store(classroom), manifest(assignment)
    folder = store.path(assignment.id, "any").parent
    files = sorted(folder.glob("*.json"), key=lambda file: (file.stat().st_mtime_ns, file.name))
    newest: dict[str, HandedIn] = {}
    read = 0
    for file in files:
        graded = store.get(assignment.id, file.stem)
        if graded is not None:
            read += 1
            newest[graded.report.student] = HandedIn(graded.report, file, _code(graded, cells))
    wanted = {exercise.id: exercise.points for exercise in assignment.exercises}
    fitting = {
        student: handed_in
        for student, handed_in in newest.items()
        if {each.id: each.max_score for each in handed_in.report.exercises} == wanted
    }
    if not fitting:
        what = f"of {assignment.id} as it now is" if newest else f"of {assignment.id}"
        raise FileNotFoundError(
            f"{folder} keeps no report {what}; run `autograder grade {assignment.id}` first"
        )
    return Gathered(
        handed_in=[fitting[student] for student in sorted(fitting)],
        older=read - len(newest),
        other=sorted(newest.keys() - fitting.keys()),
        damaged=len(files) - read,
    )


def _code(graded: Graded, known: Sequence[ManifestCell]) -> list[str]:
    return [*to_run([each.cell for each in graded.cells], known).values()]
