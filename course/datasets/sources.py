"""Where the files of a collection come from: `COURSE_DATA`, the cache, the mirrors, in this order.

Whatever the source, the SHA-256 of the unpacked bytes decides whether it is the right file.
"""

import contextlib
import hashlib
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from course.datasets.common import DataUnavailable
from course.datasets.idx import DamagedFile, unpack

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
_PATIENCE = 10  # seconds for a mirror to answer, so that being offline is soon told
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Collection:
    """A data set of four idx files, and where they can be had.

    Attributes:
        title: its name for people.
        folder: its name in `COURSE_DATA` and in the cache.
        mirrors: addresses of folders with the files gzipped, tried in turn; each ends with a slash.
        digests: SHA-256 of the unpacked bytes, in the order of `FILES`; mirrors pack differently.
    """

    title: str
    folder: str
    mirrors: tuple[str, ...]
    digests: tuple[str, ...]


def read(wanted: Collection, name: str) -> bytes:
    """Return one of the `FILES`, unpacked and verified.

    Raises:
        DataUnavailable: no source has it, or the one in `COURSE_DATA` is damaged: that folder is
            its owner's, who should know, so nothing is fetched in its place.
    """
    if (path := _in_course_data(wanted, name)) is not None:
        try:
            return _verified(path.read_bytes(), wanted, name)
        except DamagedFile as damage:
            found = f"is damaged ({damage})"
        except OSError as error:
            found = f"cannot be read ({error.strerror})"
        raise DataUnavailable(
            f"{path} {found}: put a good copy there, or unset COURSE_DATA to have "
            f"{wanted.title} downloaded."
        )
    return _cached_or_fetched(wanted, name)


def _in_course_data(wanted: Collection, name: str) -> Path | None:
    if not (named := os.environ.get("COURSE_DATA")):
        return None
    folder = Path(named).expanduser() / wanted.folder
    return next((path for path in (folder / f"{name}.gz", folder / name) if path.is_file()), None)


def _cached_or_fetched(wanted: Collection, name: str) -> bytes:
    try:
        import pooch
    except ImportError:
        raise _unavailable(wanted, name, ["without the package pooch"]) from None
    path = Path(pooch.os_cache("backprop-course")) / wanted.folder / f"{name}.gz"
    failures: list[str] = []
    try:
        return _verified(path.read_bytes(), wanted, name)
    except DamagedFile as damage:
        failures.append(f"{path} is damaged: {damage}")
    except OSError:
        pass  # not kept yet
    for mirror in wanted.mirrors:
        host = urlsplit(mirror).netloc
        try:
            packed = _download(f"{mirror}{name}.gz", f"{wanted.title}: {name} from {host}")
            content = _verified(packed, wanted, name)
        except DamagedFile as damage:
            failures.append(f"{host} sent a damaged file: {damage}")
        except (
            OSError
        ) as error:  # what `requests` raises is an OSError, named after what went wrong
            failures.append(f"{host}: {type(error).__name__}")
        else:
            _keep(path, packed)
            return content
    raise _unavailable(wanted, name, failures)


def _download(address: str, title: str) -> bytes:
    """The file as the mirror sends it; a bar shows how far it is."""
    from pooch import HTTPDownloader

    print(f"Downloading {title}")
    received = io.BytesIO()
    download = HTTPDownloader(progressbar=True, chunk_size=_CHUNK, timeout=_PATIENCE)
    download(address, received, None)
    return received.getvalue()


def _verified(packed: bytes, wanted: Collection, name: str) -> bytes:
    content = unpack(packed)
    digest, expected = hashlib.sha256(content).hexdigest(), wanted.digests[FILES.index(name)]
    if digest != expected:
        raise DamagedFile(
            f"{len(content)} bytes with SHA-256 {digest[:8]}…, where {expected[:8]}… is expected"
        )
    return content


def _keep(path: Path, packed: bytes) -> None:
    """Write to the cache in one step, as two notebooks may fetch at the same time."""
    with contextlib.suppress(OSError):  # a full or closed home costs the next download, not this
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            part = Path(folder) / path.name
            part.write_bytes(packed)
            part.replace(path)


def _unavailable(wanted: Collection, name: str, failures: list[str]) -> DataUnavailable:
    named = os.environ.get("COURSE_DATA")
    here = f"not in COURSE_DATA's folder {named}" if named else "not on this computer"
    return DataUnavailable(
        f"{wanted.title} is {here}, and could not be downloaded ({'; '.join(failures)}): set "
        f"COURSE_DATA to a folder that holds {wanted.folder}/{name}.gz and its like, or go on with "
        "datasets.digits()."
    )
