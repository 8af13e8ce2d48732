"""One process that grades: it holds a wall, and puts up another where a submission fells it."""

import gc
import os
import signal
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from typing import NamedTuple

from autograder.assignment import Assignment, read_assignment
from autograder.grade import Graded, grade
from autograder.judge import JudgeError, collect
from autograder.manifest import manifest
from autograder.sandbox.inside.confine import end_with_parent
from autograder.sandbox.inside.watch import give_back
from autograder.sandbox.proven import Sandbox, proven_wall
from autograder.sandbox.wall import Wall, WallError
from autograder.store import Store
from autograder.ungraded import ungraded
from autograder.versions import course_hash

CHANGED = (
    "the course was changed while it was grading; what is graded is kept, and the same command "
    "goes on from there"
)
GARBAGE = 10_000  # objects between two looks for garbage: of a suite's inputs, little is


class Task(NamedTuple):
    """One notebook to grade."""

    file: Path
    assignment: str
    student: str
    seed: int


class _Process:
    """What a grading process holds."""

    place: tuple[Path, Sandbox]
    course = ""
    wall: Wall | None = None
    refusal: str | None = None
    resources = ExitStack()


def prepare(classroom: Path, sandbox: Sandbox, parent: int, assignment: str) -> None:
    """Put up this process's wall; where there is none, the first task tries again and tells why.

    The assignment that is to be graded is read while the wall is going up.
    """
    end_with_parent()
    if os.getppid() != parent:  # it ended before that was said
        os._exit(1)
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:  # as shells set it in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it at once, and in silence
    Finalize(None, _Process.resources.close, exitpriority=1)  # such processes run no atexit
    _Process.place = (classroom, sandbox)
    _Process.course = course_hash()
    with ThreadPoolExecutor(1) as beside:
        beside.submit(prepared, assignment)  # what is wrong with it, its first notebook will tell
        _put_up_wall()
    gc.freeze()  # what is loaded by now stays: no collection need look at it again
    gc.set_threshold(GARBAGE)


def _put_up_wall() -> None:
    """Put up a wall in the place of the last one, and try it."""
    _Process.resources.close()
    _Process.wall = None
    classroom, sandbox = _Process.place
    try:
        _Process.wall = _Process.resources.enter_context(proven_wall(sandbox, classroom))
    except (WallError, OSError) as error:
        _Process.refusal = str(error)


@cache
def prepared(name: str) -> Assignment:
    """Read an assignment and collect its hidden suite, once; forked processes inherit it.

    Raises:
        DirectiveError: it cannot be built.
    """
    assignment = read_assignment(name)
    manifest(assignment)
    collect(name)
    return assignment


def grade_task(data: bytes, task: Task, store: Store | None) -> Graded:
    """Grade a notebook, behind a second wall if it fells the first, and keep the report.

    A mistake of our own costs this notebook its report, and no other.

    Raises:
        WallError: there can be no wall.
        JudgeError: the hidden suite is at fault.
        OSError: the report cannot be kept.
        DirectiveError: the assignment cannot be built.
        RuntimeError: the course has changed since this process has read it.
    """
    assignment = prepared(task.assignment)
    for _ in range(2):
        if _Process.wall is None:
            _put_up_wall()
        if _Process.wall is None:
            raise WallError(_Process.refusal or "there is no wall")
        try:
            graded = grade(
                data,
                assignment,
                task.seed,
                wall=_Process.wall,
                notebook=task.file.name,
                student=task.student,
            )
        except WallError:
            _Process.wall = None
        except (JudgeError, OSError):
            raise
        except Exception:
            return give_up(data, task, store, traceback.format_exc())
        else:
            return _kept(graded, store)
    return give_up(data, task, store)


def give_up(data: bytes, task: Task, store: Store | None, fault: str = "") -> Graded:
    """Write the report of what brought its grader down twice, or met a fault of the grader's."""
    assignment = prepared(task.assignment)
    graded = ungraded(
        data,
        assignment,
        task.seed,
        notebook=task.file.name,
        student=task.student,
        fault=fault,
    )
    return _kept(graded, store)


def _kept(graded: Graded, store: Store | None) -> Graded:
    if course_hash() != _Process.course:  # the report would say that it is made by the new one
        raise RuntimeError(CHANGED)
    if store is not None:
        store.put(graded)
    give_back()
    return graded
