"""The student kit: checks, data, pictures, widgets and quizzes for the assignment notebooks.

The parts are imported when they are first asked for: the grader compares with the same rules as
the notebook, and need not wait for Matplotlib.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course import datasets, plots, widgets
    from course.check_backward import check_backward
    from course.checking import check
    from course.progress import progress
    from course.quiz import quiz

__all__ = ["check", "check_backward", "datasets", "plots", "progress", "quiz", "widgets"]
_MODULES = {
    "check": "checking",
    "check_backward": "check_backward",
    "progress": "progress",
    "quiz": "quiz",
}


def __getattr__(name: str) -> object:
    if name in ("datasets", "plots", "widgets"):
        return import_module(f"course.{name}")
    if name not in _MODULES:
        raise AttributeError(f"module 'course' has no attribute {name!r}; it has {__all__}")
    found: object = getattr(import_module(f"course.{_MODULES[name]}"), name)
    globals()[name] = found  # the module of the same name must not hide the function
    return found
