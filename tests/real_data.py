"""Which of the real data sets are at hand: those in the folder that `COURSE_DATA` names."""

import os
from pathlib import Path

from course.datasets.sources import FILES

NAMES = ("mnist", "fashion_mnist")


def missing() -> list[str]:
    """The data sets of which a file is not there, gzipped or plain."""
    folder = os.environ.get("COURSE_DATA")
    return [name for name in NAMES if not folder or not _whole(Path(folder) / name)]


def advice() -> str:
    """What to do about it, or nothing where nothing is missing."""
    if not (names := missing()):
        return ""
    return f"{' and '.join(names)} not found: set COURSE_DATA to the folder that holds them"


def _whole(folder: Path) -> bool:
    return all((folder / f"{name}.gz").exists() or (folder / name).exists() for name in FILES)
