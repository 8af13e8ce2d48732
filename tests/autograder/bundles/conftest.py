"""Bundles of a1_graphs, unpacked; environments that need no package index."""

import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from autograder.bundles.command import Kind, write_bundles
from tests.autograder.conftest import Classroom

BORROWED = sysconfig.get_path("purelib")
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
"""pip reads a `no` as that flag's name says: 0 is "no build isolation"."""


class Unpacked:
    """Makes bundles of a released classroom and unpacks each once."""

    def __init__(self, classroom: Classroom, folder: Path) -> None:
        self._classroom, self._folder = classroom, folder

    def __call__(self, kind: Kind, *ids: str) -> Path:
        """Return the folder into which a bundle was unpacked, with the modes of its files."""
        target = self._folder / "-".join((kind, *ids))
        if not target.exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("COURSE_ROOT", str(self._classroom.root))
                files, _ = write_bundles(kind, ids, self._folder / "zips")
            unpack(files[0], target)
        return target


def unpack(file: Path, target: Path) -> None:
    """Unpack as `unzip` does: Python's own way forgets what may be run."""
    with zipfile.ZipFile(file) as archive:
        archive.extractall(target)
        for entry in archive.infolist():
            (target / entry.filename).chmod(entry.external_attr >> 16 & 0o777)


@pytest.fixture(scope="session")
def unpacked(classroom: Classroom, tmp_path_factory: pytest.TempPathFactory) -> Unpacked:
    return Unpacked(classroom, tmp_path_factory.mktemp("bundles"))


def lend(venv: Path) -> None:
    """Let an environment find the packages that are installed here."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (venv / "lib" / version / "site-packages" / "borrowed.pth").write_text(BORROWED + "\n")
