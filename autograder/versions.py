"""What a report depends on besides the notebook: the programs, and the course as it is now."""

import hashlib
import os
import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import numpy as np

from autograder.rooms import PROJECT

ROOMS = ("reference", "course", "autograder", "source_notebooks")


def key(data: bytes, assignment: str, seed: int, under: Mapping[str, str] | None = None) -> str:
    """Return the hash of all that a report depends on, under other versions if they are given."""
    numbers = versions() if under is None else under
    parts = [hashlib.sha256(data).hexdigest(), assignment, str(seed), *numbers.values()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return what else a report depends on."""
    return {
        "autograder": _installed(),
        "course": course_hash(),
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def course_hash() -> str:
    """Return a hash of the course: answers, kit, grader and texts."""
    return _hash(tuple(sorted(_files())))


def _files() -> list[tuple[str, int, int]]:
    """Return each file of the course, when it was written and how long it is.

    What is hidden is an editor's.
    """
    found: list[tuple[str, int, int]] = []
    for room in ROOMS:
        for folder, folders, names in os.walk(PROJECT / room):
            folders[:] = [name for name in folders if name[0] != "." and name != "__pycache__"]
            for path in (os.path.join(folder, name) for name in names if name[0] != "."):
                about = os.stat(path)
                found.append((path, about.st_mtime_ns, about.st_size))
    return found


@cache
def _hash(files: tuple[tuple[str, int, int], ...]) -> str:
    """Read the files only if one has changed since: every submission asks several times."""
    digest = hashlib.sha256()
    for path, _, _ in files:
        file = Path(path)
        digest.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _installed() -> str:
    return metadata.version("backprop-course")
