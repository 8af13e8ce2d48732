"""The environment of the commands that we start."""

import os
import sys
from pathlib import Path


def command_env() -> dict[str, str]:
    """Return this process's environment with the interpreter's own script folder first on PATH.

    nbgrader runs `alembic` from PATH when it creates a gradebook; where no virtual environment is
    activated it is found beside our interpreter only.
    """
    scripts = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)])}
