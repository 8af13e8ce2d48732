"""The zip file that Gradescope makes an autograder of.

It holds the course as it is here, so that a receipt can be replayed here, and the course key, so
that a student's hidden inputs are the same wherever the assignment is graded. On Gradescope only
root can read them, and submissions run as somebody else behind Landlock.
Source: Gradescope's "Autograder Specifications".
"""

import os
from pathlib import Path

from autograder.assignment import Assignment
from autograder.bundles.archive import Bundle, template
from autograder.classroom import classroom
from autograder.manifest import manifest
from autograder.rooms import PROJECT
from autograder.seeds import course_key
from autograder.versions import ROOMS

PAPERS = ("pyproject.toml", "constraints.txt", "README.md", "LICENSE")
SCRIPTS = ("setup.sh", "run_autograder")


def gradescope_bundle(assignment: Assignment) -> Bundle:
    """Make the autograder of one assignment.

    Raises:
        DirectiveError: the assignment cannot be built.
        OSError: a file cannot be read.
    """
    manifest(assignment)  # what cannot be built here could not be graded there
    scripts = {
        "setup.sh": template("gradescope/setup.sh"),
        "run_autograder": template("gradescope/run_autograder").replace(
            b"ASSIGNMENT", assignment.id.encode()
        ),
    }
    files = {
        **project_files(),
        **scripts,
        "classroom/course_key": course_key(classroom()),
    }
    return Bundle(f"gradescope-{assignment.id}", files, programs=frozenset(SCRIPTS))


def project_files() -> dict[str, bytes]:
    """Return the files that grade: answers, kit, grader, texts, and what installs them."""
    found = {name: (PROJECT / name).read_bytes() for name in PAPERS}
    for room in ROOMS:
        for folder, folders, names in os.walk(PROJECT / room):
            folders[:] = sorted(set(folders) - {"__pycache__"})
            for path in (Path(folder, name) for name in names):
                found[path.relative_to(PROJECT).as_posix()] = path.read_bytes()
    return found
