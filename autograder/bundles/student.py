"""Kits that students unpack: notebooks, the wheel of `course`, data, and one command to open them.

Nothing of the answers, the hidden tests or the grader is in a student kit.
"""

import json
from collections.abc import Mapping, Sequence

from autograder.assignment import Assignment
from autograder.bundles.archive import Bundle, template
from autograder.bundles.kit_wheel import Wheel, kit, kit_wheel
from autograder.bundles.notebooks import as_bytes, released, solved
from autograder.bundles.offline import all_offline
from autograder.bundles.order import deadlines_before, see_that_none_gives_away_another
from autograder.rooms import PROJECT

KIT, SOLUTIONS = "course-kit", "course-solutions"
PROGRAM = "binder/start"
TO_DO = "Write into the cells marked `# YOUR CODE HERE` and run the `check(...)` below."
DONE = "These are the notebooks with the answers to all exercises but the essay."


def student_bundle(assignments: Sequence[Assignment], after_deadline: bool) -> Bundle:
    """Make the kit of assignments; the wheel lies beside it as well.

    Raises:
        TooEarly: one hands out the answers of another, and their deadline is not over.
        ReleaseError: one has changed since its release.
    """
    if not after_deadline:
        see_that_none_gives_away_another(assignments)
    wheel = kit_wheel()
    notebooks = {each.id: released(each) for each in assignments}
    files, problems = kit_files(KIT, assignments, notebooks, wheel)
    notices = () if after_deadline else deadlines_before(assignments)
    return Bundle(
        _name("student", assignments),
        _below(KIT, files),
        programs=frozenset({f"{KIT}/{PROGRAM}"}),
        beside={wheel.name: wheel.content},
        notices=(*notices, *problems),
    )


def solutions_bundle(assignments: Sequence[Assignment]) -> Bundle:
    """Make the same kit with the answers in the notebooks: for after the deadline."""
    notebooks = {each.id: solved(each) for each in assignments}
    files, problems = kit_files(SOLUTIONS, assignments, notebooks, kit_wheel(), DONE)
    return Bundle(
        _name("solutions", assignments),
        _below(SOLUTIONS, files),
        programs=frozenset({f"{SOLUTIONS}/{PROGRAM}"}),
        notices=(*deadlines_before(assignments), *problems),
    )


def kit_files(
    folder: str,
    assignments: Sequence[Assignment],
    notebooks: Mapping[str, Mapping[str, bytes]],
    wheel: Wheel,
    task: str = TO_DO,
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the files of a kit, and what had to be left out.

    Args:
        folder: what the kit's folder is called.
        assignments: what is in it.
        notebooks: the files of each assignment.
        wheel: the student kit.
        task: what is to be done, in a sentence.
    """
    own = {
        f"{name}/{path}": data for name, each in notebooks.items() for path, data in each.items()
    }
    first = {f"{each.id}/{each.id}.ipynb": each.id for each in assignments}
    data, problems = all_offline(own[path] for path in first)
    for path, name in first.items():
        own[path] = _with_colab_cell(own[path], name)
    listed = "\n".join(
        f"| `{path}` | {each.title} |" for path, each in zip(first, assignments, strict=True)
    )
    made_of = kit()
    texts = {
        "README.md": template(
            "student/readme.md",
            folder=folder,
            first=next(iter(first)),
            notebooks=listed,
            task=task,
            data=_about_data(data, problems),
        ),
        "pyproject.toml": template(
            "student/project.toml",
            folder=folder,
            version=made_of.version,
            python=made_of.python,
            wheel=wheel.name,
        ),
        "requirements.txt": template("student/requirements.txt", wheel=wheel.name),
        "constraints.txt": _pins(),
        "start.py": template("student/start.py"),
        "binder/requirements.txt": b"-r ../requirements.txt\n",
        "binder/runtime.txt": b"python-3.12\n",
        PROGRAM: template("student/binder_start"),
    }
    offline = {f"data/{path}": content for path, content in data.items()}
    return {**own, **texts, **offline, f"wheels/{wheel.name}": wheel.content}, problems


def _with_colab_cell(notebook: bytes, assignment: str) -> bytes:
    """Put a cell before all others that does something in Google Colab alone."""
    source = template("student/colab_cell.txt").decode()
    source = source.replace("ASSIGNMENT", assignment)
    content = json.loads(notebook)
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "id": "only-in-colab",
        "metadata": {"cellView": "form", "jupyter": {"source_hidden": True}},
        "outputs": [],
        "source": source.strip().splitlines(keepends=True),
    }
    content["cells"].insert(0, cell)
    return as_bytes(content)


def _about_data(data: Mapping[str, bytes], problems: Sequence[str]) -> str:
    if problems:
        return (
            "All data comes with it, but for MNIST, which is downloaded at its first use (11 MB)."
        )
    where = "; MNIST lies in `data/`" if data else ""
    return f"All data comes with it{where}: once installed, no internet is needed."


def _pins() -> bytes:
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    return "\n".join(["# The versions that the notebooks were tested with.", *pins, ""]).encode()


def _below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{path}": content for path, content in files.items()}


def _name(kind: str, assignments: Sequence[Assignment]) -> str:
    return "-".join([kind, *(each.id for each in assignments)])
