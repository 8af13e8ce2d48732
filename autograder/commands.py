"""The commands that we start, and their environment."""

import os
import subprocess
import sys
from pathlib import Path

from autograder.rooms import PROJECT


def command_env() -> dict[str, str]:
    """Return this process's environment with the interpreter's own script folder first on PATH.

    nbgrader runs `alembic` from PATH when it creates a gradebook; where no virtual environment is
    activated it is found beside our interpreter only.
    """
    scripts = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)])}


def nbgrader(*words: str) -> None:
    """Run an nbgrader command on this course.

    Raises:
        RuntimeError: it failed; the text is the end of what it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        env=command_env(),
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise RuntimeError(f"nbgrader {' '.join(words)} failed:\n{last}")
