"""One wall, one small course and one neighbour for all cases of a process of tests.

`HOSTILE_TIER=landlock pytest tests/hostile` tries another wall than the strongest, also
`bwrap-each`; it ends with an error where that one cannot stand (see `autograder doctor`).
"""

import os
import sys
from collections.abc import Iterator
from functools import partial

import pytest

import reference
from autograder.assignment import read_assignment
from autograder.judge import SUITES, judge
from autograder.rooms import Rooms
from autograder.sandbox.each import WallEach
from autograder.sandbox.submission import Submission
from autograder.sandbox.wall import Wall
from tests.hostile import course
from tests.hostile.exam import HURRIED, Exam, Paper

REAL = Rooms().known()
TIER = os.environ.get("HOSTILE_TIER", "bwrap")
NEIGHBOUR = f"""
import os
word = {course.NEIGHBOUR!r}
for folder in ("/tmp", "/work", "/dev/shm", "."):
    try:
        open(os.path.join(folder, "mine.txt"), "w").write(word)
    except OSError:
        pass
os.environ["MINE"] = word
"""


@pytest.fixture(scope="package")  # what it patches is nothing for the tests of other folders
def exam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exam]:
    """Papers and a wall; another student's process is there all the time."""
    root = tmp_path_factory.mktemp("course")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "__path__", [*reference.__path__, str(root / "reference")])
        patch.setattr("autograder.grade.judge", partial(_judge, root))
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        patch.setenv(*course.ENVIRONMENT)
        assert os.environ[course.ENVIRONMENT[0]]
        papers = {course.NAME: Paper(course.write(root))}
        papers |= {name: Paper(read_assignment(name)) for name in REAL}
        started = WallEach() if TIER == "bwrap-each" else Wall(TIER)
        with started as wall, Submission(wall, {0: NEIGHBOUR}, {}, HURRIED) as neighbour:
            neighbour.run()
            yield Exam(wall, papers)
    for name in [name for name, module in sys.modules.items() if str(root) in str(module)]:
        del sys.modules[name]


def _judge(root, assignment, *arguments, **options):
    folder = root / "autograder" / "suites" if assignment == course.NAME else SUITES
    return judge(assignment, *arguments, **options, suites=folder)
