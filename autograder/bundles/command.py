"""`autograder bundle` and `autograder solutions`: make bundles and write them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from autograder.bundles.archive import Bundle, write
from autograder.bundles.github import github_bundle
from autograder.bundles.gradescope import gradescope_bundle
from autograder.bundles.order import read_all
from autograder.bundles.student import solutions_bundle, student_bundle
from autograder.classroom import classroom

Kind = Literal["student", "gradescope", "github", "solutions"]


def write_bundles(
    kind: Kind, ids: Sequence[str], out: Path | None, after_deadline: bool = False
) -> tuple[list[Path], list[str]]:
    """Write the bundles of assignments.

    Args:
        kind: for whom.
        ids: the assignments.
        out: the folder to write into, `bundles` of the classroom without.
        after_deadline: whether answers may be handed out with what asks for them.

    Returns:
        The files written, and what whoever hands them out should know.

    Raises:
        ValueError: an assignment cannot be bundled; the text says why.
        OSError: a file cannot be read or written.
    """
    bundles = _made(kind, ids, after_deadline)
    folder = classroom() / "bundles" if out is None else out
    files = [file for bundle in bundles for file in write(bundle, folder)]
    return files, [notice for bundle in bundles for notice in bundle.notices]


def _made(kind: Kind, ids: Sequence[str], after_deadline: bool) -> list[Bundle]:
    assignments = read_all(ids)
    match kind:
        case "student":
            return [student_bundle(assignments, after_deadline)]
        case "solutions":
            return [solutions_bundle(assignments)]
        case "github":
            return [github_bundle(assignments, after_deadline)]
        case "gradescope":
            return [gradescope_bundle(assignment) for assignment in assignments]
