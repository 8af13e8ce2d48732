"""Data for students without internet: the collections that notebooks read, where we have them."""

import gzip
import re
from collections.abc import Iterable, Mapping

from course.datasets.common import DataUnavailable
from course.datasets.downloaded import FASHION_MNIST, MNIST
from course.datasets.sources import FILES, Collection, read

LOADERS = {"mnist": MNIST, "fashion_mnist": FASHION_MNIST}
CALL = re.compile(r"\bdatasets\.(\w+)\(")


def collections(notebooks: Iterable[bytes]) -> list[Collection]:
    """Return the collections that notebooks ask `course.datasets` for and no package brings."""
    called = {name for notebook in notebooks for name in CALL.findall(notebook.decode())}
    return [collection for name, collection in LOADERS.items() if name in called]


def offline(wanted: Collection) -> Mapping[str, bytes]:
    """Return the files of a collection by their path in a folder for `COURSE_DATA`.

    Raises:
        DataUnavailable: it is neither in our own `COURSE_DATA` nor to be downloaded.
    """
    return {
        f"{wanted.folder}/{name}.gz": gzip.compress(read(wanted, name), mtime=0) for name in FILES
    }


def all_offline(notebooks: Iterable[bytes]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the files of all collections that notebooks read, and why some are left out."""
    files: dict[str, bytes] = {}
    problems: list[str] = []
    for wanted in collections(notebooks):
        try:
            files |= offline(wanted)
        except DataUnavailable as reason:
            problems.append(f"left out, students will download it: {reason}")
    return files, tuple(problems)
