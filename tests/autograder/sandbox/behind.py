"""Run submissions behind a wall, and tell what came of them: a program for other surroundings.

Reads `{"sandbox": ..., "submissions": {name: [cell, ...]}}`, writes the tier that stood, the text
of each submission's last cell, how many processes were left in the end, and how many tasks an
ordinary user had besides at most. In the cells GRADER
stands for this process's number. `"landlock": N` makes the inside believe in that version.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from autograder.assignment import Limits
from autograder.sandbox import mounts
from autograder.sandbox.inside.watch import below, tasks_of
from autograder.sandbox.proven import proven_wall
from autograder.sandbox.submission import Submission
from autograder.sandbox.wall import WallError
from tests.autograder.sandbox.conftest import text

LIMITS = Limits(cell_seconds=8.0, notebook_seconds=30.0, call_seconds=2.0)


def pretend(version: int) -> None:
    mounts.INSIDE = Path(shutil.copytree(mounts.INSIDE, Path(tempfile.mkdtemp(), "inside")))
    mounts.INSIDE.parent.chmod(0o755)
    module = mounts.INSIDE / "landlock.py"
    known = "    return max(0, libc.syscall(CREATE"
    assert known in module.read_text()
    module.write_text(module.read_text().replace(known, f"    return {version}\n{known}"))


def main() -> None:
    asked = json.load(sys.stdin)
    if "landlock" in asked:
        pretend(asked["landlock"])
    answers: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as classroom:
        try:
            with proven_wall(asked["sandbox"], Path(classroom)) as wall:
                answers["tier"] = wall.sandbox
                before = len(below(os.getpid()))
                others = 0
                for name, cells in asked["submissions"].items():
                    others = max(others, tasks_of(os.getuid()) if os.getuid() else 0)
                    sources = [cell.replace("GRADER", str(os.getpid())) for cell in cells]
                    with Submission(wall, dict(enumerate(sources)), {}, LIMITS) as peer:
                        answers[name] = text(peer.run()[len(cells) - 1])
                soon = time.monotonic() + 5  # what was killed takes its time to go
                while len(below(os.getpid())) > before and time.monotonic() < soon:
                    time.sleep(0.05)
                answers["others"] = others
                answers["left"] = len(below(os.getpid())) - before
        except WallError as error:
            answers["refusal"] = str(error)
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
