"""Two repositories for GitHub Classroom, or any CI: what students copy, what the instructor keeps.

A runner that students control can keep no secret, so theirs runs the visible checks alone; hidden
tests run in the instructor's private repository, which fetches theirs.
"""

from collections.abc import Sequence

from autograder.assignment import Assignment
from autograder.bundles.archive import Bundle, template
from autograder.bundles.kit_wheel import kit_wheel
from autograder.bundles.notebooks import released
from autograder.bundles.order import deadlines_before, see_that_none_gives_away_another
from autograder.bundles.student import KIT, PROGRAM, TO_DO, kit_files

STUDENTS, INSTRUCTORS = "student-repository", "instructor-repository"
WORKFLOWS = ".github/workflows"
PUSH = "Commit and push what you have written: that is what is graded."


def github_bundle(assignments: Sequence[Assignment], after_deadline: bool) -> Bundle:
    """Make both repositories' files.

    Raises:
        TooEarly: one assignment hands out the answers of another.
        ReleaseError: one has changed since its release.
    """
    if not after_deadline:
        see_that_none_gives_away_another(assignments)
    notebooks = {each.id: released(each) for each in assignments}
    kit, problems = kit_files(KIT, assignments, notebooks, kit_wheel(), f"{TO_DO} {PUSH}")
    ids = [each.id for each in assignments]
    students = {
        **kit,
        ".gitignore": template("github/gitignore"),
        f"{WORKFLOWS}/visible-checks.yml": template("github/visible-checks.yml"),
    }
    instructors = {
        f"{WORKFLOWS}/grade.yml": template("github/grade.yml").replace(
            b"IDS", " ".join(ids).encode()
        ),
        "repositories.txt": template("github/repositories.txt"),
    }
    return Bundle(
        "-".join(["github", *ids]),
        {
            **{f"{STUDENTS}/{path}": content for path, content in students.items()},
            **{f"{INSTRUCTORS}/{path}": content for path, content in instructors.items()},
        },
        programs=frozenset({f"{STUDENTS}/{PROGRAM}"}),
        notices=(*(() if after_deadline else deadlines_before(assignments)), *problems),
    )
