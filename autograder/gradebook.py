# pyright: basic
# (nbgrader is untyped)
"""nbgrader's own autograde, for one student at a time: nbgrader alone writes the gradebook."""

import contextlib
import logging
import os
import warnings
from collections.abc import Callable

from autograder.environment import command_env
from autograder.rooms import PROJECT

Write = Callable[[str, str], str | None]


def gradebook_writer() -> Write:
    """Return what writes a student's reports into the gradebook; it answers None, or what failed.

    nbgrader is imported here, and not with this module: it takes as long as grading a notebook.
    """
    from nbgrader.apps import NbGraderAPI
    from nbgrader.apps.baseapp import NbGrader

    os.environ.update(command_env())
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    app = NbGrader()
    app.log.setLevel(logging.CRITICAL)
    with contextlib.chdir(PROJECT):
        app.load_config_file()
    api = NbGraderAPI(config=app.config, parent=None)

    def write(assignment: str, student: str) -> str | None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own sessions
            answer = api.autograde(assignment, student, force=True)
        if answer["success"]:
            return None
        said = [*str(answer.get("log", "")).splitlines(), *str(answer["error"]).split("\n")]
        return next((line for line in said if "[ERROR]" in line), "it did not say why")

    return write
