"""What `run_autograder` does in Gradescope's container: grade a submission, write `results.json`.

A bad submission is a result. Where the container is at fault, nothing is written and it ends with
2: Gradescope then shows that the autograder failed, and no score is given.
"""

import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from autograder.classroom import classroom
from autograder.formats.as_gradescope import AT_ONCE, as_gradescope
from autograder.grader import Task
from autograder.handed_in import all_below
from autograder.pool import Graders
from autograder.report import Report
from autograder.sandbox.outputs import readable
from autograder.seeds import course_key, seed

GRADED, AT_FAULT = 0, 2


class _User(msgspec.Struct):
    email: str = ""


class _Metadata(msgspec.Struct):
    users: list[_User]


def main(words: Sequence[str]) -> int:
    """Grade what lies in the folders below a root; return the exit code.

    Args:
        words: the folder that is /autograder on Gradescope, and the assignment's id.
    """
    root, assignment = Path(words[0]), words[1]
    try:
        found = notebooks_in(root / "submission", assignment)
        if len(found) == 1:
            text = as_gradescope([grade_one(found[0], assignment, student(root))])
        else:
            text = refused(assignment, found)
        (root / "results" / "results.json").write_text(text + "\n", encoding="utf-8")
    except (OSError, ValueError, RuntimeError) as error:
        print(f"not graded: {error}", file=sys.stderr)
        return AT_FAULT
    return GRADED


def notebooks_in(folder: Path, assignment: str) -> list[Path]:
    """Return the notebooks that bear the assignment's name; if none does, all there are.

    Links are left out: one could lead to the course.

    Raises:
        OSError: the folder cannot be read.
    """
    found = [
        path
        for path, mode in all_below(folder)
        if stat.S_ISREG(mode) and path.name.endswith(".ipynb")
    ]
    seen = [path for path in found if ".ipynb_checkpoints" not in path.parts]
    return [path for path in seen if path.name == f"{assignment}.ipynb"] or seen


def student(root: Path) -> str:
    """Return who handed in, all of a group, as Gradescope's metadata say.

    Raises:
        OSError: there are no metadata.
        ValueError: they cannot be read.
    """
    data = (root / "submission_metadata.json").read_bytes()
    return " ".join(sorted(user.email for user in msgspec.json.decode(data, type=_Metadata).users))


def grade_one(notebook: Path, assignment: str, who: str) -> Report:
    """Grade a notebook in the `landlock` tier, as fits one submission per container.

    Raises:
        RuntimeError: it could not be judged, which is no fault of the student's.
    """
    task = Task(notebook, assignment, who, seed(course_key(classroom()), who, assignment))
    with Graders(classroom(), "landlock", keep=False) as graders:
        (outcome,) = graders.grade_all([task])
    if outcome.graded.fault:
        raise RuntimeError(f"this is a fault of the autograder\n{outcome.graded.fault}")
    return outcome.graded.report


def refused(assignment: str, found: Sequence[Path]) -> str:
    """Write a result without points that says what to hand in."""
    names = readable(", ".join(sorted({path.name for path in found})))
    there = f"{len(found)} notebooks ({names})" if found else "no notebook"
    output = f"You handed in {there}; hand in one, {assignment}.ipynb."
    result = {"score": 0.0, "output": output, "visibility": AT_ONCE}
    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
