"""A bundle, and the zip file that it becomes."""

import io
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from autograder.whole import write_whole

FILES = Path(__file__).resolve().parent / "files"
UNIX = 3


@dataclass(frozen=True)
class Bundle:
    """Files by their path in the zip file.

    Attributes:
        name: of the zip file, without its ending.
        files: what is in it.
        programs: which of the files may be run.
        beside: files that are written beside the zip file as well.
        notices: what whoever hands it out should know.
    """

    name: str
    files: Mapping[str, bytes]
    programs: frozenset[str] = frozenset()
    beside: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    notices: tuple[str, ...] = ()


def template(name: str, **values: str) -> bytes:
    """Read a file of `files`, and fill in what it leaves open."""
    text = (FILES / name).read_text(encoding="utf-8")
    return (Template(text).substitute(values) if values else text).encode()


def write(bundle: Bundle, folder: Path) -> list[Path]:
    """Write a bundle into a folder, which is made; return the files written, the zip file first.

    Raises:
        OSError: they cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; give a folder to write into")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{bundle.name}.zip"
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(bundle.files.items()):
            archive.writestr(_entry(name, name in bundle.programs), content)
    write_whole(target, zipped.getvalue())
    for name, content in bundle.beside.items():
        write_whole(folder / name, content)
    return [target, *(folder / name for name in bundle.beside)]


def _entry(name: str, program: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time.localtime()[:6])
    entry.create_system = UNIX
    entry.external_attr = (0o100755 if program else 0o100644) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
